"""Background work of uploads."""

from celery import shared_task

from foundation.actors import system
from foundation.uploads import services


@shared_task(name="foundation.uploads.expire")
def expire() -> int:
    """End uploads whose time is over and forget those that ended long ago; how many ended."""
    services.forget_uploads()
    return services.expire_uploads(actor=system("uploads"))
