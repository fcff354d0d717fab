"""Hostile files through the service and its job: a clear problem or finding, and the service goes on."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.jobs.services import LostLease
from grading import services
from grading.models import DataAsset, Grade, Profile, QualityAssessment, SensitivityFinding
from tests.factories import World
from tests.grading import hostile, workbooks
from tests.grading.hostile import MIB
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db
in_a_child = pytest.mark.usefixtures("children")
"""For what might take more than a test can give: memory, a disk, time, the stack, the process itself."""
CHINESE = "姓名,城市\n" + "".join(f"张{n},贵阳市\n" for n in range(60))
PROGRAMS = "tests.foundation.confined.programs"
Make = Callable[[], bytes]


@pytest.fixture
def world():
    return World()


def examined(world: World, content: bytes, filename: str = "records.csv") -> DataAsset:
    """The asset after its job, which has succeeded, has run in this process."""
    asset = services.receive_file(
        actor=world.provider.actor,
        organisation_id=world.provider.organisation_id,
        filename=filename,
        chunks=[content[place : place + MIB] for place in range(0, len(content), MIB)],
        declared={},
    )
    job = Job.objects.get(subject_type="data_asset", subject_id=asset.pk, state="queued")
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_detail) == ("succeeded", "")
    asset.refresh_from_db()
    return asset


def findings(asset: DataAsset) -> dict[str, int]:
    return dict(QualityAssessment.objects.get(asset=asset).data["finding_totals"])


def assert_unreadable(asset: DataAsset, problem: str, params: dict[str, object]) -> None:
    """It says why, nothing was written of it, and nothing is left of it."""
    assert (asset.state, asset.problem_code, asset.problem_params) == ("unreadable", problem, params)
    assert not any(model.objects.exists() for model in (Profile, QualityAssessment, SensitivityFinding, Grade))
    assert leftovers() == []


def leftovers() -> list[str]:
    folders = (settings.STATE_DIR / "scratch", settings.STATE_DIR / "plaintext")
    return [str(path) for folder in folders if folder.exists() for path in folder.iterdir()]


@pytest.mark.parametrize(
    ("make", "filename", "problem", "params"),
    [
        (lambda: b"", "t.csv", "empty_file", {}),
        (lambda: b" \n\n ", "t.csv", "empty_file", {}),
        (lambda: hostile.parquet()[:-9], "t.parquet", "truncated_parquet", {}),
        (lambda: hostile.parquet(5000, 1), "t.parquet", "too_many_columns", {"columns": 5000, "limit": 4096}),
        (
            lambda: b",".join(b"c%d" % n for n in range(5000)) + b"\n",
            "t.csv",
            "too_many_columns",
            {"columns": 5000, "limit": 4096},
        ),
        (lambda: gzip.compress(hostile.table().encode())[:-9], "t.csv.gz", "damaged_file", {"format": "gzip"}),
        (lambda: bytes(4096), "t.csv", "unsupported_format", {"detected": "binary"}),
        (
            lambda: b'a,b\n1,"' + b"x" * MIB,
            "t.csv",
            "malformed_table",
            {"format": "csv", "detail": "field larger than field limit (131072)"},
        ),
    ],
)
def test_what_cannot_be_read_says_why(world, make: Make, filename, problem, params):
    assert_unreadable(examined(world, make(), filename), problem, params)


@in_a_child
@pytest.mark.parametrize(
    ("make", "filename", "problem", "params"),
    [
        (lambda: hostile.parquet()[:200] + b"PAR1", "t.parquet", "truncated_parquet", {}),
        (hostile.gzip_bomb, "t.csv.gz", "expands", {"limit": 16}),
        (hostile.zstd_bomb, "t.csv.zst", "expands", {"limit": 16}),
        (hostile.xlsx_bomb, "t.xlsx", "expands", {"limit": 16}),
        (hostile.xlsx_bomb, "t.csv", "expands", {"limit": 16}),
        (lambda: gzip.compress(hostile.xlsx_bomb()), "t.xlsx.gz", "packed_twice", {"detected": "zip"}),
        (hostile.many_keys, "t.jsonl", "too_many_columns", {"columns": 5120, "limit": 4096}),
    ],
)
def test_what_might_take_more_than_there_is_says_so(world, make: Make, filename, problem, params, settings):
    settings.FILE_SCRATCH_BYTES, settings.FILE_EXPANSION = 16 * MIB, 0
    assert_unreadable(examined(world, make(), filename), problem, params)


@pytest.mark.parametrize(
    ("content", "rows", "columns", "expected"),
    [
        (
            hostile.table() + "1\n1,2,3,4,5\n",
            32,
            3,
            {"ragged_row": 2, "missing_values": 2, "repeated_key": 2},
        ),
        (hostile.table().replace("x1", "x\x00"), 30, 3, {"nul_bytes": 5, "broken_text": 5}),
        ('a,b\n1,"' + hostile.nested() + '"\n2,y\n', 2, 2, {}),
    ],
)
def test_what_is_wrong_in_a_table_is_a_finding(world, content: str, rows, columns, expected):
    asset = examined(world, content.encode())
    profile = Profile.objects.get(asset=asset)
    assert (asset.state, profile.rows, profile.columns) == ("examined", rows, columns)
    assert findings(asset) == expected


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("gb18030", "gb18030")],
)
def test_encodings_are_told_apart(world, encoding, named):
    asset = examined(world, CHINESE.encode(encoding))
    data = Profile.objects.get(asset=asset).data
    assert (data["encoding"], data["rows"], [column["name"] for column in data["columns"]]) == (
        named,
        60,
        ["姓名", "城市"],
    )
    assert "broken_encoding" not in findings(asset)


def test_two_encodings_in_one_file_are_a_finding(world):
    other = CHINESE.partition("\n")[2].encode("gb18030")
    asset = examined(world, CHINESE.encode() + other)
    data = Profile.objects.get(asset=asset).data
    assert (data["encoding"], data["rows"], data["columns"][1]["name"]) == ("utf-8", 120, "城市")
    assert findings(asset)["broken_encoding"] >= 60


@in_a_child
def test_a_cell_of_a_hundred_mebibytes(world):
    content = b'a,b\n1,"' + b"x" * (100 * MIB) + b'"\n2,y\n'
    asset = examined(world, content)
    data = Profile.objects.get(asset=asset).data
    assert (asset.state, data["rows"]) == ("examined", 2)
    assert data["columns"][1]["lengths"]["maximum"] == 100 * MIB
    assert max(len(value["value"]) for value in data["columns"][1]["top_values"]) <= 120, "cells are shown cut"


@in_a_child
def test_json_nested_ten_thousand_deep(world):
    deep, shallow = '{"a":' + hostile.nested() + "}\n", '{"a":1}\n'
    asset = examined(world, (deep + shallow * 3).encode(), "t.jsonl")
    assert (asset.state, asset.format, Profile.objects.get(asset=asset).rows) == ("examined", "jsonl", 3)
    assert findings(asset)["malformed_line"] == 1
    asset = examined(world, deep.encode(), "t.json")
    assert (asset.state, asset.problem_code) == ("unreadable", "unsupported_format")


def test_cells_that_a_spreadsheet_would_run_are_a_finding(world):
    cells = ["=cmd|' /C calc'!A0", "＝1+1", "@SUM(A1)", "\t=1+1", "+86 139-1234-5678", "-5.5", "-1e3", "plain"]
    asset = examined(world, ("n,remark\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells))).encode())
    assert findings(asset)["spreadsheet_formula"] == 4
    shown = Profile.objects.get(asset=asset).data["columns"][1]["formula_examples"]
    assert [value["row"] for value in shown] == [0, 1, 2, 3]


def test_a_column_name_longer_than_a_page_is_cut(world):
    asset = examined(world, ("手机" + "x" * 3000 + ",b\n").encode() + b"".join(b"139%08d,1\n" % n for n in range(50)))
    data = Profile.objects.get(asset=asset).data
    assert [column["name"] for column in data["columns"]] == ["手机" + "x" * 198, "b"]
    assert findings(asset)["long_header"] == 1


@in_a_child
def test_a_parquet_bomb_ends_in_its_own_process(world, settings):
    settings.FILE_MEMORY_BYTES = 512 * MIB
    asset = examined(world, hostile.BINARY_BOMB, "t.parquet")
    assert (asset.state, asset.problem_code, asset.problem_params) == ("unreadable", "needs_memory", {"limit": 512})
    assert examined(world, hostile.parquet(), "t.parquet").state == "examined", "which is enough for others"
    assert leftovers() == []


@in_a_child
def test_a_workbook_that_is_small_until_it_is_laid_out_ends_in_its_own_process(world, settings):
    settings.FILE_MEMORY_BYTES = 512 * MIB
    asset = examined(world, hostile.shared_bomb(), "t.xlsx")
    assert (asset.state, asset.problem_code) == ("unreadable", "needs_memory")


@in_a_child
def test_a_file_that_takes_for_ever_is_given_up(world, settings, monkeypatch):
    monkeypatch.setattr("grading.services.whole.EXAMINATION", f"{PROGRAMS}:spin")
    settings.FILE_CPU_SECONDS, settings.FILE_CPU_SECONDS_PER_MIB = 2, 0.0
    asset = examined(world, observations())
    assert (asset.state, asset.problem_code) == ("unreadable", "needs_time")
    assert asset.problem_params["limit"] in (2, 8), "of processor time, or by the clock where the machine is busy"


def test_a_packed_file_is_examined_as_what_is_in_it(world):
    asset = examined(world, gzip.compress(hostile.table().encode()), "t.csv.gz")
    assert (asset.state, asset.format, Profile.objects.get(asset=asset).rows) == ("examined", "csv", 30)
    rows: list[list[object]] = [["n", "city"], *([n, "贵阳"] for n in range(30))]
    asset = examined(world, workbooks.table(rows), "t.xlsx")
    assert (asset.state, asset.format, Profile.objects.get(asset=asset).rows) == ("examined", "xlsx", 30)
    assert leftovers() == []


@in_a_child
def test_a_file_that_grows_when_it_is_read_is_given_up(world, settings):
    """Windows-1252 letters take two bytes each in UTF-8."""
    settings.FILE_SCRATCH_BYTES, settings.FILE_EXPANSION = MIB, 0
    asset = examined(world, b"a,b\n" + b"\xe9,1\n" * 300_000)
    assert (asset.state, asset.problem_code, asset.problem_params) == ("unreadable", "expands", {"limit": 1})


@in_a_child
@pytest.mark.parametrize("program", ["surprise", "fault"])
def test_a_reader_that_breaks_down_makes_the_file_unreadable(world, program, monkeypatch):
    monkeypatch.setattr("grading.services.whole.EXAMINATION", f"{PROGRAMS}:{program}")
    asset = examined(world, observations())
    assert (asset.state, asset.problem_code, asset.problem_params) == ("unreadable", "parser_broken", {})


@in_a_child
def test_a_cancelled_job_ends_its_child(world, monkeypatch):
    asset = services.receive_file(
        actor=world.provider.actor,
        organisation_id=world.provider.organisation_id,
        filename="hours.csv",
        chunks=[observations()],
        declared={},
    )
    claimed = jobs.claim(Job.objects.get(kind="grading.examine").pk)
    assert claimed is not None
    row, run = claimed
    monkeypatch.setattr("grading.services.whole.EXAMINATION", f"{PROGRAMS}:sleep")
    told = []

    def progress(self: jobs.Run, share: float, note: str = "") -> None:
        told.append((share, note))
        jobs.cancel_job(actor=world.exchange.actor, job_id=row.pk)
        original(self, share, note)

    original = jobs.Run.progress
    monkeypatch.setattr(jobs.Run, "progress", progress)
    with pytest.raises(LostLease):
        services.examine_asset(run, asset_id=asset.pk, why=services.Why("requested"))
    asset.refresh_from_db()
    assert ([share for share, _ in told], asset.state) == ([0.25], "received")
    pid = int(told[0][1].removeprefix("pid "))
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_the_worker_lives_on(worker):
    world = World()

    def receive(content: bytes, filename: str) -> DataAsset:
        return services.receive_file(
            actor=world.provider.actor,
            organisation_id=world.provider.organisation_id,
            filename=filename,
            chunks=[content],
            declared={},
        )

    bomb, good = receive(hostile.BINARY_BOMB, "bomb.parquet"), receive(observations(), "hours.csv")
    worker()
    bomb.refresh_from_db()
    good.refresh_from_db()
    assert (bomb.state, bomb.problem_code, bomb.problem_params) == ("unreadable", "needs_memory", {"limit": 2048})
    assert (good.state, good.problem_code) == ("examined", "")
    attempts = Job.objects.filter(kind="grading.examine").order_by("pk").values_list("state", "attempt")
    assert list(attempts) == [("succeeded", 1), ("succeeded", 1)]
