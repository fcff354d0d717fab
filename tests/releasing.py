"""Rules proposed by the exchange's administrator and released by its approver, by the real services."""

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.rulebooks import services
from foundation.rulebooks.models import RulebookVersion
from tests.factories import World


def proposed(world: World, kind: str, text: str) -> RulebookVersion:
    """A proposed version; what it would change is computed where its kind can."""
    drafted = services.draft_version(actor=world.exchange.actor, kind=kind, content=text, note="For a test.")
    row = services.propose_version(actor=world.exchange.actor, version_id=drafted.pk)
    for job in Job.objects.filter(kind=services.WHAT_IF, subject_id=row.pk):
        jobs.execute(job.pk)
    row.refresh_from_db()
    return row


def release(world: World, row: RulebookVersion, *, against: int = 0) -> RulebookVersion:
    """Released, in force from now."""
    return services.release_version(actor=world.approver.actor, version_id=row.pk, against=against)


def run_waiting(kind: str) -> Job:
    """The one queued job of this kind, carried out."""
    job = Job.objects.get(kind=kind, state="queued")
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error_detail
    return job
