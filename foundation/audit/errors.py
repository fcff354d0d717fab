"""What can be wrong with a file of exported events."""

from foundation.errors import DomainError, _


class UnreadableExport(DomainError):
    """Not an export of the audit log, so that nothing can be said about its events."""

    code = "unreadable_export"
    title = _("Line %(line)s is not part of an audit export: %(reason)s.")

    def __init__(self, *, line: int, reason: str) -> None:
        super().__init__(self.title, line=line, reason=reason)
