"""Profiles of small tables with known answers, and what must hold of every profile."""

import json
from collections.abc import Callable
from datetime import date
from math import exp
from pathlib import Path
from statistics import NormalDist
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.profile import (
    CandidateKey,
    HistogramBin,
    LengthSummary,
    NumberSummary,
    PatternCount,
    PeriodSummary,
    Profile,
    Quantity,
    Study,
    ValueCount,
    profile_table,
)
from grading.engine.readers import open_table

StudyOf = Callable[..., Study]
TableText = Callable[[Any], str]

SMALL = """id,amount,when,note
1,10,2024-01-01,alpha
2,20,2024-01-02,beta
3,30,2024-01-03,N/A
4,40,,alpha
5,x,2024-01-05,Alpha
5,x,2024-01-05,Alpha
"""


def test_golden_table(study_of: StudyOf) -> None:
    profile = study_of(SMALL).profile

    assert (profile.rows, len(profile.columns), profile.delimiter) == (6, 4, ",")
    assert profile.duplicate_rows == Quantity(1)
    assert profile.duplicate_examples == (5,)
    assert profile.empty_rows == 0
    assert profile.candidate_keys == ()
    identifier = profile.column("id")
    assert identifier.inferred_type == "integer"
    assert identifier.numbers == NumberSummary(1.0, 5.0, 3.33333333333, 1.63299316186, 2.0, 3.0, 5.0)
    assert identifier.distinct == Quantity(5)
    assert identifier.histogram == tuple(
        HistogramBin(low, high, count)
        for low, high, count in [(1, 1.8, 1), (1.8, 2.6, 1), (2.6, 3.4, 1), (3.4, 4.2, 1), (4.2, 5, 2)]
    )
    when = profile.column("when")
    assert (when.inferred_type, when.nulls, when.null_row, when.values) == ("date", 1, 3, 5)
    assert when.period == PeriodSummary("2024-01-01", "2024-01-05", "year_month_day")
    note = profile.column("note")
    assert (note.placeholders, note.values, note.distinct) == (1, 5, Quantity(4))
    assert note.placeholder_values == (ValueCount("N/A", 1, 2),)
    assert note.top_values[:2] == (ValueCount("alpha", 2, 0), ValueCount("Alpha", 2, 4))
    assert note.patterns == (PatternCount("Aaaaa", 2), PatternCount("aaaaa", 2), PatternCount("aaaa", 1))
    assert note.lengths == LengthSummary(3, 5, 27 / 6)


def test_names_are_kept_as_the_file_has_them_too(study_of: StudyOf) -> None:
    profile = study_of("a, b ,a,\n1,2,3,4\n5,6,7,8\n").profile

    assert [(column.name, column.header) for column in profile.columns] == [
        ("a", None), ("b", " b "), ("a_2", "a"), ("column_4", ""),
    ]  # fmt: skip
    assert Profile.from_dict(profile.to_dict()) == profile


def test_exceptions_are_the_values_that_do_not_fit(study_of: StudyOf, table_text: TableText) -> None:
    rows = [["amount"], *([number] for number in range(18)), ["n.a."], ["12O"], ["12O"]]
    column = study_of(table_text(rows)).profile.column("amount")

    assert (column.inferred_type, column.values, column.conforming, column.nonconforming) == ("integer", 20, 18, 2)
    assert column.exceptions == (ValueCount("12O", 2, 19),)
    assert column.placeholder_values == (ValueCount("n.a.", 1, 18),)


