"""What beat asks for: invitations and elevations whose time is over are closed."""

from celery import shared_task

from foundation.actors import system
from foundation.participants import services


@shared_task(name="foundation.participants.expire")
def expire() -> None:
    """Close what has expired; it does not count from its instant on, closed or not."""
    actor = system("participants")
    services.expire_invitations(actor=actor)
    services.expire_elevations(actor=actor)
