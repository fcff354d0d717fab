"""Assets with stored assessments of known measures, as an examination would have written them, without a file."""

from datetime import date
from typing import Any

from foundation.jobs.models import Job
from foundation.rulebooks.in_force import in_force
from grading import services
from grading.declaring.declaration import metadata_of
from grading.engine import ENGINE_VERSION
from grading.engine.quality import Assessment, Finding, Measure, Score, changes_on, reassess
from grading.models import DataAsset, Profile, QualityAssessment, SensitivityFinding
from grading.rulebook import QUALITY
from tests.factories import Party

COLUMNS = ("station", "opened", "licence_no")
NOBODY = Score(None, None, None, 0.0)
FINDINGS = (
    Finding(2, "station", "type_mismatch", 0.7, "type_mismatch", {"value": "x1", "count": 1, "type": "integer"}, 1),
    Finding(4, "opened", "missing_values", 1.0, "missing_values", {"count": 10, "rows": 100, "row": 4}, 10),
    Finding(7, "licence_no", "inconsistent_spelling", 0.6, "inconsistent_spelling", {"value": "L-7", "count": 2}, 2),
    Finding(None, None, "duplicate_rows", 0.9, "duplicate_rows", {"count": 3}, 3),
)


def received(party: Party, **declared: str) -> DataAsset:
    """A file of the party's; what it holds is of no interest."""
    asset = services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="stations.csv",
        chunks=[b"a,b\n1,2\n"],
        declared=declared,
    )
    Job.objects.filter(subject_type="data_asset", subject_id=asset.pk).update(state="cancelled")
    DataAsset.objects.filter(pk=asset.pk).update(state="examined", format="csv")
    asset.refresh_from_db()
    return asset


def measured(column: str, satisfied: int, *, conformity: bool) -> list[Measure]:
    complete = Measure("data_elements", "completeness", "values_present", column, satisfied, 100, satisfied / 100)
    right = Measure("format_compliance", "accuracy", "inferred_type", column, satisfied, 100, satisfied / 100)
    return [complete, right] if conformity else [complete]


def assessment(declared: dict[str, Any], today: date, *, good: int = 90, conformity: bool = True) -> Assessment:
    """100 rows of three columns, of each `good` cells without fault; timeliness as `declared` on that day.

    With good = 100 and without conformity the overall score is (25 × 100 + 10 × timeliness) / 35, however severe the
    rules are with faults.
    """
    bare = Assessment(
        overall=NOBODY,
        verdict="",
        dimensions=(),
        measures=(
            *(measure for column in COLUMNS for measure in measured(column, good, conformity=conformity)),
            Measure("uniqueness", "accuracy", "uniqueness", None, 0, 0, None, reason="no_key_declared"),
            Measure("point_in_time", "timeliness", "point_in_time", None, 0, 0, None, reason="no_update_frequency"),
        ),
        findings=FINDINGS,
        finding_totals={item.kind: item.count for item in FINDINGS},
        interval_method="",
        assessed_on=today,
        profile_code="",
        profile_version="",
    )
    return reassess(bare, metadata=metadata_of(declared), weights=in_force(QUALITY).rules, has_values=True)


def scored(
    asset: DataAsset, today: date, *, good: int = 90, conformity: bool = True, engine: str = ENGINE_VERSION
) -> QualityAssessment:
    """Profile and assessment of that day; `licence_no` is sensitive, and not personal."""
    found, rules = assessment(asset.declared, today, good=good, conformity=conformity), in_force(QUALITY)
    columns = [{"name": name, "inferred_type": "text", "rows": 100, "values": good} for name in COLUMNS]
    profile = Profile.objects.create(
        asset=asset, engine_version=engine, rows=100, columns=3, data={"rows": 100, "columns": columns}
    )
    SensitivityFinding.objects.create(
        asset=asset, profile=profile, engine_version=engine, column="licence_no", sensitive_type="licence_plate",
        personal=False, sensitive_personal=False, confidence=0.9, evidence={},
    )  # fmt: skip
    asset.rescore_on = changes_on(found, metadata=metadata_of(asset.declared), weights=rules.rules, has_values=True)
    asset.save(update_fields=["rescore_on"])
    return QualityAssessment.objects.create(
        profile=profile,
        asset=asset,
        engine_version=engine,
        rules_code=found.profile_code,
        rules_version=found.profile_version,
        overall=found.overall.value,
        coverage=found.overall.coverage,
        inputs={
            "declared": asset.declared,
            "today": today.isoformat(),
            "versions": {"engine": engine},
            "rulebooks": {QUALITY: rules.as_record()},
        },
        data=found.to_dict(),
    )