@pytest.mark.parametrize(
    ("values", "inferred"),
    [
        (["1", "2", "-3", "1,000"], "integer"),
        (["1", "2.5", "1e3", ".5"], "decimal"),
        (["true", "FALSE", "Yes", "no"], "boolean"),
        (["是", "否", "是"], "boolean"),
        (["2024-01-31", "2024/2/1", "2024年3月5日", "2024.12.31"], "date"),
        (["31/12/2024", "01/02/2024", "28/02/2023"], "date"),
        (["12/31/2024", "01/02/2024"], "date"),
        (["2024-01-31T10:00:00Z", "2024-01-31 10:00", "2024-01-31 10:00:00.5+08:00"], "datetime"),
        (["10:30", "23:59:59"], "time"),
        (["00501", "10001", "02139"], "text"),
        (["123456789012345678901", "223456789012345678901"], "text"),
        (["2024-13-01", "2024-02-30"], "text"),
        (["12.0 oz", "16.0 oz"], "text"),
        (["-", "N/A", "无"], "empty"),
        (["25:61", "99:99"], "text"),
    ],
)
def test_types_are_inferred_from_text(
    study_of: StudyOf, table_text: TableText, values: list[str], inferred: str
) -> None:
    assert study_of(table_text([["c"], *([value] for value in values)])).profile.columns[0].inferred_type == inferred


def test_the_order_of_day_and_month_is_what_most_dates_need(study_of: StudyOf, table_text: TableText) -> None:
    rows = [["c"], ["31/12/2024"], ["30/11/2024"], ["05/06/2024"], ["12/25/2024"], ["01/02/2024"]]
    column = study_of(table_text(rows)).profile.columns[0]

    assert column.period is not None
    assert column.period.written_as == "day_month_year"
    assert (column.conforming, column.exceptions) == (4, (ValueCount("12/25/2024", 1, 3),))


def test_compact_dates_need_many_that_fit(study_of: StudyOf, table_text: TableText) -> None:
    days = [[f"2024{month:02d}{day:02d}"] for month in range(1, 13) for day in (1, 15)]
    column = study_of(table_text([["c"], *days])).profile.columns[0]
    few = study_of(table_text([["c"], *days[:3]])).profile.columns[0]

    assert (column.inferred_type, column.conforming) == ("date", 24)
    assert column.period == PeriodSummary("2024-01-01", "2024-12-15", "year_month_day_digits")
    assert few.inferred_type == "integer"


def test_other_spellings_of_a_value_are_counted(study_of: StudyOf, table_text: TableText) -> None:
    rows = [["city"], *[["Guiyang"]] * 6, ["GUIYANG"], ["Ｇuiyang"], *[["Anshun"]] * 3, ["An shun"]]
    column = study_of(table_text(rows)).profile.columns[0]

    assert column.variants == 2
    assert {example.value for example in column.variant_examples} == {"GUIYANG", "Ｇuiyang"}


def test_outliers_are_rare_and_far(study_of: StudyOf, table_text: TableText) -> None:
    rows = [["speed"], *[[10 + number % 7] for number in range(700)], [1048]]
    column = study_of(table_text(rows)).profile.columns[0]

    assert column.outliers == Quantity(1)
    assert column.outlier_examples == (ValueCount("1048", 1, 700),)


@pytest.mark.parametrize("garbage", [1, 5, 20])
def test_garbage_does_not_pass_for_a_heavy_tail(study_of: StudyOf, table_text: TableText, garbage: int) -> None:
    ages = [round(100 * NormalDist(40, 12).inv_cdf((place + 0.5) / 980)) / 100 for place in range(980)]
    wrong = [str(7000 + 13 * place) if place % 2 else str(-9000 - place) for place in range(garbage)]
    column = study_of(table_text([["age"], *([age] for age in ages), *([text] for text in wrong)])).profile.columns[0]

    assert column.outliers == Quantity(garbage)
    assert {example.value for example in column.outlier_examples} <= set(wrong)


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_a_heavy_tail_is_no_garbage(study_of: StudyOf, table_text: TableText, power: float) -> None:
    incomes = [round(1000 * exp(power * NormalDist().inv_cdf((place + 0.5) / 2000))) for place in range(2000)]
    column = study_of(table_text([["income"], *([income] for income in incomes)])).profile.columns[0]

    assert column.numbers is not None
    assert sum(income > column.numbers.q3 + 3 * (column.numbers.q3 - column.numbers.q1) for income in incomes) > 20
    assert column.outliers is not None
    assert column.outliers.value <= 4


