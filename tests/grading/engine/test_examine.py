"""The whole examination of files."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from grading.engine import ENGINE_VERSION
from grading.engine.examine import Examination, examine
from grading.engine.levels import Facts
from grading.engine.profile import Profile
from grading.engine.quality import Assessment, Metadata
from grading.engine.readers import UnreadableFile
from grading.engine.rules import RuleSet

TableText = Callable[[Any], str]
PROJECT = Path(__file__).resolve().parents[3]


def examined(path: Path, rules: RuleSet, today: date, *, facts: Facts | None = None) -> Examination:
    return examine(
        path, filename="data.csv", metadata=Metadata(title="T"), facts=facts or Facts(), rules=rules, today=today
    )


def test_hospital_records_are_general_4(
    tmp_path: Path, hospital: Callable[..., str], rules: RuleSet, today: date
) -> None:
    path = tmp_path / "t"
    path.write_text(hospital(120), encoding="utf-8")
    result = examined(path, rules, today)

    assert result.recommendation.level == "general_4"
    assert result.recommendation.category.sector == "health"
    assert [reason.code for reason in result.recommendation.reasons] == ["sensitive_personal", "ordinary_personal"]
    assert result.recommendation.flags == ()


def test_no_personal_value_leaves_the_examination(
    tmp_path: Path, hospital: Callable[..., str], rules: RuleSet, today: date
) -> None:
    path = tmp_path / "t"
    text = hospital(50) + "ZY,张  伟,张 伟,?,坏\x07日期,\ufffd,x,肺 炎,2024-01-01,1\n"
    path.write_text(text, encoding="utf-8")
    told = json.dumps(examined(path, rules, today).to_dict(), ensure_ascii=False)
    personal = {cell for line in text.splitlines()[1:] for cell in line.split(",")[:8] if len(cell) > 2}

    assert [cell for cell in personal if f'"{cell}"' in told] == []
    assert '"999999999999999999"' in told


def test_operations_weather_and_statistics_are_general_1(
    tmp_path: Path, table_text: TableText, rules: RuleSet, today: date
) -> None:
    tables = {
        "flights": [
            ["dep_time", "carrier", "flight", "tailnum", "origin", "time_hour"],
            *[[500 + n, "UA", 1000 + n % 90, f"N{10000 + n}", "EWR", "2013-01-01T10:00:00Z"] for n in range(300)],
        ],
        "weather": [
            ["origin", "temp", "humid", "pressure", "time_hour"],
            *[["EWR", 30 + n / 7, 50.5, 1012, f"2013-01-{1 + n % 28:02d}T0{n % 10}:00:00Z"] for n in range(300)],
        ],
        "statistics": [
            ["地区", "年份", "常住人口", "生产总值"],
            *[[place, 2000 + n, 1000 + n, 5.5 * n] for n in range(20) for place in ("贵阳市", "遵义市")],
        ],
    }
    for name, rows in tables.items():
        path = tmp_path / name
        path.write_text(table_text(rows), encoding="utf-8")
        result = examined(path, rules, today)
        assert (result.recommendation.level, result.recommendation.flags) == ("general_1", ()), name
        assert not any(verdict.personal for verdict in result.verdicts), name


def test_versions_and_json(tmp_path: Path, hospital: Callable[..., str], rules: RuleSet, today: date) -> None:
    path = tmp_path / "t"
    path.write_text(hospital(30), encoding="utf-8")
    result = examined(path, rules, today)
    stored = json.loads(json.dumps(result.to_dict(), allow_nan=False))

    assert stored["versions"]["engine"] == ENGINE_VERSION
    assert stored["versions"]["scheme"] == "national@1.0"
    assert Profile.from_dict(stored["profile"]).to_dict() == result.profile.to_dict()
    assert Assessment.from_dict(stored["assessment"]).to_dict() == result.assessment.to_dict()


def test_declared_rows_count_when_they_are_more(
    tmp_path: Path, hospital: Callable[..., str], rules: RuleSet, today: date
) -> None:
    path = tmp_path / "t"
    path.write_text(hospital(30), encoding="utf-8")
    result = examined(path, rules, today, facts=Facts(rows=2_000_000))

    assert {flag.code for flag in result.recommendation.flags} == {"possibly_important"}


def test_progress_only_rises_and_ends_at_one(tmp_path: Path, rules: RuleSet, today: date) -> None:
    path = tmp_path / "t"
    path.write_text("a,b\n" + "1,2\n" * 500)
    calls: list[tuple[float, str]] = []
    examine(
        path,
        filename="t.csv",
        metadata=Metadata(),
        facts=Facts(),
        rules=rules,
        today=today,
        progress=lambda share, stage: calls.append((share, stage)),
    )

    assert [share for share, _ in calls] == sorted(share for share, _ in calls)
    assert calls[0] == (0.0, "opening")
    assert calls[-1] == (1.0, "done")
    assert {"reading", "describing", "quality", "sensitivity", "level"} <= {stage for _, stage in calls}


def test_unreadable_files_say_so(tmp_path: Path, rules: RuleSet, today: date) -> None:
    path = tmp_path / "t"
    path.write_bytes(b"")
    with pytest.raises(UnreadableFile) as caught:
        examined(path, rules, today)
    assert caught.value.code == "empty_file"


def test_another_process_comes_to_the_same_result(tmp_path: Path, table_text: TableText) -> None:
    """A column of more values than are kept, so that hashes and samples take part."""
    path = tmp_path / "t.csv"
    rows = [
        ["n", "word", "x"],
        *[[n * 7919 % 200_003, f"w{n * n % 70_001}", n / 7] for n in range(80_000)],
    ]
    path.write_text(table_text(rows))
    program = (
        "import sys, json, datetime\n"
        "from grading.engine.examine import examine\n"
        "from grading.engine.levels import Facts\n"
        "from grading.engine.quality import Metadata\n"
        "from grading.engine.rules import load_rules\n"
        "result = examine(sys.argv[1], filename='t.csv', metadata=Metadata(), facts=Facts(), rules=load_rules(),\n"
        "                 today=datetime.date(2026, 3, 1))\n"
        "print(json.dumps(result.to_dict(), allow_nan=False))\n"
    )
    results = [
        subprocess.run(
            [sys.executable, "-c", program, str(path)],
            capture_output=True,
            text=True,
            check=True,
            cwd=PROJECT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT), "POLARS_MAX_THREADS": seed},
        ).stdout
        for seed in ("1", "2")
    ]

    assert json.loads(results[0])["profile"]["columns"][0]["estimated"] != []
    assert results[0] == results[1]
