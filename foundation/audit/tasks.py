"""Background work of the audit log."""

from celery import shared_task

from foundation.actors import system
from foundation.audit import services


@shared_task(name="foundation.audit.seal")
def seal() -> int:
    """Seal what is settled; how many events were."""
    return services.seal(actor=system("audit"))
