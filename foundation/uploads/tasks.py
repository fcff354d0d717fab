"""Background work of uploads."""

from celery import shared_task

from foundation.actors import system
from foundation.uploads import services


@shared_task(name="foundation.uploads.expire")
def expire() -> int:
    """End uploads whose time is over; how many."""
    return services.expire_uploads(actor=system("uploads"))
