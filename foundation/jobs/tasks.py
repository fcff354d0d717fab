"""What Celery runs: one task that carries a job's id, and beat's two."""

from celery import shared_task
from structlog.contextvars import bound_contextvars

from foundation.jobs import services


@shared_task(name="foundation.jobs.run")
def run(job_id: int) -> None:
    """Run the job with this id if it is still to be run."""
    with bound_contextvars(job_id=job_id):
        services.execute(job_id)


@shared_task(name="foundation.jobs.sweep")
def sweep() -> None:
    """Bring back lost jobs (beat)."""
    services.sweep()


@shared_task(name="foundation.jobs.prune")
def prune() -> None:
    """Remove jobs that ended long ago (beat)."""
    services.prune()
