"""What beat asks for: invitations, elevations and accreditations whose time is over are ended."""

from celery import shared_task

from foundation.actors import system
from foundation.participants import services


@shared_task(name="foundation.participants.expire")
def expire() -> None:
    """Close what has expired; it does not count from its instant on, closed or not."""
    actor = system("participants")
    services.expire_invitations(actor=actor)
    services.expire_elevations(actor=actor)


@shared_task(name="foundation.participants.expire_accreditations")
def expire_accreditations() -> None:
    """End accreditations after their last day, and say of those that end soon."""
    actor = system("participants")
    services.expire_accreditations(actor=actor)
    services.remind_of_accreditations(actor=actor)
