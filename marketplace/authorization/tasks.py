"""What beat runs for this room."""

from celery import shared_task

from foundation.actors import system
from marketplace.authorization import services


@shared_task(name="marketplace.authorization.expire")
def expire() -> None:
    """End the grants whose term is over."""
    services.expire_grants(actor=system("beat"))


@shared_task(name="marketplace.authorization.remind")
def remind() -> None:
    """Say of grants that they end soon."""
    services.remind_of_ending(actor=system("beat"))
