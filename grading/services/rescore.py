"""Scoring again from what was measured: the file is not read, the old assessment stays.

After another quality profile has come in force, so that all scores speak one language; on request; and, in
`services.aging`, because time has passed.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor, system
from foundation.audit import services as audit
from foundation.errors import Conflict, NotFound
from foundation.events import services as events
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.jobs.services import Outcome, Run, succeed
from foundation.participants.policies import require_system
from foundation.rulebooks import selectors as rulebooks
from foundation.rulebooks.in_force import InForce, in_force
from grading import policies, selectors
from grading.declaring.declaration import metadata_of
from grading.engine import ENGINE_VERSION
from grading.engine.quality import Assessment, changes_on
from grading.models import DataAsset, QualityAssessment
from grading.rulebook import QUALITY, UNDECIDABLE, assessments, newest_assessments, reassessed
from grading.scoring_rules import scoring_rules, wait_for_writers

ACTOR: Final = system("grading")
RESCORE: Final = "grading.rescore"
BATCH: Final = 50


@transaction.atomic
def queue_rescoring(*, actor: Actor) -> Job:
    """Queue the scoring of every file that was last scored by other rules than those in force (the exchange itself).

    For an upgrade whose shipped quality profile is another one: a release queues it by itself.
    """
    require_system(actor)
    return jobs.enqueue(kind=RESCORE, arguments={}, dedup_key=RESCORE)


def rescore_assets(run: Run, *, version_id: int | None = None) -> Outcome:
    """Write a new assessment of every file that was last scored by another profile than the one in force.

    As attempt `run` of a job, in batches: a killed job goes on where it stopped. `version_id`: the rules that came in
    force; nothing to do for other kinds. Files whose stored measures are of a form of before keep their score:
    `undecidable` counts them.
    Each batch has the rules that are in force once its files are locked: of two such jobs at work, neither can put an
    older release's score above a newer one's. Scores that are being written under former rules are waited for first.
    """
    if version_id is not None and rulebooks.kind_of(version_id) != QUALITY:
        return {}
    wait_for_writers()
    scored_by = f"inputs__rulebooks__{QUALITY}__sha256"
    others = Q(**{f"{scored_by}__isnull": True}) | ~Q(**{scored_by: in_force(QUALITY).content.sha256})
    wanted = list(newest_assessments().filter(others).values_list("asset_id", flat=True))
    counts = {"rescored": 0, "undecidable": 0}
    for start in range(0, len(wanted), BATCH):
        with run.commit():
            held = locked(wanted[start : start + BATCH])
            profile = scoring_rules()
            for row in newest_of(held):
                if not scored_under(row, profile):
                    counts["rescored" if _rescored(row, profile) else "undecidable"] += 1
        run.progress(min(start + BATCH, len(wanted)) / len(wanted))
    with run.commit():
        events.emit(name="assessments.rescored", subject=("job", run.job_id), data=counts)
        return succeed(run, counts)


@transaction.atomic
def rescore_asset(*, actor: Actor, asset_id: int) -> QualityAssessment:
    """Score a file under the rules and on the day of now, from what was measured; the owner or the exchange.

    The newest assessment itself where that says the same. NotFound before the first; Conflict where what was measured
    is stored in a form of before.
    """
    selectors.asset(actor, asset_id)
    held = locked([asset_id])
    for asset in held:
        policies.require_owner_or_exchange(actor, asset.organisation_id)
    profile = scoring_rules()
    row = next(iter(newest_of(held)), None)
    if row is None:
        raise NotFound
    try:
        found = reassessed(row, profile.rules, timezone.localdate())
    except UNDECIDABLE as error:
        raise Conflict(
            _("What was measured then cannot be scored under today's rules: have the file examined again.")
        ) from error
    same = {**found.to_dict(), "assessed_on": row.data["assessed_on"]} == row.data
    if same and profile.as_record() == row.inputs.get("rulebooks", {}).get(QUALITY):
        return QualityAssessment.objects.get(pk=row.pk)
    made: QualityAssessment = store(row, found, profile, actor=actor, action="data_asset.rescored")
    if made.overall != row.overall:
        events.emit(name="data_asset.rescored", subject=("quality_assessment", made.pk))
    return made


def locked(asset_ids: Iterable[int], **also: Any) -> list[DataAsset]:
    """These assets, held until the transaction ends; of two who score at once the second sees what the first wrote."""
    rows = DataAsset.objects.select_for_update(no_key=True).filter(pk__in=list(asset_ids), **also)
    return list(rows.order_by("pk"))


def newest_of(assets: Iterable[DataAsset]) -> list[Any]:
    """The newest assessment of each of the locked assets, with its asset."""
    held = {asset.pk: asset for asset in assets}
    newest = assessments().filter(asset_id__in=list(held)).order_by("asset_id", "-pk").distinct("asset_id")
    found = list(newest)
    for row in found:
        row.asset = held[row.asset_id]
    return found


def scored_under(row: QualityAssessment, profile: InForce) -> bool:
    """Whether an assessment was made by these very rules."""
    known = row.inputs.get("rulebooks", {}).get(QUALITY, {}).get("sha256")
    return bool(known == profile.content.sha256)


def store(row: Any, found: Assessment, profile: InForce, *, actor: Actor, action: str) -> Any:
    """Write what is said now beside what was said, with its audit event; `row.asset` is locked by the caller.

    What is returned can take the place of `row` (of `newest_of`).
    """
    made: Any = QualityAssessment.objects.create(
        profile_id=row.profile_id,
        asset_id=row.asset_id,
        engine_version=ENGINE_VERSION,
        rules_code=found.profile_code,
        rules_version=found.profile_version,
        overall=found.overall.value,
        coverage=found.overall.coverage,
        inputs={
            **row.inputs,
            "today": found.assessed_on.isoformat(),
            "versions": {**row.inputs.get("versions", {}), QUALITY: f"{profile.content.code}@{profile.content.label}"},
            "rulebooks": {**row.inputs.get("rulebooks", {}), QUALITY: profile.as_record()},
            "rescored_from": row.pk,
        },
        data=found.to_dict(),
    )
    audit.record(
        actor=actor,
        action=action,
        subject=("data_asset", row.asset_id),
        data={"assessment": made.pk, "from": row.pk, "rulebook": profile.as_record()},
    )
    made.asset, made.has_values = row.asset, row.has_values
    remember_when(row, found, profile)
    return made


def remember_when(row: Any, found: Assessment, profile: InForce, *, after: date | None = None) -> None:
    """Note at the locked asset from which day on `found` will not be true any more: one later than `after`."""
    day = _first_day(row, found, profile)
    if day is not None and after is not None:
        day = max(day, after + timedelta(days=1))
    row.asset.rescore_on = day
    row.asset.save(update_fields=["rescore_on"])


def _first_day(row: Any, found: Assessment, profile: InForce) -> date | None:
    return changes_on(
        found, metadata=metadata_of(row.inputs["declared"]), weights=profile.rules, has_values=row.has_values
    )


def _rescored(row: Any, profile: InForce) -> bool:
    try:
        found = reassessed(row, profile.rules)
    except UNDECIDABLE:
        return False
    store(row, found, profile, actor=ACTOR, action="data_asset.rescored")
    return True
