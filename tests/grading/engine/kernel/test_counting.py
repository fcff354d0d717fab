"""Whole numbers, runs of them, and gaps: however they are counted, the counts are those of a dictionary."""

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grading.engine.kernel import Bounds, Kernel, Type
from grading.engine.profile.decode import number_values

NEAR = st.integers(-3, 3)
PLACES = st.sampled_from([0, -1024, 7168, 8192, 10**6, 10**6 + 4096, 2**62, -(2**63) + 3, 2**63 - 4])
CELLS = st.one_of(st.none(), st.builds(lambda place, step: max(-(2**63), min(2**63 - 1, place + step)), PLACES, NEAR))
RUNS = st.lists(st.tuples(CELLS, st.integers(1, 90)), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(batches=st.lists(RUNS, min_size=1, max_size=3), kept=st.sampled_from([8, 32_768]))
@example(batches=[[(None, 300)], [(5, 1), (None, 1), (10**6, 1)] * 90], kept=32_768)
@example(batches=[[(number, 1) for number in range(3_000)], [(2**40 + number, 1) for number in range(600)]], kept=8)
def test_counts_are_those_of_a_dictionary(batches: list[list[tuple[int | None, int]]], kept: int) -> None:
    cells: list[int | None] = []
    with Kernel([Type.SIGNED], words=(), bounds=Bounds(values=kept)) as kernel:
        for runs in batches:
            batch = [cell for cell, times in runs for _ in range(times)]
            kernel.take(pl.DataFrame({"c": pl.Series(batch, dtype=pl.Int64)}))
            cells += batch
        kernel.finish()
        values = number_values(kernel.values(0), pl.Int64())
        nulls, totals, table = kernel.nulls(0), kernel.totals(0), kernel.table()

    truth = Counter(cell for cell in cells if cell is not None)
    found = {value: (count, row) for value, count, row in values.select("value", "count", "row").rows()}
    assert all(found[value] == (truth[value], cells.index(value)) for value in found)
    assert len(found) == min(len(truth), kept)
    assert nulls == (cells.count(None), cells.index(None) if None in cells else None)
    assert (totals is not None) == (len(truth) > kept)
    if totals is not None:
        assert (totals.cells, totals.whole) == (sum(truth.values()), (min(truth), max(truth)))
    assert (table.rows, table.empty_rows) == (len(cells), cells.count(None))
    assert sum(record["count"] - 1 for record in table.records.rows) == len(cells) - len(set(cells))


@pytest.mark.parametrize(
    "lengths",
    [([60_000, 40_000], [60_000, 40_000]), ([60_000, 40_000], [40_000, 60_000]), ([50] * 2_000, [50] * 2_000)],
    ids=["even", "uneven", "short"],
)
def test_a_batch_counts_the_same_in_however_many_chunks_it_comes(lengths: tuple[list[int], list[int]]) -> None:
    numbers = [np.arange(100_000) % 7, np.arange(100_000) % 11]
    columns = [
        pl.concat([pl.Series(f"c{at}", part) for part in np.split(numbers[at], np.cumsum(ends)[:-1])], rechunk=False)
        for at, ends in enumerate(lengths)
    ]
    chunked = pl.DataFrame(columns)
    assert [column.n_chunks() for column in chunked.get_columns()] == [len(ends) for ends in lengths]
    found = []
    for frame in (chunked, chunked.rechunk()):
        with Kernel([Type.SIGNED] * 2, words=(), bounds=Bounds()) as kernel:
            drawn = kernel.take(frame, base=5, threshold=1 << 54)
            kernel.finish()
            values = [number_values(kernel.values(at), pl.Int64()).sort("value").rows() for at in range(2)]
            table = kernel.table()
            found.append((drawn.tolist(), values, table.rows, sorted(table.records.rows.tolist())))
    assert found[0] == found[1]
    assert len(found[0][0]) > 10
    assert [row[0] for row in found[0][1][0]] == list(range(7))
