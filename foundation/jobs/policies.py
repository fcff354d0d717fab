"""Who may steer background work."""

from foundation.actors import Actor
from foundation.participants import policies as participants


def require_operator(actor: Actor) -> None:
    """Refuse everybody but operators and administrators of the exchange (and the system itself)."""
    participants.require_exchange(actor, "administrator", "operator")
