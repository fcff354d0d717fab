"""A part as bytes: equal when read back, and refused where it is not what was gathered."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.kernel import Bounds
from grading.engine.profile.carry import MAGIC, BadPart, from_bytes, to_bytes
from grading.engine.profile.gather import gather
from grading.engine.profile.parts import TablePart
from grading.engine.readers import open_table
from tests.grading.engine.profile.test_parts import SMALL, assert_same


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> TablePart:
    """With cut columns, totals beyond 64 bits, registers and repeats."""
    path = tmp_path_factory.mktemp("carry") / "t.csv"
    source = random.Random(4)
    lines = [
        f"{source.random() * 1e140},名{source.randrange(90)},2024{n % 12 + 1:02}{n % 28 + 1:02},=x|{n % 40}"
        for n in range(400)
    ]
    path.write_text("x,名称,d,f\n" + "\n".join(lines + lines[:30]))
    with open_table(path, filename="t.csv") as table:
        return gather(table, bounds=SMALL)


def parsed(data: bytes) -> tuple[dict[str, Any], bytes]:
    start = len(MAGIC) + 8
    size = int.from_bytes(data[len(MAGIC) : start], "big")
    return json.loads(data[start : start + size]), data[start + size :]


def written(head: dict[str, Any], bodies: bytes) -> bytes:
    text = json.dumps(head).encode()
    return MAGIC + len(text).to_bytes(8, "big") + text + bodies


def test_a_part_is_equal_when_read_back(part):
    assert part.columns[0].tally is not None
    assert part.columns[0].tally.numbers.squares > 1 << 2600
    assert part.columns[0].registers is not None
    dates, formulas = part.columns[2].totals(), part.columns[3].totals()
    assert (dates.compact_dates, dates.formulas, formulas.compact_dates, formulas.formulas) == (430, 0, 0, 430)
    assert part.repeats.result()[0] > 0
    assert_same(part, from_bytes(to_bytes(part), SMALL))
    assert to_bytes(from_bytes(to_bytes(part), SMALL)) == to_bytes(part)


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "negative rows": lambda head: head.update(rows=-1),
    "rows that are none": lambda head: head.update(rows=True),
    "a sum of words": lambda head: head["columns"][0]["tally"]["numbers"].__setitem__(1, "1"),
    "a sum without bounds": lambda head: head["columns"][0]["tally"]["numbers"].__setitem__(1, 1 << 3600),
    "no totals": lambda head: head["columns"][0].update(tally=None, examples=None),
    "a column less": lambda head: head["columns"].pop(),
    "no columns": lambda head: head.update(columns=[]),
    "a longer body": lambda head: head["drawn"].__setitem__(1, head["drawn"][1] + 1),
    "a body of no size": lambda head: head["repeats"].__setitem__(1, -8),
    "an unknown hash": lambda head: head["drawn"].__setitem__(0, 1 << 64),
    "a thousand kinds": lambda head: head["columns"][1]["tally"].update(kinds={str(n): 1 for n in range(1000)}),
    "no form": lambda head: head.pop("form"),
    "another form": lambda head: head.update(form=3),
    "columns by name": lambda head: head.update(columns={"a": 1}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_not_gathered_is_refused(part, change):
    head, bodies = parsed(to_bytes(part))
    assert_same(part, from_bytes(written(head, bodies), SMALL))
    change(head)
    with pytest.raises(BadPart):
        from_bytes(written(head, bodies), SMALL)


def test_more_than_the_bounds_allow_is_refused(part):
    data = to_bytes(part)
    for tighter in (
        Bounds(values=8, rows=20, records=64),
        Bounds(values=24, rows=3, records=64),
        Bounds(24, rows=20, records=8),
    ):
        with pytest.raises(BadPart, match="too many rows"):
            from_bytes(data, tighter)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_bytes_are_refused_or_read_as_a_part(part, data):
    content = bytearray(to_bytes(part))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    try:
        found = from_bytes(bytes(content[:cut]), SMALL)
    except BadPart:
        return
    assert len(found.columns) == 4
    assert all(column.values.height <= SMALL.values for column in found.columns)


def test_an_empty_table_can_be_carried(tmp_path: Path):
    pl.DataFrame({"a": [], "b": []}, schema={"a": pl.Int64, "b": pl.String}).write_parquet(tmp_path / "p")
    with open_table(tmp_path / "p", filename="t.parquet") as table:
        empty = gather(table)
    assert_same(empty, from_bytes(to_bytes(empty), Bounds()))
