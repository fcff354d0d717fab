"""Background work of the room."""

from celery import shared_task

from foundation.idempotency import services


@shared_task(name="foundation.idempotency.sweep")
def sweep() -> int:
    """Forget the answers whose day is over; how many."""
    return services.sweep_expired()
