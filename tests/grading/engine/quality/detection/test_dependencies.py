"""Approximate dependencies: what holds, which side of a dissent is wrong, and what chance alone may look like."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.quality.detection.codes import coded_columns
from grading.engine.quality.detection.contradictions import contradictions
from grading.engine.quality.detection.dependencies import dependencies
from grading.engine.quality.detection.dependencies_screen import NEIGHBOURS
from grading.engine.quality.detection.model import Suspicion
from tests.grading.engine.quality.detection.generated import (
    DOMAINS,
    Cells,
    companies,
    independent,
    orders,
    sheet,
    stations,
    with_swaps,
)


def found(header: list[str], rows: Cells) -> dict[tuple[int, int], Suspicion]:
    """Flagged cells, by row and column."""
    return {
        (item.row, header.index(item.column)): item
        for item in contradictions(sheet(header, rows))
        if item.confidence >= 0.5
    }


def held(header: list[str], rows: Cells) -> set[tuple[str, str]]:
    columns = coded_columns(sheet(header, rows))
    return {(columns[item.determinant].name, columns[item.dependent].name) for item in dependencies(columns)}


def shops(rows: int = 60) -> tuple[list[str], Cells]:
    """Six shops, each in its town; four clerks who work anywhere."""
    rng = random.Random(4)
    towns = ["Ulm", "Graz", "Bern", "Linz", "Ulm", "Chur"]
    return ["shop", "town", "clerk"], [
        [f"S{n % 6}", towns[n % 6], rng.choice(["Ida", "Otto", "Paul", "Vera"])] for n in range(rows)
    ]


def test_a_key_decides_and_what_is_independent_does_not():
    header, rows = shops()
    assert ("shop", "town") in held(header, rows)
    assert not {pair for pair in held(header, rows) if "clerk" in pair}
    assert held(*independent(random.Random(1))) == set()


def test_a_dissenting_cell_is_named_with_what_the_others_say():
    header, rows = shops()
    rows[8][1] = "Wien"  # of shop S2, which is in Bern nine times
    item = found(header, rows)[8, 1]
    assert set(found(header, rows)) == {(8, 1)}
    assert item.kind == "dependency_break"
    assert item.params == {"value": "Wien", "key": "shop", "expected": "Bern", "most": 9, "others": 9}


def test_an_empty_cell_is_missed_where_all_others_of_the_key_agree():
    header, rows = shops()
    rows[8][1] = ""
    item = found(header, rows)[8, 1]
    assert (item.kind, item.params) == ("dependency_gap", {"key": "shop", "expected": "Bern", "most": 9, "others": 9})


def test_a_sparse_column_lacks_nothing():
    header, rows = shops()
    for row in rows[::2]:
        row[1] = ""
    assert not found(header, rows)


def test_two_accepted_values_of_a_key_are_no_errors():
    header, rows = shops(120)
    for row in rows[:60]:
        if row[0] == "S2":
            row[1] = "Biel" if row[2] in ("Ida", "Otto") else "Bern"
    assert not found(header, rows)


def test_a_dependency_under_a_condition_is_kept():
    """The rate follows the group, but for one branch."""
    header = ["group", "rate", "branch"]
    rows = [[f"g{n % 5}", f"{n % 5 + 1}%", f"b{n // 5 % 12}"] for n in range(300)]
    for row in rows:
        if row[2] == "b7":
            row[1] = "0%"
    assert not found(header, rows)


def test_a_wrong_key_is_told_from_wrong_values():
    header, clean = stations(random.Random(5))
    made = with_swaps(header, clean, [0], 0.05, random.Random(6))
    suspected = found(header, made.dirty)
    keys = {place for place, item in suspected.items() if item.kind == "dependency_key"}
    assert len(keys) >= 15
    assert keys <= made.wrong
    some = suspected[min(keys)]
    assert some.params["count"] == 2
    assert some.params["column"] in ("town", "province")


@pytest.mark.parametrize("share", [0.01, 0.2])
def test_swapped_values_are_found_at_any_rate(share: float):
    header, clean = orders(random.Random(5))
    made = with_swaps(header, clean, [header.index("city")], share, random.Random(6))
    suspected = set(found(header, made.dirty))
    assert suspected <= made.wrong
    assert len(suspected) >= 0.9 * len(made.wrong)


def test_chinese_tables_too():
    header, clean = companies(random.Random(5))
    made = with_swaps(header, clean, [header.index("城市")], 0.1, random.Random(6))
    assert set(found(header, made.dirty)) == made.wrong


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_right_tables_are_left_alone(domain: str):
    header, rows = DOMAINS[domain](random.Random(21))
    assert len(found(header, rows)) <= 0.001 * len(header) * len(rows)


def test_a_table_may_have_a_column_of_any_name():
    _, rows = shops()
    rows[8][1] = "Wien"
    assert set(found(["row", "literal", "c0"], rows)) == {(8, 1)}


def test_keys_constants_and_pairs_of_rows_say_nothing():
    rows = [[str(n), "same", str(n // 2), f"v{n % 7}"] for n in range(80)]
    rows[11][3] = "other"
    assert not found(["key", "constant", "pair", "value"], rows)


def test_a_placeholder_is_never_what_is_expected():
    """Rows whose key mostly has none are in order; one that has none where the key has a value is not."""
    rows = [[f"key {n % 9}", "N/A" if n % 9 == 4 else f"value {n % 9}", str(n)] for n in range(180)]
    rows[13][1] = "value 7"
    rows[21][1] = "N/A"
    suspected = found(["key", "held", "n"], rows)
    assert "n/a" not in {str(item.params.get("expected")).casefold() for item in suspected.values()}
    assert suspected[21, 1].kind == "dependency_break"
    assert suspected[21, 1].params["value"] == "N/A"
    assert suspected[21, 1].params["expected"] == "value 3"


@pytest.mark.parametrize("between", [1, 40, 80])
def test_columns_far_apart_are_not_compared(between: int):
    """A value is looked for in the columns around; how many may stand between does not depend on what they hold."""
    rng = random.Random(2)
    rows = [[rng.choice(["Ulm", "Graz"]) + f" {n % 9}", *["x"] * between, rng.choice(["DE", "AT"])] for n in range(90)]
    for row in (4, 17, 50):
        rows[row][0], rows[row][-1] = f"{rows[row][0]} {rows[row][-1]}", ""
    header = ["town", *(f"c{place}" for place in range(between)), "country"]
    cells = {(row, column) for row in (4, 17, 50) for column in (0, between + 1)}
    assert set(found(header, rows)) == (cells if between < NEIGHBOURS else set())


def test_values_that_slipped_into_the_column_beside():
    rng = random.Random(2)
    rows = [[str(n), rng.choice(["Ulm", "Graz", "Bern"]) + f" {n % 9}", rng.choice(["DE", "AT"])] for n in range(90)]
    for row in (4, 17, 50):
        rows[row][1], rows[row][2] = f"{rows[row][1]} {rows[row][2]}", ""
    suspected = found(["id", "town", "country"], rows)
    assert set(suspected) == {(row, column) for row in (4, 17, 50) for column in (1, 2)}
    assert suspected[4, 1].kind == "embedded_value"
    assert suspected[4, 2].params == {"value": rows[4][1], "part": rows[4][1][-2:].lower(), "column": "town"}


def test_a_column_that_tells_nothing_changes_nothing():
    header, rows = shops()
    rows[8][1] = "Wien"
    before = list(contradictions(sheet(header, rows)))
    rng = random.Random(9)
    wider = [[*row, f"{rng.random():.6f}"] for row in rows]
    after = [item for item in contradictions(sheet([*header, "noise"], wider)) if item.column != "noise"]
    assert before == after


cells = st.sampled_from(["", " ", "a", "A", "ab", "１", "北京", "N/A", "x" * 90, "0", "-1", "é", "ﬁ", "\u200b"])
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=24)
)


@given(tables)
@settings(max_examples=20, deadline=None)
def test_any_table_is_judged_the_same_twice(rows: Cells):
    made = sheet([f"c{place}" for place in range(len(rows[0]))], rows)
    first = list(contradictions(made))
    assert first == list(contradictions(made))
    assert all(0 <= item.confidence <= 1 and 0 <= item.row < len(rows) for item in first)
    assert len({(item.column, item.row) for item in first}) == len(first)
