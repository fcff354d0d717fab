"""Scoring every file again when another quality profile comes in force, so that all scores speak one language."""

from typing import Final

from django.db.models import Exists, OuterRef, Q

from foundation.actors import system
from foundation.audit import services as audit
from foundation.events import services as events
from foundation.jobs.services import Outcome, Run, succeed
from foundation.rulebooks import selectors as rulebooks
from foundation.rulebooks.in_force import InForce, in_force
from grading.engine import ENGINE_VERSION
from grading.models import DataAsset, QualityAssessment
from grading.rulebook import QUALITY, UNDECIDABLE, newest_assessments, reassessed

ACTOR: Final = system("grading")
RESCORE: Final = "grading.rescore"
BATCH: Final = 50


def rescore_assets(run: Run, *, version_id: int) -> Outcome:
    """Write a new assessment of every file that was last scored by another profile than the one in force.

    As attempt `run` of a job, in batches: a killed job goes on where it stopped. Nothing to do for other kinds of
    rules. Files whose stored measures are of a form of before keep their score: `undecidable` counts them.
    """
    if rulebooks.kind_of(version_id) != QUALITY:
        return {}
    profile, scored_by = in_force(QUALITY), f"inputs__rulebooks__{QUALITY}__sha256"
    others = Q(**{f"{scored_by}__isnull": True}) | ~Q(**{scored_by: profile.content.sha256})
    wanted = list(newest_assessments().filter(others).values_list("pk", flat=True))
    counts = {"rescored": 0, "undecidable": 0}
    for start in range(0, len(wanted), BATCH):
        with run.commit():
            for outcome in _batch(wanted[start : start + BATCH], profile):
                counts[outcome] += 1
        run.progress(min(start + BATCH, len(wanted)) / len(wanted))
    with run.commit():
        events.emit(name="assessments.rescored", subject=("rulebook_version", version_id), data=counts)
        return succeed(run, counts)


def _batch(ids: list[int], profile: InForce) -> list[str]:
    rows = QualityAssessment.objects.select_related("profile").filter(pk__in=ids).order_by("asset_id")
    list(DataAsset.objects.select_for_update().filter(pk__in=[row.asset_id for row in rows]).order_by("pk"))
    newer = QualityAssessment.objects.filter(asset_id=OuterRef("asset_id"), pk__gt=OuterRef("pk"))
    return [_rescored(row, profile) for row in rows.filter(~Exists(newer))]


def _rescored(row: QualityAssessment, profile: InForce) -> str:
    try:
        found = reassessed(row, profile.rules)
    except UNDECIDABLE:
        return "undecidable"
    made = QualityAssessment.objects.create(
        profile_id=row.profile_id,
        asset_id=row.asset_id,
        engine_version=ENGINE_VERSION,
        rules_code=found.profile_code,
        rules_version=found.profile_version,
        overall=found.overall.value,
        coverage=found.overall.coverage,
        inputs={
            **row.inputs,
            "versions": {**row.inputs.get("versions", {}), QUALITY: f"{profile.content.code}@{profile.content.label}"},
            "rulebooks": {**row.inputs.get("rulebooks", {}), QUALITY: profile.as_record()},
            "rescored_from": row.pk,
        },
        data=found.to_dict(),
    )
    audit.record(
        actor=ACTOR,
        action="data_asset.rescored",
        subject=("data_asset", row.asset_id),
        data={"assessment": made.pk, "from": row.pk, "rulebook": profile.as_record()},
    )
    return "rescored"
