"""How fine values are, measured over a table's samples, and how many persons its columns tell apart."""

from datetime import date
from pathlib import Path

import pytest

from grading.engine.examine import examine
from grading.engine.levels import Elements, Facts, Precision
from grading.engine.plain import to_plain
from grading.engine.quality import Metadata
from grading.rules.shipped import shipped_rules
from tests.grading.samples import resident_id


def elements(tmp_path: Path, header: str, rows: list[str], **facts: str) -> Elements:
    path = tmp_path / "t.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    found = examine(
        path, filename="t.csv", metadata=Metadata(), facts=Facts(), rules=shipped_rules(), today=date(2026, 1, 1)
    )
    assert found.recommendation.elements is not None
    return found.recommendation.elements


def precision(tmp_path: Path, header: str, rows: list[str]) -> Precision:
    found = elements(tmp_path, header, rows).precision
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("form", "decimals"),
    [("{:.3f}", 3), ("{:.5f}", 5), ("{:.4f}000", 4), ("{:.9f}", 7)],
    ids=["three", "five", "noughts", "finer than asked"],
)
def test_decimals_of_coordinates(tmp_path: Path, form: str, decimals: int) -> None:
    rows = [form.format(121.123456789 + n * 0.0137) + "," + form.format(38.9123456 + n * 0.0071) for n in range(200)]
    assert precision(tmp_path, "longitude,latitude", rows).coordinates == decimals


def test_a_few_finer_values_make_no_fine_column_and_a_tenth_does(tmp_path: Path) -> None:
    coarse, fine = [f"{121 + n / 1000:.3f},{38 + n / 1000:.3f}" for n in range(1, 200)], "121.123456,38.123457"
    assert precision(tmp_path, "longitude,latitude", [*coarse, *[fine] * 5]).coordinates == 3
    assert precision(tmp_path, "longitude,latitude", [*coarse, *[fine] * 40]).coordinates == 6


@pytest.mark.parametrize(
    ("clock", "unit"),
    [("{h:02}:{m:02}:{s:02}", "second"), ("{h:02}:{m:02}:00", "minute"), ("{h:02}:00:00", "hour"), ("00:00", "day")],
)
def test_the_finest_part_of_the_clock_that_is_not_nought(tmp_path: Path, clock: str, unit: str) -> None:
    rows = [f"2024-05-{1 + n % 28:02} {clock.format(h=n % 24, m=n % 60, s=7 * n % 60)},{n}" for n in range(100)]
    assert precision(tmp_path, "recorded,n", rows).time == unit


def test_days_are_days_and_no_time_is_none(tmp_path: Path) -> None:
    rows = [f"2024-05-{1 + n % 28:02},{n}" for n in range(60)]
    assert precision(tmp_path, "recorded,n", rows).time == "day"
    assert precision(tmp_path, "a,b", ["x,1", "y,2", "z,3"]) == Precision()


@pytest.mark.parametrize(("step", "decimals"), [(0.01, 2), (0.1, 1), (1, 0), (10, -1), (1000, -3), (0, None)])
def test_decimals_of_prices(tmp_path: Path, step: float, decimals: int | None) -> None:
    rows = [f"{n},{(1237 + 7 * n) * step:.2f}" for n in range(100)]
    found = elements(tmp_path, "n,成交价", rows)
    assert found.precision is not None
    assert (found.sensitive_columns, found.precision.amounts) == (1, decimals)


def test_what_is_counted_of_columns_and_persons(tmp_path: Path) -> None:
    rows = [f"{resident_id(n % 40)},{n % 7}" for n in range(120)]
    found = elements(tmp_path, "身份证号,level", rows)
    assert (found.rows, found.persons_found, found.subjects) == (120, 40, None)
    assert (found.columns, found.personal_columns, found.sensitive_columns) == (2, 1, 1)
    assert (found.sensitive_share, found.personal_types) == (0.5, 1)
    assert Elements.from_dict(to_plain(found)) == found
