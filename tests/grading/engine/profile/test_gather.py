"""Columns with more distinct values than are kept: bounded, exact where it is said, else close to the truth."""

import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.kernel import Bounds, exact_sums
from grading.engine.kernel.library import BIAS
from grading.engine.profile.describe import count_distinct
from grading.engine.profile.gather import gather
from grading.engine.profile.parts import TablePart
from grading.engine.profile.study import study_part, study_table
from grading.engine.profile.tally import Moments
from grading.engine.readers import open_table

KEPT = Bounds(values=1_024, rows=2_000, records=4_000)


@pytest.fixture
def gathered(tmp_path: Path):
    def of(values: Sequence[str | None], bounds: Bounds = KEPT) -> TablePart:
        path = tmp_path / "t"
        path.write_text("c,k\n" + "".join(f'"{value}",x\n' if value else ",x\n" for value in values))
        with open_table(path, filename="t.csv") as table:
            return gather(table, bounds=bounds)

    return of


def test_exact_below_the_limit(gathered) -> None:
    column = gathered(["a", "b", None, "a", ""]).columns[0]

    assert (column.nulls, column.null_row, column.cut, column.tally) == (2, 2, False, None)
    assert sorted(column.values.select("value", "count", "row").rows()) == [("a", 2, 0), ("b", 1, 1)]
    assert count_distinct(column).exact


@pytest.mark.parametrize(("kept", "error"), [(20_000, 0.0071), (1_024, 0.0081)])
def test_distinct_is_estimated_within_its_stated_error_beyond_the_limit(gathered, kept: int, error: float) -> None:
    source = random.Random(3)
    values = [str(source.randrange(60_000)) for _ in range(90_000)]
    found = count_distinct(gathered(values, Bounds(values=kept)).columns[0])

    assert (found.exact, found.error) == (False, error)
    assert abs(found.value / len(set(values)) - 1) < 4 * error


def test_totals_stay_exact_beyond_the_limit(gathered) -> None:
    source = random.Random(4)
    values = [str(source.randrange(10**9)) for _ in range(30_000)]
    values[17], values[9_000] = "N/A", "1,234"
    truth = [int(value.replace(",", "")) for value in values if value != "N/A"]
    tally = gathered(values).columns[0].tally

    assert tally.kinds == {"integer": 29_999, "placeholder": 1}
    assert (tally.numbers.cells, tally.numbers.minimum, tally.numbers.maximum) == (29_999, min(truth), max(truth))
    assert tally.numbers.total == sum(truth) << BIAS
    assert tally.numbers.squares == sum(number * number for number in truth) << BIAS
    assert tally.lengths.total == sum(map(len, values))
    rare = tally.examples.filter(pl.col("kind") == "placeholder")
    assert rare.select("text", "count", "row").rows() == [("N/A", 1, 17)]


def test_sampled_values_keep_their_exact_counts(gathered) -> None:
    source = random.Random(5)
    values = [str(source.randrange(6_000)) for _ in range(20_000)]
    kept = gathered(values).columns[0].values

    assert kept.height == 1_024
    for value, count, row in kept.select("value", "count", "row").head(50).rows():
        assert (values.count(value), values.index(value)) == (count, row)


def test_frequent_values_and_quartiles_are_found_among_many(tmp_path: Path) -> None:
    source = random.Random(6)
    values = [str(source.random()) for _ in range(60_000)] + ["0"] * 30_000 + ["5"] * 9_000
    source.shuffle(values)
    path = tmp_path / "t"
    path.write_text("c,k\n" + "".join(f"{value},x\n" for value in values))
    with open_table(path, filename="t.csv") as table:
        column = study_table(table).profile.columns[0]

    assert [value.value for value in column.top_values[:2]] == ["0", "5"]
    assert abs(column.top_values[0].count - 30_000) < 2_500  # of a sample of 10,000 rows
    assert column.top_values[0].row == values.index("0")
    assert column.numbers is not None
    assert column.numbers.q1 == 0.0
    truth = sorted(map(float, values))
    assert truth[int(0.47 * len(truth))] < column.numbers.median < truth[int(0.53 * len(truth))]
    assert column.estimated == ("quartiles", "histogram", "patterns", "top_values")


def test_long_values_are_cut_but_told_apart(gathered) -> None:
    column = gathered(["x" * 5_000 + "a", "x" * 5_000 + "b", "x" * 5_000 + "a"]).columns[0]

    assert sorted(column.values.get_column("count").to_list()) == [1, 2]
    assert column.totals().lengths.maximum == 5_001
    assert max(len(value) for value in column.values.get_column("value")) < 200


