"""What can be wrong with a key that a client gave to a request."""

from foundation.errors import Conflict, DomainError, _


class KeyReused(DomainError):
    """The key stands for another request of the same actor (422)."""

    code = "idempotency_key_reused"
    title = _("This Idempotency-Key was used for another request: choose a new key for each.")


class InProgress(Conflict):
    """The first request with this key has not ended yet (409)."""

    code = "request_in_progress"
    title = _("The first request with this Idempotency-Key is still being carried out: repeat yours in a moment.")