def test_what_many_cells_say_is_no_far_value(study_of: StudyOf, table_text: TableText) -> None:
    rows = [["fee"], *[[10 + number % 7] for number in range(960)], *[[9000]] * 20]
    assert study_of(table_text(rows)).profile.columns[0].outliers == Quantity(0)


def test_shapes_are_counted_in_all_values(study_of: StudyOf) -> None:
    """The most frequent ones alone would show half of this column, and never the shape of the rest."""
    text = "code\n" + "".join(f"AB-{row:05d}\n" * (1 + row % 2) for row in range(8_000)) + "x?y\n" * 2
    (column,) = study_of(text + "".join(f"c{row}\n" for row in range(6_000, 9_000))).profile.columns
    assert column.patterns == (PatternCount("AA-99999", 12_000), PatternCount("a9999", 3_000), PatternCount("a?a", 2))


def test_a_key_names_every_record(study_of: StudyOf) -> None:
    profile = study_of("code,n\nA1,1\nA2,1\nA3,2\n").profile

    assert profile.candidate_keys == (CandidateKey(("code",), True),)


def test_parquet_values_keep_their_types(study_of: StudyOf, tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "n": [1, 2, None],
            "x": [0.5, float("nan"), float("inf")],
            "d": [date(2020, 1, 1), date(2021, 1, 1), None],
            "b": [True, False, None],
            "s": [{"k": 1}, {"k": 2}, None],
            "raw": [b"\x00\x01", b"", None],
        }
    ).write_parquet(tmp_path / "t")
    profile = study_of(tmp_path / "t").profile

    assert [column.inferred_type for column in profile.columns] == [
        "integer",
        "decimal",
        "date",
        "boolean",
        "structure",
        "text",
    ]
    assert profile.column("x").placeholders == 2
    assert profile.column("x").numbers == NumberSummary(0.5, 0.5, 0.5, None, 0.5, 0.5, 0.5)
    assert profile.column("d").period == PeriodSummary("2020-01-01", "2021-01-01", "year_month_day")
    assert json.loads(json.dumps(profile.to_dict(), allow_nan=False)) == profile.to_dict()


def test_progress_rises_to_one(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("a,b\n" + "1,2\n" * 1000)
    calls: list[tuple[float, str]] = []
    with open_table(path, filename="t.csv") as table:
        profile_table(table, progress=lambda share, stage: calls.append((share, stage)))

    shares = [share for share, _ in calls]
    assert shares == sorted(shares)
    assert calls[-1] == (1.0, "describing")


CELLS = st.sampled_from(["", "1", "2.5", "-", "2024-01-02", "张三", "a b", "A b", "007", "\x00", "NaN", "1e999"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=40))
def test_every_profile_adds_up_and_survives_json(
    study_of: StudyOf, table_text: TableText, rows: list[list[str]]
) -> None:
    profile = study_of(table_text([["one", "two", "three"], *rows])).profile

    assert profile.rows == len(rows)
    assert profile.duplicate_rows == Quantity(len(rows) - len({tuple(row) for row in rows}))
    for place, column in enumerate(profile.columns):
        cells = [row[place] for row in rows]
        assert column.nulls == cells.count("")
        assert column.distinct == Quantity(len(set(cells) - {""}))
        assert column.nulls + column.placeholders + column.values == len(rows)
        assert column.conforming + column.nonconforming == column.values
        assert sum(value.count for value in column.top_values) <= len(rows)
        if column.inferred_type in ("integer", "decimal") and column.histogram:
            assert sum(part.count for part in column.histogram) == column.conforming
    stored = json.loads(json.dumps(profile.to_dict(), allow_nan=False))
    assert Profile.from_dict(stored).to_dict() == profile.to_dict()


def test_numbers_too_close_for_a_reciprocal_are_binned(study_of: StudyOf, table_text: TableText) -> None:
    rows = [["c"], *([number] for number in ["0", "1e-310", "2e-310", "2e-310"])]
    column = study_of(table_text(rows)).profile.columns[0]

    assert [step.count for step in column.histogram] == [1, 1, 2]
