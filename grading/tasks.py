"""Background work of grading."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from foundation.actors import system
from foundation.jobs.registry import job
from foundation.jobs.services import Outcome, Run
from grading import services
from grading.models import Cause

REQUESTED = Cause.REQUESTED.value
"""The cause of jobs that were queued by a version that named none."""


@job(services.EXAMINE)
def examine(run: Run, *, subject_id: int, cause: str = REQUESTED, note: str = "") -> Outcome:
    """Examine one data asset: profile, quality, sensitive columns, recommended grade."""
    return services.examine_asset(run, asset_id=subject_id, why=services.Why(cause, note))


@job(services.EXAMINE_PART, release=services.release_part)
def examine_part(run: Run, *, subject_id: int, piece: Mapping[str, Any]) -> Outcome:
    """Gather one part of a long file."""
    return services.examine_part(run, asset_id=subject_id, piece=piece)


@job(services.EXAMINE_MERGE)
def examine_merge(run: Run, *, subject_id: int, cause: str = REQUESTED, note: str = "") -> Outcome:
    """Every part was gathered: put them together and judge."""
    return services.merge_parts(run, asset_id=subject_id, why=services.Why(cause, note))


@job(services.RESCORE)
def rescore(run: Run, *, subject_id: int | None = None) -> Outcome:
    """Another quality profile is in force: score every file again from what was measured."""
    return services.rescore_assets(run, version_id=subject_id)


@job(services.REGRADE)
def regrade(run: Run, *, subject_id: int | None = None) -> Outcome:
    """Another grading scheme is in force: recommend every grade anew from what was found."""
    return services.regrade_under_rules(run, version_id=subject_id)


@job(services.REGRADE_DERIVED)
def regrade_derived(run: Run, *, subject_id: int) -> dict[str, Any]:
    """The grade of a file was decided: examine anew what was derived from it, where that counted with less."""
    return services.regrade_derived(run, grade_id=subject_id)


@job(services.AGE)
def age(run: Run) -> Outcome:
    """Scores that time has overtaken: split them into batches."""
    return services.age_assessments(run)


@job(services.AGE_PART)
def age_part(run: Run, *, asset_ids: list[int]) -> Outcome:
    """Score one batch again by today's calendar."""
    return services.age_part(run, asset_ids=asset_ids)


@job(services.AGE_MERGE)
def age_merge(run: Run) -> Outcome:
    """Every batch was scored: tell those who work with scores."""
    return services.merge_aging(run)


@shared_task(name="grading.queue_aging")
def queue_aging() -> bool:
    """Have scores brought up to the day where time has overtaken them (beat); whether there were any."""
    return services.queue_aging(actor=system("beat"))


@shared_task(name="grading.queue_due_reviews")
def queue_due_reviews() -> int:
    """Have files examined again whose decided grade is due for review (beat); how many."""
    return services.queue_due_reviews(actor=system("beat"))
