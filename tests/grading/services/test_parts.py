"""Long files examined in parts: by workers that are killed, in any order, with the results of one go; and swept."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import polars as pl
import pytest
from celery import current_app
from django.conf import settings as live
from django.db.models.functions import Now

from foundation.actors import system
from foundation.audit.models import Event
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.vault.models import Blob
from grading import services
from grading.models import DataAsset, Grade, Profile, QualityAssessment, SensitivityFinding
from tests.factories import World
from tests.grading.engine.profile.test_split import csv_of, people
from tests.waiting import kill_group, until

PROJECT = Path(__file__).resolve().parents[3]


SCHEMA = {
    "fields": [
        {"name": "编号", "type": "integer", "constraints": {"unique": True, "maximum": 999}},
        {"name": "姓名", "type": "string", "constraints": {"unique": True}},
        {"name": "手机号"},
        {"name": "备注"},
        {"name": "数值", "constraints": {"required": True}},
    ]
}


@pytest.fixture
def world(db: None) -> World:
    return World()


def receive(world: World, content: bytes, filename: str) -> DataAsset:
    return services.receive_file(
        actor=world.provider.actor,
        organisation_id=world.provider.organisation_id,
        filename=filename,
        chunks=[content],
        declared={"title": "记录"},
    )


def run_waiting() -> Job:
    job = Job.objects.get(kind="grading.examine", state="queued")
    jobs.execute(job.pk)
    job.refresh_from_db()
    return job


def parts_of(job: Job) -> list[Job]:
    return list(Job.objects.filter(parent=job).order_by("part"))


def results(result: dict[str, Any]) -> list[Any]:
    """All that an examination stored, but for identifiers, instants and the day: midnight may lie between two."""
    profile = Profile.objects.get(pk=result["profile"])
    assessment = QualityAssessment.objects.get(pk=result["assessment"])
    assessment.data, assessment.inputs = assessment.data | {"assessed_on": None}, assessment.inputs | {"today": None}
    grade = Grade.objects.get(pk=result["grade"])
    own = {"id", "profile_id", "created_at", "asset_id", "state", "assessment_id", "cause"}
    found = [profile, assessment, grade, *SensitivityFinding.objects.filter(profile=profile).order_by("pk")]
    return [{key: value for key, value in vars(row).items() if key not in own | {"_state"}} for row in found]


def stored_files() -> int:
    return sum(path.is_file() for folder in ("blobs", "incoming") for path in (live.VAULT_DIR / folder).rglob("*"))


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a Celery worker for which files of more than 256 KiB are long, in a process group of its own.

    And with a state folder of its own: one that is killed leaves the empty folder of its child there.
    """
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    shutil.copy2(live.STATE_DIR / "secrets.json", state)
    started: list[subprocess.Popen[bytes]] = []
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{live.DATABASES['default']['NAME']}")
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(url),
        "EXAMINE_PART_BYTES": str(256 << 10),
        "EXCHANGE_STATE": str(state),
    }

    def start() -> subprocess.Popen[bytes]:
        name = f"parts-{len(started)}@localhost"
        with (tmp_path / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", "worker", "-n", name, "-c", "1", "-Q", "celery",
                 "--without-gossip", "--without-mingle"],
                cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        started.append(process)
        return process

    current_app.control.purge()
    yield start
    for process in started:
        kill_group(process)
    current_app.control.purge()


@pytest.mark.worker
def test_workers_that_die_and_parts_in_any_order_change_nothing(start_worker, settings):
    world, content = World(), csv_of(20_000)
    settings.EXAMINE_PART_BYTES = None
    asset = receive(world, content, "records.csv")
    whole = run_waiting()
    assert (whole.state, sorted(whole.result or {})) == ("succeeded", ["assessment", "grade", "profile"])
    files = stored_files()

    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    job = Job.objects.get(kind="grading.examine", state="queued")
    worker = start_worker()
    until(lambda: Job.objects.filter(parent=job, state="running").exists(), "no part was begun")
    kill_group(worker)
    parts = parts_of(job)
    assert len(parts) >= 4
    assert Job.objects.filter(parent=job, state="running").update(lease_expires_at=Now() - timedelta(seconds=1)) == 1
    current_app.control.purge()
    assert jobs.sweep()["lost"] == 1
    for part in [*reversed(parts), *parts]:
        current_app.send_task("foundation.jobs.run", args=[part.pk])
    start_worker()
    until(lambda: Job.objects.get(pk=job.pk).state not in ("queued", "running", "waiting"), "the merge did not end")

    job.refresh_from_db()
    assert (job.state, job.error_detail) == ("succeeded", "")
    assert (job.result or {}).keys() == {"assessment", "grade", "profile", "parts"}
    assert (job.result or {})["parts"] == len(parts)
    assert sum(part.losses for part in parts_of(job)) == 1
    assert results(job.result or {}) == results(whole.result or {})
    assert SensitivityFinding.objects.filter(profile_id=(job.result or {})["profile"]).exists()
    assert (Blob.objects.count(), stored_files()) == (1, files)


