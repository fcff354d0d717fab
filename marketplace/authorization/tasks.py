"""What beat runs for this room."""

from celery import shared_task

from foundation.actors import system
from marketplace.authorization import services


@shared_task(name="marketplace.authorization.expire")
def expire() -> None:
    """End the grants whose term is over."""
    services.expire_grants(actor=system("beat"))
