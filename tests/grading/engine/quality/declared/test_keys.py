"""Keys that repeat and references that lead nowhere, against a dictionary: in memory, on disk, in any parts."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.quality.declared import keys
from grading.engine.quality.declared.keys import Keys
from grading.engine.readers.scratch import Scratch

Row = tuple[str | None, ...]
ROWS = st.lists(st.tuples(st.sampled_from("abcde"), st.text("xy", max_size=2)), max_size=60)
CUTS = st.lists(st.integers(0, 60), max_size=6)


def frame(rows: Sequence[Row], begin: int) -> pl.DataFrame:
    columns = {"k0": [row[0] for row in rows], "k1": [row[1] for row in rows]}
    schema = {"k0": pl.String, "k1": pl.String}
    return pl.DataFrame(columns, schema=schema).with_row_index("row", offset=begin)


def pieces(rows: Sequence[Row], cuts: Iterable[int]) -> list[tuple[int, Sequence[Row]]]:
    edges = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    return [(begin, rows[begin:end]) for begin, end in itertools.pairwise(edges)]


@pytest.mark.parametrize("budget", [1, 900, 1 << 20])
def test_rows_that_repeat_a_key(budget):
    @settings(deadline=None, max_examples=25)
    @given(ROWS, CUTS)
    def holds(rows, cuts):
        scratch = Scratch()
        store = Keys(2, scratch, budget=budget)
        for begin, some in pieces(rows, cuts):
            store.add(frame(some, begin))
        found = store.repeats(3)
        second: dict = {}
        seen: Counter = Counter()
        for place, row in enumerate(rows):
            seen[row] += 1
            if seen[row] == 2:
                second[row] = place
        assert found.rows == len(rows) - len(seen)
        expected = sorted((place, row) for row, place in second.items())[:3]
        assert found.first == tuple((place, seen[row] - 1) for place, row in expected)
        scratch.close()

    holds()


@pytest.mark.parametrize("budget", [1, 1 << 20])
def test_references_that_lead_nowhere(budget):
    @settings(deadline=None, max_examples=25)
    @given(ROWS, ROWS, CUTS)
    def holds(known, referring, cuts):
        scratch = Scratch()
        store = Keys(2, scratch, budget=budget)
        for begin, some in pieces(referring, cuts):
            store.add(frame(some, begin))
        for begin, some in pieces(known, cuts):
            store.add(frame(some, begin), there=True)
        found = store.astray(2)
        lost = [(place, row) for place, row in enumerate(referring) if row not in set(known)]
        assert found.rows == len(lost)
        counts = Counter(row for _, row in lost)
        first = {row: place for place, row in reversed(lost)}
        expected = sorted((place, row) for row, place in first.items())[:2]
        assert found.first == tuple((place, counts[row]) for place, row in expected)
        scratch.close()

    holds()


def test_a_large_partition_is_looked_at_in_slices(monkeypatch, tmp_path):
    monkeypatch.setattr(keys, "PARTITION_BYTES", 512)
    scratch = Scratch(tmp_path)
    store = Keys(1, scratch, budget=2_000)
    for begin in range(0, 1_000, 100):
        texts = [f"key {number % 990}" for number in range(begin, begin + 100)]
        store.add(pl.DataFrame({"k0": texts}).with_row_index("row", offset=begin))
    assert store.repeats(2).rows == 10
    assert [row for row, _ in store.repeats(2).first] == [990, 991]
    assert list(tmp_path.iterdir()) == []  # the file on disk has no name
    scratch.close()
