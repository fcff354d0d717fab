"""Examining by the real worker and directly: results, versions, examining again, what is no table, fencing."""

import json
from typing import Any

import pytest
from django.db import transaction

from foundation.audit.models import Event
from foundation.errors import Forbidden, NotFound
from foundation.events.models import Event as Happened
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.jobs.services import LostLease
from grading import selectors, services
from grading.engine.profile import Profile as Counted
from grading.engine.quality import Assessment
from grading.models import DataAsset, Grade, Profile, QualityAssessment, SensitivityFinding
from grading.rules.shipped import shipped_rules
from tests.factories import World
from tests.grading.samples import NO_TABLE, hospital, observations

# Without commits no message leaves for the worker: what is not marked `worker` runs the job in this process.
pytestmark = pytest.mark.django_db
PERSONAL = {"姓名": "person_name", "身份证号": "resident_id", "手机号": "mobile_phone", "诊断": "health"}


@pytest.fixture
def world():
    return World()


def receive(world, content, filename="records.csv", **declared) -> DataAsset:
    party = world.provider
    return services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename=filename,
        chunks=[content],
        declared=declared,
    )


def run_waiting() -> dict[str, Any]:
    """Claim and run the waiting examination in this process; its result."""
    job = Job.objects.get(kind="grading.examine", state="queued")
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error_detail
    result: dict[str, Any] = job.result or {}
    return result


def claim() -> tuple[Job, jobs.Run]:
    claimed = jobs.claim(Job.objects.get(kind="grading.examine").pk)
    assert claimed is not None
    return claimed


@pytest.mark.worker
def test_the_worker_examines_a_hospital_file(world, worker):
    content = hospital()
    asset = receive(world, content, sector="health", title="住院记录")
    worker()
    job = Job.objects.get(kind="grading.examine")
    assert (job.state, job.progress, job.error_detail) == ("succeeded", 1.0, "")
    asset.refresh_from_db()
    assert (asset.state, asset.format, asset.problem_code) == ("examined", "csv", "")
    profile = Profile.objects.get()
    assert selectors.latest_profile(asset.pk) == profile
    assert (profile.rows, profile.columns) == (120, 5)
    assert selectors.sensitive_columns(asset.pk) == PERSONAL
    grade = Grade.objects.get()
    assert (grade.state, grade.recommended_level, grade.level) == ("recommended", "general_4", "")
    assert grade.recommended_category == "health/clinical_records/sensitive_personal_information"
    assert (grade.scheme_code, grade.profile_id) == ("national", profile.pk)
    assert "sensitive_personal" in {reason["code"] for reason in grade.recommendation["reasons"]}
    assert (grade.recommendation["harmed_object"], grade.recommendation["degree"]) == (
        "individual_rights",
        "especially_serious",
    )
    assert grade.recommendation["matrix_cell"] == "general"
    assert job.result == {
        "profile": profile.pk,
        "assessment": QualityAssessment.objects.get().pk,
        "grade": grade.pk,
    }


def test_results_can_be_read_back_and_name_the_versions_that_made_them(world):
    asset = receive(world, observations(), "hours.csv", title="Hours", licence="CC0")
    result = run_waiting()
    profile, assessment = Profile.objects.get(), QualityAssessment.objects.get()
    assert Counted.from_dict(profile.data).rows == profile.rows == 60
    assert [c.name for c in Counted.from_dict(profile.data).columns] == ["hour", "temp", "humid"]
    read = Assessment.from_dict(assessment.data)
    assert (read.overall.value, read.overall.coverage) == (assessment.overall, assessment.coverage)
    assert len(read.dimensions) == 6
    assert assessment.inputs["declared"] == {"title": "Hours", "licence": "CC0"}
    assert assessment.inputs["versions"].items() >= shipped_rules().versions().items()
    assert selectors.overall_quality([asset.pk, 0]) == {asset.pk: assessment.overall}
    assert (assessment.profile_id, result["assessment"]) == (profile.pk, assessment.pk)
    assert not SensitivityFinding.objects.exists()
    assert Grade.objects.get().recommended_level == "general_1"


