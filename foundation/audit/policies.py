"""Who may read the log as a whole, and who may seal it."""

from foundation.actors import Actor


def may_read(actor: Actor) -> bool:
    """Auditors and administrators of the exchange, and the system itself."""
    return actor.is_system or actor.acts_as("exchange", "auditor", "administrator")


def may_seal(actor: Actor) -> bool:
    """The system, and administrators of the exchange at the command line."""
    return actor.is_system or actor.acts_as("exchange", "administrator")