@pytest.mark.django_db
def test_row_groups_in_parts_give_the_results_of_one_go(world, settings):
    frame = pl.DataFrame(people(6_000), schema=["编号", "姓名", "手机号", "备注", "数值"], orient="row")
    sink = io.BytesIO()
    frame.with_columns(pl.col("编号").cast(pl.Int64)).write_parquet(sink, row_group_size=1_500)
    settings.EXAMINE_PART_BYTES = None
    asset = receive(world, sink.getvalue(), "records.parquet")
    services.declare_table_schema(actor=world.provider.actor, asset_id=asset.pk, table_schema=SCHEMA)
    whole = run_waiting()
    told = QualityAssessment.objects.get(pk=(whole.result or {})["assessment"])
    assert told.inputs["declared"]["table_schema"] == SCHEMA
    totals = {kind: count for kind, count in told.data["finding_totals"].items() if kind.startswith("rule")}
    assert totals == {"rule_range": 5_000, "rule_required": 120, "rule_unique": 6_000 - 99}

    settings.EXAMINE_PART_BYTES = 10_000
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    job = run_waiting()
    assert (job.state, job.merge_kind) == ("waiting", "grading.examine_merge")
    parts = parts_of(job)
    assert len(parts) == 4
    for part in reversed(parts):
        jobs.execute(part.pk)
    assert [Blob.objects.filter(pk=(part.result or {})["blob"]).count() for part in parts_of(job)] == [1] * 4
    jobs.execute(job.pk)

    job.refresh_from_db()
    assert (job.state, (job.result or {}).get("parts")) == ("succeeded", 4)
    assert results(job.result or {}) == results(whole.result or {})
    assert Blob.objects.get() == asset.blob
    assert Event.objects.filter(action="blob.deleted").count() == 4


@pytest.mark.django_db
def test_what_does_not_read_in_parts_is_read_whole_and_says_so(world, settings):
    settings.EXAMINE_PART_BYTES = 400_000
    content = csv_of(12_000) + b'\n1,"2" 3,4,5,6\n'
    asset = receive(world, content, "records.csv")
    job = run_waiting()
    parts = parts_of(job)
    assert [part.kind for part in parts] == ["grading.examine_part"] * 2
    for part in parts:
        jobs.execute(part.pk)
    assert [part.result for part in parts_of(job)][1] == {"whole": "malformed_table"}
    assert Blob.objects.count() == 2
    jobs.execute(job.pk)

    job.refresh_from_db()
    assert (job.state, (job.result or {})["read_whole"]) == ("succeeded", "malformed_table")
    assert job.progress_note.endswith("(read whole: malformed_table)")
    assert Blob.objects.get() == asset.blob
    asset.refresh_from_db()
    assert asset.state == "examined"
    assert "irregular_quoting" in {found["kind"] for found in Profile.objects.get().data["reader_findings"]}


@pytest.mark.django_db
def test_a_cancelled_examination_keeps_nothing(world, settings):
    settings.EXAMINE_PART_BYTES = 100_000
    asset = receive(world, csv_of(3_000), "records.csv")
    job = run_waiting()
    first, second, *_others = parts_of(job)
    jobs.execute(first.pk)
    claimed = jobs.claim(second.pk)
    assert claimed is not None
    jobs.prune()
    assert Blob.objects.count() == 2

    jobs.cancel_job(actor=system("tests"), job_id=job.pk)
    with pytest.raises(jobs.LostLease):
        services.examine_part(claimed[1], asset_id=asset.pk, piece=second.arguments["piece"])
    jobs.prune()
    assert Blob.objects.get() == asset.blob
