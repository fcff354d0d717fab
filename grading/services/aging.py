"""Scores that time has overtaken: beat finds them by an index, a job with parts says anew what is true by now.

Data that its provider does not update as declared loses timeliness with the days. What is said of it then follows from
what was measured; no file is read. Each step down is an assessment of its own, and the old ones stay.

Only what the calendar does is called growing old. Where the newest score is one of other rules, or of an engine that
judged otherwise, what is said today of its own day is stored first, as a file scored again.
"""

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.events import services as events
from foundation.jobs import services as jobs
from foundation.jobs import states as job_states
from foundation.jobs.models import Job
from foundation.jobs.services import Outcome, Run, succeed
from foundation.participants.policies import require_system
from foundation.rulebooks.in_force import InForce
from grading.engine.quality import Assessment, differs, fell
from grading.models import DataAsset
from grading.rulebook import UNDECIDABLE, reassessed
from grading.scoring_rules import scoring_rules
from grading.services.rescore import ACTOR, BATCH, locked, newest_of, remember_when, scored_under, store

AGE: Final = "grading.age"
AGE_PART: Final = "grading.age_part"
AGE_MERGE: Final = "grading.age_merge"
PART: Final = 250
MOST_PARTS: Final = 400
"""So many parts of PART assets in one go; the next run of beat takes those that are left, the longest overdue first."""
OUTCOMES: Final = ("aged", "rescored", "kept", "undecidable")
"""Of a file; `aged` too where it was scored again and has grown old besides."""


@transaction.atomic
def queue_aging(*, actor: Actor) -> bool:
    """Queue the job where a score is no longer true, unless one is at work (beat); whether it was queued."""
    require_system(actor)
    if not _due(timezone.localdate()).exists():
        return False
    if Job.objects.filter(kind=AGE, state__in=job_states.UNFINISHED).exists():
        return False
    jobs.enqueue(kind=AGE, arguments={}, dedup_key=AGE)
    return True


def age_assessments(run: Run) -> Outcome:
    """Split what is due into parts of PART assets; one indexed query, however many assets there are."""
    due = _due(timezone.localdate()).order_by("rescore_on", "pk")
    wanted = list(due.values_list("pk", flat=True)[: PART * MOST_PARTS])
    if not wanted:
        return dict.fromkeys(OUTCOMES, 0)
    parts = [{"asset_ids": wanted[start : start + PART]} for start in range(0, len(wanted), PART)]
    return jobs.split(run, kind=AGE_PART, parts=parts, then=AGE_MERGE)


def age_part(run: Run, *, asset_ids: list[int]) -> Outcome:
    """Say anew what is true today of those of the assets that are still due, in batches."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for start in range(0, len(asset_ids), BATCH):
        with run.commit():
            today = timezone.localdate()
            due = locked(asset_ids[start : start + BATCH], rescore_on__lte=today)
            profile = scoring_rules()  # after the locks: whoever scored these files before had no newer rules
            scored = newest_of(due)
            _forget({asset.pk for asset in due} - {row.asset_id for row in scored})
            for row in scored:
                counts[_aged(row, profile, today)] += 1
        run.progress(min(start + BATCH, len(asset_ids)) / len(asset_ids))
    return counts


def merge_aging(run: Run) -> Outcome:
    """Count what the parts did, and tell once that scores have changed."""
    done = [part.result or {} for part in jobs.results_of_parts(run)]
    counts = {name: sum(part.get(name, 0) for part in done) for name in OUTCOMES}
    with run.commit():
        if counts["aged"] or counts["rescored"]:
            events.emit(name="assessments.rescored", subject=("job", run.job_id), data=counts)
        return succeed(run, counts)


def _due(today: date) -> Any:
    return DataAsset.objects.filter(rescore_on__lte=today)


def _forget(asset_ids: set[int]) -> None:
    """Of these locked assets there is no score that could grow old."""
    DataAsset.objects.filter(pk__in=asset_ids).update(rescore_on=None)


def _aged(row: Any, profile: InForce, today: date) -> str:
    """One assessment by today's calendar, one of OUTCOMES; nothing is stored where the score stays."""
    try:
        stored = Assessment.from_dict(row.data)
        before, found = reassessed(row, profile.rules), reassessed(row, profile.rules, today)
    except UNDECIDABLE:
        _forget({row.asset_id})
        return "undecidable"
    outcome = "kept"
    if not scored_under(row, profile) or differs(stored, before):
        row, outcome = store(row, before, profile, actor=ACTOR, action="data_asset.rescored"), "rescored"
    if not differs(before, found):
        remember_when(row, before, profile, after=today)
        return outcome
    made = store(row, found, profile, actor=ACTOR, action="data_asset.aged")
    if fell(before.overall.value, found.overall.value):
        events.emit(
            name="quality.fell",
            subject=("data_asset", row.asset_id),
            data={"assessment": made.pk, "from": row.pk},
            organisation_id=row.asset.organisation_id,
        )
    return "aged"
