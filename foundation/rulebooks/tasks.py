"""Background work of rulebooks."""

from celery import shared_task

from foundation.actors import system
from foundation.jobs.registry import job
from foundation.jobs.services import Outcome, Run
from foundation.rulebooks import services


@job(services.WHAT_IF)
def what_if(run: Run, *, version_id: int) -> Outcome:
    """Decide stored cases again under a proposed version."""
    return services.compute_what_if(run, version_id=version_id)


@shared_task(name="foundation.rulebooks.announce")
def announce() -> int:
    """Tell the rooms of versions that have come in force (beat); how many."""
    return services.announce_in_force(actor=system("beat"))
