"""What can be wrong with a stored file."""

from foundation.errors import DomainError, _


class Tampered(DomainError):
    """A stored file, its row or its key is not what was stored: altered, truncated, exchanged, lost."""

    code = "tampered"
    title = _("The stored file is damaged: it is no longer what was stored. The exchange has to restore it.")
