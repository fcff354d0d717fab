"""However a table is cut, its parts make the same whole."""

import csv
import io
import itertools
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from grading.engine.kernel import Bounds
from grading.engine.profile.carry import from_bytes, to_bytes
from grading.engine.profile.gather import Irregular, RowRange, Section, gather
from grading.engine.profile.parts import ColumnPart, TablePart, registered, together
from grading.engine.profile.study import study_part
from grading.engine.readers import Table, UnreadableFile, open_table

SMALL = Bounds(values=24, value_bytes=2_000, rows=20, row_bytes=4_000, records=64)


def assert_same(one: TablePart, other: TablePart) -> None:
    """Everything that was kept, to the last count."""
    plain = ("rows", "empty_rows", "nul_bytes", "form", "first_record", "next_record")
    assert [getattr(one, name) for name in plain] == [getattr(other, name) for name in plain]
    assert one.repeats.shift == other.repeats.shift
    assert_frame_equal(one.repeats.rows, other.repeats.rows, check_row_order=False)
    assert one.drawn.threshold == other.drawn.threshold
    assert_frame_equal(one.drawn.rows, other.drawn.rows)
    for a, b in zip(one.columns, other.columns, strict=True):
        assert_same_column(a, b)


def assert_same_column(a: ColumnPart, b: ColumnPart) -> None:
    assert (a.nulls, a.null_row, a.cut, a.threshold) == (b.nulls, b.null_row, b.cut, b.threshold)
    assert_frame_equal(a.values, b.values)
    assert (a.dtype, a.nested, a.registers is None) == (b.dtype, b.nested, b.registers is None)
    assert registered(a).tolist() == registered(b).tolist()
    x, y = a.totals(), b.totals()
    for name in ("kinds", "compact_dates", "broken", "formulas", "numbers", "lengths", "periods"):
        assert getattr(x, name) == getattr(y, name), name
    if a.cut:
        assert x.examples is not None
        assert y.examples is not None
        assert_frame_equal(x.examples, y.examples, check_row_order=False)


def cut_at(table: Table, places: Sequence[int]) -> list[TablePart]:
    edges = [0, *sorted(places), table.size_bytes]
    sections = [Section(begin, end) for begin, end in itertools.pairwise(edges)]
    return [gather(table, section=section, bounds=SMALL) for section in sections]


WORDS = ["", "1", "2.5", "-7", "0012", "N/A", "无", "yes", "2024-02-29", "2024-01-01 10:00", "20240101", "1e3", "张三",
         "=cmd|'x'", "\x01", "a b", "12:30", "1,000", "x" * 700, "é", "9" * 17, "1e999"]  # fmt: skip
