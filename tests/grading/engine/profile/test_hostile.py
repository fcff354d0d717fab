"""Files that are awkward for the kernel: long values, crowds, records on edges, rare values among many."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from grading.engine.kernel import Bounds, Kernel, Type
from grading.engine.profile.gather import Section, gather
from grading.engine.profile.parts import TablePart, together
from grading.engine.profile.study import Study, study_part
from grading.engine.quality.measures import cells_outside
from grading.engine.readers import open_table
from tests.grading.arrow import bytes_of_texts
from tests.grading.engine.profile.test_parts import assert_same

FEW = Bounds(values=256, rows=1_000, records=64)


def written(path: Path, values: Sequence[str]) -> Path:
    path.write_text("c,k\n" + "".join(f"{value},x\n" for value in values))
    return path


def cut(path: Path, places: Sequence[int], bounds: Bounds) -> list[TablePart]:
    edges = [0, *places, path.stat().st_size]
    with open_table(path, filename="t.csv") as table:
        return [gather(table, section=Section(*ends), bounds=bounds) for ends in pairwise(edges)]


def studied(path: Path, bounds: Bounds) -> Study:
    with open_table(path, filename="t.csv") as table:
        return study_part(table, gather(table, bounds=bounds))


def test_what_a_long_value_is_does_not_depend_on_what_was_kept_of_it(tmp_path: Path) -> None:
    path = written(tmp_path / "t", [f"9{number:0600d}" for number in range(60)])
    with open_table(path, filename="t.csv") as table:
        tally = gather(table, bounds=Bounds(values=24)).columns[0].tally

    assert tally is not None
    assert tally.kinds == {"text": 60}


def test_a_value_of_one_cell_never_passes_for_one_of_many(tmp_path: Path) -> None:
    values = [f"secret {number}" for number in range(5_000)] + ["common"] * 1_000
    random.Random(1).shuffle(values)
    column = studied(written(tmp_path / "t", values), FEW).profile.columns[0]

    assert column.top_values[0].value == "common"
    assert abs(column.top_values[0].count - 1_000) < 250
    assert {(value.value[:7], value.count) for value in column.top_values[1:]} == {("secret ", 1)}


def test_the_share_of_a_frequent_value_is_that_of_its_cells(tmp_path: Path) -> None:
    start = datetime.fromisoformat("2020-01-01")
    values = ["1900-01-01 00:00:00"] * 5_000
    values += [str(start + timedelta(seconds=second)) for second in range(5_000)]
    random.Random(2).shuffle(values)
    study = studied(written(tmp_path / "t", values), FEW)
    outside = cells_outside(study.profile.columns[0], study.samples["c"], date(2000, 1, 1), None)

    assert abs(outside / 5_000 - 1) < 0.15


def test_a_row_with_many_copies_makes_repeats_uncertain(tmp_path: Path) -> None:
    values = [f"v{number}" for number in range(6_000)] + [f"many {number % 40}" for number in range(20_000)]
    found = studied(written(tmp_path / "t", values), Bounds(values=256, rows=100, records=4_000)).profile.duplicate_rows

    assert not found.exact
    assert found.error > 0.1
    assert abs(found.value / 19_960 - 1) < 4 * found.error


@pytest.mark.parametrize("seed", [16, 26, 27, 29])  # where the last value kept and the first left out lie far apart
def test_limits_of_bytes_keep_the_same_however_a_file_is_cut(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    values = ["".join(source.choices("abcdefgh", k=source.choice([3, 20, 450]))) for _ in range(60)]
    path = written(tmp_path / "t", values)
    bounds = Bounds(values=100, value_bytes=1_500, rows=60, row_bytes=2_500, records=64)
    with open_table(path, filename="t.csv") as table:
        whole = gather(table, bounds=bounds)

    assert_same(whole, together(cut(path, [path.stat().st_size // 2], bounds), bounds))


def test_marks_are_counted_once_and_the_end_is_the_end(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(b"a,b\n1,x\x00\n2,y\n3,z")
    parts = cut(path, [8, 12, 15], FEW)

    assert [part.nul_bytes for part in parts] == [1, 0, 0, 0]
    assert [(part.first_record, part.next_record) for part in parts] == [(0, 9), (9, 13), (13, 16), (16, 16)]


@pytest.mark.parametrize("place", [16, 17, 18])
def test_a_range_may_begin_within_a_character_of_a_line_longer_than_a_piece(tmp_path: Path, place: int) -> None:
    path = tmp_path / "t"
    path.write_text("a,b\n1," + "文" * 200_000 + "\n2,y\n")

    assert [part.rows for part in cut(path, [place], FEW)] == [1, 1]


def test_totals_of_typed_columns_do_not_depend_on_which_parts_were_cut(tmp_path: Path) -> None:
    source = random.Random(3)
    numbers = [source.random() for _ in range(900)] + [float("nan"), 1.5] * 50
    frame = pl.DataFrame({"x": numbers})

    def part(name: str, held: pl.DataFrame) -> TablePart:
        held.write_parquet(tmp_path / name)
        with open_table(tmp_path / name, filename="t.parquet") as table:
            return gather(table, bounds=FEW)

    whole, left, right = part("w", frame), part("l", frame.head(900)), part("r", frame.tail(100))

    assert (left.columns[0].cut, right.columns[0].cut) == (True, False)
    joined = together([left, right], FEW).columns[0]
    assert_frame_equal(whole.columns[0].values, joined.values)
    assert whole.columns[0].totals() == joined.totals()


def test_values_that_wait_to_be_judged_are_few_whatever_a_step_reads(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("c\n" + "".join(f"-{number:x}g\n" for number in range(420_000)))
    waiting: list[int] = []
    with Kernel([Type.TEXT], words=(), bounds=FEW) as kernel, path.open("rb") as file:

        def step(_: int) -> None:
            waiting.append(kernel.waiting(0))
            kernel.take_waiting(0)

        kernel.read(file.fileno(), delimiter=",", quote='"', header=1, step=step)

        assert kernel.table().rows == 420_000
    assert max(waiting) < 320_000


def test_drawn_rows_do_not_keep_the_texts_of_the_others(tmp_path: Path) -> None:
    values = [f"some text that is too long to stand in a view {number}" for number in range(20_000)]
    pl.DataFrame({"s": values}).write_parquet(tmp_path / "t")
    with open_table(tmp_path / "t", filename="t.parquet") as table:
        drawn = gather(table, bounds=Bounds(rows=100)).drawn.rows.get_column("c0")

    assert drawn.len() == 100
    assert 100 * len(values[0]) <= bytes_of_texts(drawn) < 100_000 < bytes_of_texts(pl.Series(values))