def test_what_the_owner_declares_may_make_it_core_data_and_people_decide(world):
    receive(world, observations(), declarations=["national_security"])
    run_waiting()
    grade = Grade.objects.get()
    assert grade.recommended_level == "general_4"
    assert [flag["code"] for flag in grade.recommendation["flags"]] == ["possibly_core"]
    assert Event.objects.get(action="grade.recommended").data["flags"] == ["possibly_core"]


def test_events_are_recorded_with_ids_and_codes(world):
    asset = receive(world, observations())
    result = run_waiting()
    examined = Event.objects.get(action="data_asset.examined")
    assert examined.subject_id == str(asset.pk)
    assert (examined.actor_kind, examined.actor_label) == ("system", "grading")
    assert examined.data["profile"] == result["profile"]
    recommended = Event.objects.get(action="grade.recommended")
    assert recommended.subject_id == str(result["grade"])
    assert recommended.data == {
        "asset": asset.pk,
        "level": "general_1",
        "category": Grade.objects.get().recommended_category,
        "flags": [],
        "cause": "first",
        "differs": False,
    }
    happened = Happened.objects.get(name="grade.recommended")
    assert (happened.subject_type, happened.subject_id) == ("grade", result["grade"])


def test_no_stored_result_holds_a_personal_value(world):
    content = hospital()
    receive(world, content, sector="health")
    run_waiting()
    stored = json.dumps(
        [
            *Profile.objects.values_list("data", flat=True),
            *QualityAssessment.objects.values_list("data", flat=True),
            *SensitivityFinding.objects.values_list("evidence", flat=True),
            *Grade.objects.values_list("recommendation", flat=True),
            *Event.objects.values_list("data", flat=True),
        ],
        ensure_ascii=False,
    )
    personal = {
        value for line in content.decode().splitlines()[1:] for value in line.split(",")[:3]
    }  # names, identity numbers, telephones
    assert len(personal) == 340
    assert [value for value in personal if value in stored] == []


def test_a_file_that_is_no_table_makes_the_asset_unreadable_and_the_job_succeed(world):
    asset = receive(world, NO_TABLE, "picture.csv")
    result = run_waiting()
    asset.refresh_from_db()
    assert result == {"problem": asset.problem_code}
    assert (asset.state, asset.problem_code) == ("unreadable", "unsupported_format")
    assert set(asset.problem_params) == {"detected"}
    assert (Profile.objects.count(), Grade.objects.count()) == (0, 0)
    assert Event.objects.get(action="data_asset.unreadable").data == {
        "problem": "unsupported_format",
        "state": "unreadable",
    }
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    assert run_waiting() == {"problem": "unsupported_format"}


def test_an_examined_asset_stays_examined_when_it_cannot_be_read_today(world):
    asset = receive(world, observations())
    run_waiting()
    other = receive(world, NO_TABLE)  # stands for a reader that has become stricter
    Job.objects.filter(subject_id=other.pk, state="queued").update(state="cancelled")
    other.delete()
    DataAsset.objects.filter(pk=asset.pk).update(blob=other.blob)
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    assert run_waiting() == {"problem": "unsupported_format"}
    asset.refresh_from_db()
    assert (asset.state, asset.problem_code) == ("examined", "")
    assert Grade.objects.get().state == "recommended"


def test_examining_again_replaces_what_nobody_has_decided(world):
    asset = receive(world, hospital(), sector="health")
    first = run_waiting()["grade"]
    waiting = services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    assert services.reexamine(actor=world.reviewer.actor, asset_id=asset.pk).pk == waiting.pk, "one job waits at most"
    second = run_waiting()["grade"]
    assert list(Grade.objects.order_by("pk").values_list("pk", "state")) == [
        (first, "superseded"),
        (second, "recommended"),
    ]
    assert Event.objects.get(action="grade.replaced").subject_id == str(first)
    assert QualityAssessment.objects.count() == 2, "old assessments stay"


def test_a_confirmation_does_not_outlive_its_evidence(world):
    asset = receive(world, hospital(), sector="health")
    first = run_waiting()["grade"]
    services.confirm_grade(actor=world.reviewer.actor, grade_id=first, level="important", reason="scale of the region")
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    second = run_waiting()["grade"]
    assert list(Grade.objects.order_by("pk").values_list("pk", "state")) == [
        (first, "superseded"),
        (second, "recommended"),
    ]