CELLS = st.one_of(st.sampled_from(WORDS), st.integers(0, 10**6).map(str), st.text(max_size=8))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=0, max_size=4), min_size=1, max_size=120), data=st.data())
def test_parts_of_a_file_make_the_whole(tmp_path: Path, rows: list[list[str]], data: st.DataObject) -> None:
    clean = [[cell.replace("\r", " ").replace("\n", " ").replace('"', "'") for cell in row] for row in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([["a", "b", "c"], *clean])
    path = tmp_path / "t"
    path.write_bytes(text.getvalue().encode())
    places = data.draw(st.lists(st.integers(1, path.stat().st_size), max_size=4))
    try:
        table = open_table(path, filename="t.csv")
    except UnreadableFile:  # too many signs that no text has
        reject()
    with table:
        whole = gather(table, bounds=SMALL)
        parts = cut_at(table, places)

        assert [part.first_record for part in parts[1:]] == [part.next_record for part in parts[:-1]]
        parts = [from_bytes(to_bytes(part), SMALL) for part in parts]
        assert_same(whole, together(parts, SMALL))
        assert study_part(table, whole).profile == study_part(table, together(parts, SMALL)).profile


@pytest.mark.parametrize("seed", range(3))
def test_parts_of_parts_make_the_whole(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    lines = [f"{source.random()},{source.randrange(10**9)},name {source.randrange(500)}" for _ in range(4_000)]
    path = tmp_path / "t"
    path.write_text("x,n,s\n" + "\n".join(lines))
    with open_table(path, filename="t.csv") as table:
        parts = cut_at(table, [source.randrange(table.size_bytes) for _ in range(5)])
        whole = gather(table, bounds=SMALL)

        assert whole.columns[0].cut
        assert_same(whole, together([together(parts[:2], SMALL), together(parts[2:], SMALL)], SMALL))


def test_a_line_break_in_a_cell_shows_where_ranges_disagree(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("a,b\n" + '"one\ntwo",1\n' * 40)
    with open_table(path, filename="t.csv") as table:
        left, right = (gather(table, section=Section(*ends), bounds=SMALL) for ends in ((0, 204), (204, 1 << 40)))

        assert left.next_record == right.first_record == 208
        with pytest.raises(Irregular):  # 200 lies within quotes
            gather(table, section=Section(200, 205), bounds=SMALL)


def test_batches_of_a_parquet_file_keep_what_its_text_keeps(tmp_path: Path) -> None:
    source = random.Random(9)
    frame = pl.DataFrame({"s": [f"v{source.randrange(900)}" for _ in range(5_000)]})
    frame.write_parquet(tmp_path / "p", row_group_size=700)
    frame.write_csv(tmp_path / "c")
    with open_table(tmp_path / "p", filename="t.parquet") as table:
        columnar = gather(table, bounds=SMALL)
    with open_table(tmp_path / "c", filename="t.csv") as table:
        textual = gather(table, bounds=SMALL)

    assert_same_column(columnar.columns[0], textual.columns[0])
    assert columnar.repeats.result() == textual.repeats.result()


INSTANTS = st.integers(-(2**50), 2**52).map(lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us))
TYPED: dict[str, tuple[pl.DataType, st.SearchStrategy[object]]] = {
    "text": (pl.String(), CELLS),
    "whole": (pl.Int64(), st.integers(-(2**63), 2**63 - 1)),
    "small": (pl.UInt8(), st.integers(0, 3)),
    "large": (pl.UInt64(), st.integers(0, 2**64 - 1)),
    "number": (pl.Float64(), st.floats()),
    "short": (pl.Float32(), st.floats(width=32)),
    "truth": (pl.Boolean(), st.booleans()),
    "day": (pl.Date(), st.dates(date(1900, 1, 1), date(2200, 1, 1))),
    "instant": (pl.Datetime("us", "Asia/Shanghai"), INSTANTS),
    "tenths": (pl.Decimal(10, 1), st.integers(-999, 999).map(lambda tenth: Decimal(tenth) / 10)),
    "list": (pl.List(pl.Int64()), st.lists(st.integers(0, 2), max_size=2)),
}


@st.composite
def typed_frames(draw: st.DrawFn) -> pl.DataFrame:
    names = draw(st.lists(st.sampled_from(sorted(TYPED)), min_size=1, max_size=4, unique=True))
    rows = draw(st.integers(1, 150))
    columns = {}
    for name in names:
        dtype, cells = TYPED[name]
        few = draw(st.lists(st.one_of(st.none(), cells), min_size=1, max_size=draw(st.integers(1, 60))))
        places = random.Random(draw(st.integers(0, 99)))
        columns[name] = pl.Series(name, [places.choice(few) for _ in range(rows)], dtype=dtype)
    return pl.DataFrame(columns)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=typed_frames(), group=st.integers(1, 60), data=st.data())
def test_row_groups_of_a_file_make_the_whole(
    tmp_path: Path, frame: pl.DataFrame, group: int, data: st.DataObject
) -> None:
    path = tmp_path / "p"
    frame.write_parquet(path, row_group_size=group)
    with open_table(path, filename="t.parquet") as table:
        begins = [found.first_row for found in table.row_groups]
        cuts = data.draw(st.lists(st.sampled_from(begins), max_size=4, unique=True).map(sorted))
        edges = sorted({0, *cuts, frame.height})
        whole = gather(table, bounds=SMALL)
        ranges = [RowRange(first, end - first) for first, end in itertools.pairwise(edges)]
        parts = [gather(table, section=section, bounds=SMALL) for section in ranges]

        assert whole.rows == frame.height
        for part in parts:
            assert_same(part, from_bytes(to_bytes(part), SMALL))
        parts = [from_bytes(to_bytes(part), SMALL) for part in parts]
        assert_same(whole, together(parts, SMALL))
        assert study_part(table, whole).profile == study_part(table, together(parts, SMALL)).profile


def test_row_groups_lie_where_the_footer_says(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": range(5_000), "s": [f"v{n}" for n in range(5_000)]})
    frame.write_parquet(tmp_path / "p", row_group_size=1_000)
    content = bytearray((tmp_path / "p").read_bytes())
    with open_table(tmp_path / "p", filename="t.parquet") as table:
        groups = table.row_groups
        wanted = gather(table, section=RowRange(2_000, 1_000))
    content[groups[0].begin : groups[2].begin] = bytes(groups[2].begin - groups[0].begin)
    content[groups[3].begin : groups[4].begin] = bytes(groups[4].begin - groups[3].begin)
    (tmp_path / "p").write_bytes(content)

    with open_table(tmp_path / "p", filename="t.parquet") as table:
        assert_same(wanted, gather(table, section=RowRange(2_000, 1_000)))
        with pytest.raises(UnreadableFile):
            gather(table, section=RowRange(1_000, 1_000))
