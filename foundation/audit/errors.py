"""What can be wrong with the log and with files of it."""

from foundation.errors import Conflict, DomainError, _


class UnreadableExport(DomainError):
    """Not an export of the audit log, so that nothing can be said about its events."""

    code = "unreadable_export"
    title = _("Line %(line)s is not part of an audit export: %(reason)s.")

    def __init__(self, *, line: int, reason: str) -> None:
        super().__init__(self.title, line=line, reason=reason)


class NotYetSealed(Conflict):
    """The event is there, and no checkpoint covers it so far (409)."""

    code = "not_yet_sealed"
    title = _("The event is not under a checkpoint yet: ask again in a minute.")


class LogDamaged(DomainError):
    """What is stored is not what was sealed or signed for; nothing is signed or proved on top of it (500)."""

    code = "log_damaged"
    title = _("The audit log is damaged: it is not what was sealed. Nothing is signed or proved on top of it.")