def test_repeated_rows_are_exact_within_bounds_and_estimated_beyond(gathered) -> None:
    values = [str(number % 5_000) for number in range(20_000)]
    exact = gathered(values, Bounds()).repeats.result()
    count, error, _ = gathered(values).repeats.result()

    assert exact[:2] == (15_000, 0.0)
    assert exact[2][:2] == (5_000, 5_001)
    assert error > 0
    assert abs(count / 15_000 - 1) < 0.15


def test_drawn_rows_are_rows_of_the_table(gathered) -> None:
    values = [f"v{number}" for number in range(9_000)]
    drawn = gathered(values).drawn.rows

    assert drawn.height == 2_000
    assert drawn.get_column("c0").to_list() == [values[row] for row in drawn.get_column("row")]
    assert abs(drawn.get_column("row").mean() / 4_500 - 1) < 0.1


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1e150, 1e150).filter(lambda x: x == 0 or abs(x) > 1e-300), st.integers(1, 10**6))),
    st.randoms(use_true_random=False),
)
def test_sums_have_no_rounding(cells: list[tuple[float, int]], source: random.Random) -> None:
    numbers, counts = np.array([x for x, _ in cells], np.float64), np.array([n for _, n in cells], np.int64)
    total, squares = exact_sums(numbers, counts)

    assert Fraction(total, 2**BIAS) == sum(Fraction(x) * n for x, n in cells)
    assert Fraction(squares, 2**BIAS) == sum(Fraction(x) ** 2 * n for x, n in cells)
    half = source.randrange(len(cells) + 1)
    parts = Moments.of(numbers[:half], counts[:half]) + Moments.of(numbers[half:], counts[half:])
    assert parts == Moments.of(numbers, counts)


def test_mean_and_deviation_do_not_cancel_out() -> None:
    moments = Moments.of(np.array([1e9 + 1, np.nan, 1e9 + 2, 1e9 + 3]), np.array([1, 5, 1, 1]))

    assert (moments.mean, moments.std) == (1e9 + 2, 1.0)


def test_types_of_parquet_columns_are_counted_as_their_values(tmp_path: Path) -> None:
    source = random.Random(8)
    rows = 5_000
    frame = pl.DataFrame(
        {
            "i8": pl.Series([source.randrange(-128, 128) for _ in range(rows)], dtype=pl.Int8),
            "u64": pl.Series([source.randrange(2**64) for _ in range(rows)], dtype=pl.UInt64),
            "f32": pl.Series(
                [source.choice([0.0, -0.0, float("nan"), source.random()]) for _ in range(rows)], dtype=pl.Float32
            ),
            "day": pl.Series([source.randrange(20_000) for _ in range(rows)], dtype=pl.Int32).cast(pl.Date),
            "at": pl.Series([source.randrange(10**15) for _ in range(rows)]).cast(pl.Datetime("us", "UTC")),
            "flag": [source.choice([True, False, None]) for _ in range(rows)],
        }
    )
    frame.write_parquet(tmp_path / "t")
    with open_table(tmp_path / "t", filename="t.parquet") as table:
        part = gather(table, bounds=Bounds(values=512))
        profile = study_part(table, part).profile

    for name, column in zip(frame.columns, part.columns, strict=True):
        truth = (
            frame.select(pl.col(name).replace(-0.0, 0.0) if name == "f32" else name).group_by(name).len().drop_nulls()
        )
        counted = truth.join(column.values, left_on=name, right_on="value", nulls_equal=True)
        assert counted.height == column.values.height
        assert (counted.get_column("len") == counted.get_column("count")).all()
        assert column.nulls == frame.get_column(name).null_count()
    assert [column.cut for column in part.columns] == [False, True, True, True, True, False]
    assert profile.columns[1].numbers is not None
    assert profile.columns[1].numbers.maximum == float(frame.get_column("u64").max())  # type: ignore[arg-type]
    assert profile.columns[2].placeholders == frame.get_column("f32").is_nan().sum()
    assert profile.columns[3].period is not None
    assert profile.columns[3].period.earliest == str(frame.get_column("day").min())
    assert profile.columns[4].period is not None
    assert profile.columns[4].period.latest[:19] == str(frame.get_column("at").max())[:19].replace(" ", "T")
