"""Files of listings decided anew by the real services, and the jobs that follow."""

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from grading import services as grading
from grading.models import Grade
from grading.services.decide import needs_two_reviewers
from marketplace.catalog.models import ListingVersion
from tests.factories import World, examined


def found_anew(version: ListingVersion, place: int = 0) -> Grade:
    """Another examination of the version's file at this place, as a job would have written it."""
    return examined(list(version.distributions.order_by("pk"))[place].asset)


def decide(world: World, grade: Grade, level: str) -> Grade:
    """Reviewers decide: two of them where that is needed, now or because of what stands."""
    if needs_two_reviewers(grade, level=level):
        grading.confirm_grade(actor=world.second_reviewer.actor, grade_id=grade.pk, level=level, reason="By the law.")
    return grading.decide_grade(actor=world.reviewer.actor, grade_id=grade.pk, level=level, reason="By the law.")


def decide_anew(world: World, version: ListingVersion, level: str, *, place: int = 0) -> Grade:
    """The file is examined and decided again; the jobs that follow wait."""
    return decide(world, found_anew(version, place), level)


def follow(kind: str) -> Job:
    """What a worker does with the waiting jobs of a kind; the newest, which succeeded."""
    for job in Job.objects.filter(kind=kind, state="queued").order_by("pk"):
        jobs.execute(job.pk)
    newest = Job.objects.filter(kind=kind).latest("pk")
    assert (newest.state, newest.error_code) == ("succeeded", "")
    return newest


def follow_again(job: Job) -> Job:
    """The same job once more, as after a worker that died before it could say that it was done."""
    Job.objects.filter(pk=job.pk).delete()
    copy = jobs.enqueue(kind=job.kind, arguments=job.arguments)
    jobs.execute(copy.pk)
    copy.refresh_from_db()
    assert copy.state == "succeeded"
    return copy
