"""What beat does for events."""

from celery import shared_task

from foundation.events import services


@shared_task(name="foundation.events.prune")
def prune() -> None:
    """Remove events of long ago (beat)."""
    services.prune()
