"""Background work of the vault."""

from celery import shared_task

from foundation.actors import system
from foundation.vault import services


@shared_task(name="foundation.vault.sweep")
def sweep() -> int:
    """Remove what killed processes left in the vault; how many files."""
    return services.sweep_orphans(actor=system("vault"))
