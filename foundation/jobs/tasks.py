"""What Celery runs: one task that carries a job's id, one sweep."""

from celery import shared_task

from foundation.jobs import services


@shared_task(name="foundation.jobs.run")
def run(job_id: int) -> None:
    """Run the job with this id if it is still to be run."""
    services.execute(job_id)


@shared_task(name="foundation.jobs.sweep")
def sweep() -> None:
    """Bring back lost jobs (beat)."""
    services.sweep()
