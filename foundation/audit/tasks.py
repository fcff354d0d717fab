"""Background work of the audit log."""

from celery import shared_task

from foundation.actors import system
from foundation.audit import services


@shared_task(name="foundation.audit.seal")
def seal() -> int:
    """Seal what is settled and sign a checkpoint of it; how many events were sealed.

    A log that contradicts its last checkpoint is sealed on, so that it stays readable, and the task fails: loudly.
    """
    actor = system("audit")
    sealed = services.seal(actor=actor)
    services.write_checkpoint(actor=actor)
    return sealed
