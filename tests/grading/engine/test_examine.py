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
    assert [reason.code for reason in result.recommendation.reasons] == [
        "sensitive_personal", "ordinary_personal", "detailed_persons",
    ]  # fmt: skip
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


def test_what_stands_beside_personal_columns_is_shown_only_where_many_share_it(
    tmp_path: Path, hospital: Callable[..., str], rules: RuleSet, today: date
) -> None:
    header, *lines = hospital(60).splitlines()
    told = [f"{line},三号床,{line.split(',')[1]}的家属来电要求转院" for line in lines]
    path = tmp_path / "t"
    path.write_text("\n".join([f"{header},床位,备注", *told]) + "\n", encoding="utf-8")
    result = examined(path, rules, today)
    assert {verdict.column: verdict.personal for verdict in result.verdicts}["备注"] is False
    assert "三号床" in [top.value for top in result.profile.column("床位").top_values]
    assert "来电" not in json.dumps(result.to_dict(), ensure_ascii=False)


def test_nested_values_are_shapes_in_every_table(tmp_path: Path, rules: RuleSet, today: date) -> None:
    path = tmp_path / "t"
    lines = [json.dumps({"n": place, "who": {"title": "Zenobia Quartermaine"}}) for place in range(30)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = examine(path, filename="t.jsonl", metadata=Metadata(), facts=Facts(), rules=rules, today=today)
    assert result.profile.column("who").inferred_type == "structure"
    assert "Zenobia" not in json.dumps(result.to_dict())


@pytest.mark.parametrize(
    "cell", ["zhang.san@example.org", "13812345678", "１３８１２３４５６７８", "11010519491231002X"]
)
def test_a_first_record_in_the_place_of_the_header_is_refused(
    tmp_path: Path, rules: RuleSet, today: date, cell: str
) -> None:
    path = tmp_path / "t"
    path.write_text(f"张三,{cell}\n李四,x\n王五,y\n", encoding="utf-8")
    with pytest.raises(UnreadableFile) as refused:
        examined(path, rules, today)
    assert refused.value.code == "no_header"


def test_the_declared_period_is_that_of_the_records_not_of_births(
    tmp_path: Path, hospital: Callable[..., str], rules: RuleSet, today: date
) -> None:
    path = tmp_path / "t"
    path.write_text(hospital(60), encoding="utf-8")
    said = Metadata(temporal_start=date(2024, 1, 1), temporal_end=date(2024, 12, 31))
    result = examine(path, filename="t.csv", metadata=said, facts=Facts(), rules=rules, today=today)
    measured = [item.column for item in result.assessment.measures if item.metric == "declared_period"]
    assert measured == ["入院日期"]
    assert [item for item in result.assessment.findings if item.kind == "outside_period"] == []


def test_resident_ids_with_an_x_are_no_errors_among_numbers(
    tmp_path: Path, hospital: Callable[..., str], rules: RuleSet, today: date
) -> None:
    path = tmp_path / "t"
    text = hospital(300)
    assert any(line.split(",")[2].endswith("X") for line in text.splitlines()[1:])
    path.write_text(text, encoding="utf-8")
    result = examined(path, rules, today)
    assert result.profile.column("身份证号").inferred_type == "text"
    assert [item for item in result.assessment.findings if item.column == "身份证号"] == []


def test_findings_that_say_the_same_without_their_values_are_one(
    tmp_path: Path, hospital: Callable[..., str], rules: RuleSet, today: date
) -> None:
    path = tmp_path / "t"
    header, *lines = hospital(60).splitlines()
    for place, wrong in ((7, "unbekannt"), (3, "vergessen")):
        cells = lines[place].split(",")
        lines[place] = ",".join([*cells[:4], wrong, *cells[5:]])
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    (found,) = [item for item in examined(path, rules, today).assessment.findings if item.column == "出生日期"]
    assert (found.kind, found.count, found.row) == ("type_mismatch", 2, 3)
    assert (found.params["value"], found.params["count"]) == ("aaaaaaaaa", 2)


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
    assert stored["versions"]["scheme"] == "national@1.2"
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
