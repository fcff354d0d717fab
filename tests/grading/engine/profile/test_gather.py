"""Columns with more distinct values than are kept: bounded, and close to the truth."""

import random
from collections.abc import Sequence

import polars as pl
import pytest

from grading.engine.profile.gather import ColumnGatherer
from grading.engine.profile.repeats import RowRepeats


def gather(values: Sequence[str | None], *, limit: int, batch: int) -> ColumnGatherer:
    gatherer = ColumnGatherer(pl.String(), False, limit)
    for start in range(0, len(values), batch):
        gatherer.update(pl.Series(values[start : start + batch], dtype=pl.String), start)
    return gatherer


def numbers(seed: int, cells: int, below: int) -> list[str]:
    source = random.Random(seed)
    return [str(source.randrange(below)) for _ in range(cells)]


def test_exact_below_the_limit() -> None:
    gatherer = gather(["a", "b", None, "a", ""], limit=10, batch=2)

    assert (gatherer.rows, gatherer.nulls, gatherer.null_row, gatherer.spilled) == (5, 2, 2, False)
    assert gatherer.distinct() == (2, 0.0)
    assert gatherer.frequent(5).rows() == [("a", 2, 0), ("b", 1, 1)]


def test_distinct_is_estimated_within_its_stated_error_beyond_the_limit() -> None:
    values = numbers(3, 60_000, 20_000)
    gatherer = gather(values, limit=4_096, batch=7_000)
    estimate, error = gatherer.distinct()

    assert gatherer.spilled
    assert error == pytest.approx(0.0156, abs=1e-4)
    assert abs(estimate / len(set(values)) - 1) < 4 * error


def test_totals_stay_exact_beyond_the_limit() -> None:
    values = numbers(4, 30_000, 10**9)
    tally = gather(values, limit=1_024, batch=4_000).tally()
    truth = [int(value) for value in values]

    assert tally.kinds == {"integer": 30_000}
    assert tally.numbers.cells == 30_000
    assert tally.numbers.mean == pytest.approx(sum(truth) / 30_000, rel=1e-9)
    assert (tally.numbers.minimum, tally.numbers.maximum) == (min(truth), max(truth))


def test_sampled_values_keep_their_exact_counts_whatever_the_batches() -> None:
    values = numbers(5, 20_000, 6_000)
    small, large = (gather(values, limit=1_000, batch=size).sample()[0] for size in (900, 6_400))

    assert small.select("value", "count", "row").rows() == large.select("value", "count", "row").rows()
    for value, count, row in small.select("value", "count", "row").head(50).rows():
        assert (values.count(value), values.index(value)) == (count, row)


def test_frequent_values_are_found_among_many() -> None:
    source = random.Random(6)
    values = [str(source.random()) for _ in range(20_000)] + ["often"] * 3_000 + ["seldom"] * 900
    source.shuffle(values)
    found = gather(values, limit=1_000, batch=3_000).frequent(2)

    assert found.get_column("value").to_list() == ["often", "seldom"]
    assert 2_980 <= found.get_column("count")[0] <= 3_000


def test_long_values_are_cut_but_told_apart() -> None:
    gatherer = gather(["x" * 5_000 + "a", "x" * 5_000 + "b"], limit=10, batch=10)

    assert gatherer.distinct() == (2, 0.0)
    assert gatherer.lengths.maximum == 5_001
    assert max(len(value) for value in gatherer.frequent(2).get_column("value")) < 200


def test_repeated_rows_are_exact_within_bounds_and_estimated_beyond() -> None:
    frame = pl.DataFrame({"a": [number % 5_000 for number in range(20_000)]})
    exact, bounded = RowRepeats(), RowRepeats(kept=4_000)
    for start in range(0, 20_000, 3_000):
        exact.update(frame.slice(start, 3_000), start)
        bounded.update(frame.slice(start, 3_000), start)

    assert exact.result()[:2] == (15_000, 0.0)
    assert exact.result()[2][0] == 5_000
    count, error, _ = bounded.result()
    assert error > 0
    assert abs(count / 15_000 - 1) < 0.15