def test_a_decided_grade_stays_when_the_asset_is_examined_again(world):
    asset = receive(world, observations())
    first = run_waiting()["grade"]
    services.decide_grade(actor=world.reviewer.actor, grade_id=first, level="general_1")
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    second = run_waiting()["grade"]
    assert selectors.decided_grades([asset.pk])[asset.pk].pk == first
    assert selectors.current_grade(asset.pk) == Grade.objects.get(pk=first)
    assert Grade.objects.get(pk=second).state == "agreed"


def test_the_owner_declares_anew_and_the_score_follows(world):
    asset = receive(world, observations())
    run_waiting()
    services.reexamine(
        actor=world.provider.actor, asset_id=asset.pk, declared={"title": "Hours", "sector": "meteorology"}
    )
    run_waiting()
    older, newer = QualityAssessment.objects.order_by("pk")
    assert (older.inputs["declared"], newer.inputs["declared"]) == ({}, {"title": "Hours", "sector": "meteorology"})
    assert newer.coverage > older.coverage
    assert Grade.objects.get(state="recommended").recommended_category.startswith("meteorology/")


def test_a_table_schema_stays_unless_it_is_named(world):
    schema = {"fields": [{"name": "id"}]}
    asset = receive(world, observations(), title="Hours", table_schema=schema)
    for declared, kept in (
        ({"sector": "meteorology"}, {"sector": "meteorology", "table_schema": schema}),
        ({"table_schema": None}, {}),
    ):
        services.reexamine(actor=world.provider.actor, asset_id=asset.pk, declared=declared)
        assert DataAsset.objects.get(pk=asset.pk).declared == kept


def test_who_may_have_it_examined_again(world):
    asset = receive(world, observations())
    run_waiting()
    with pytest.raises(NotFound):
        services.reexamine(actor=world.other_provider.actor, asset_id=asset.pk)
    with pytest.raises(Forbidden) as error:
        services.reexamine(actor=world.auditor.actor, asset_id=asset.pk)
    assert error.value.rule == "grading.owner_only"
    with pytest.raises(Forbidden) as error:
        services.reexamine(actor=world.reviewer.actor, asset_id=asset.pk, declared={"title": "not mine to say"})
    assert error.value.rule == "grading.owner_only"
    assert not Job.objects.filter(kind="grading.examine", state="queued").exists()
    assert DataAsset.objects.get(pk=asset.pk).declared == {}


def test_an_attempt_that_lost_its_lease_writes_nothing(world):
    asset = receive(world, observations())
    row, run = claim()
    Job.objects.filter(pk=row.pk).update(attempt=row.attempt + 1)
    with pytest.raises(LostLease):
        services.examine_asset(run, asset_id=asset.pk, why=services.Why("requested"))
    asset.refresh_from_db()
    assert asset.state == "received"
    assert (Profile.objects.count(), QualityAssessment.objects.count(), Grade.objects.count()) == (0, 0, 0)


def test_a_damaged_file_ends_the_job_with_its_code(world):
    from django.conf import settings

    asset = receive(world, observations())
    path = next(p for p in settings.VAULT_DIR.rglob(f"*{asset.blob.uid}*") if p.is_file())
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    job = Job.objects.get(kind="grading.examine")
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "tampered")
    asset.refresh_from_db()
    assert asset.state == "received"


def test_an_asset_that_was_taken_back_is_no_error(world):
    asset = receive(world, observations())
    services.discard_asset(actor=world.provider.actor, asset_id=asset.pk)
    assert run_waiting() == {"problem": "asset_gone"}


@pytest.mark.usefixtures("children")
def test_progress_reaches_whoever_follows_the_job(world):
    asset = receive(world, observations())
    _row, run = claim()
    services.examine_asset(run, asset_id=asset.pk, why=services.Why("requested"))
    job = Job.objects.get(kind="grading.examine")
    assert job.progress_note in {"opening", "reading", "describing", "sensitivity", "quality", "level", "done"}
    with transaction.atomic():
        assert DataAsset.objects.select_for_update(nowait=True).get(pk=asset.pk).state == "examined"
