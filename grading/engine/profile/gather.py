"""What is kept of a column while its batches go by: bounded, mergeable, independent of the order of batches.

Work is done per distinct value: a batch is first reduced to (value, count, first row). Up to `limit` distinct values
are kept exactly. Beyond it the column is *spilled*: totals go into a Tally, and the values with the smallest hashes
stay as a uniform sample of the distinct values with exact counts (bottom-k sketch: Cohen & Kaplan 2007; Beyer et al.
2007), beside the most frequent values (Misra & Gries 1982).
"""

from dataclasses import dataclass, field

import polars as pl

from grading.engine.profile.kinds import classify
from grading.engine.profile.tally import Tally

HASH_SPACE = float(2**64)
HEAVY_VALUES = 2_048
#: Longer values are kept by their beginning and a hash.
LONGEST_VALUE = 512
BYTES_KEPT = 16 * 1024 * 1024


@dataclass
class Lengths:
    """Lengths of text cells in characters."""

    minimum: int | None = None
    maximum: int | None = None
    total: int = 0
    cells: int = 0


@dataclass
class ColumnGatherer:
    """Feed it batches in any order, then read `sample()`, `tally()` and the counters."""

    dtype: pl.DataType
    nested: bool
    limit: int
    rows: int = 0
    nulls: int = 0
    null_row: int | None = None
    spilled: bool = False
    lengths: Lengths = field(default_factory=Lengths)
    _counts: pl.DataFrame | None = None
    _tally: Tally = field(default_factory=Tally)
    _sketch: pl.DataFrame | None = None
    _heavy: pl.DataFrame | None = None
    _threshold: int | None = None

    def update(self, cells: pl.Series, first_row: int) -> None:
        """Take in the cells of one batch; `first_row` is the number of its first row in the table."""
        self.rows += len(cells)
        frame = pl.DataFrame({"value": cells, "row": pl.int_range(first_row, first_row + len(cells), eager=True)})
        frame = frame.group_by("value").agg(pl.len().cast(pl.Int64).alias("count"), pl.col("row").min())
        absent = pl.col("value").is_null()
        if self.dtype == pl.String:
            absent = absent | (pl.col("value") == "")
        missing = frame.filter(absent)
        if missing.height:
            self.nulls += int(missing.get_column("count").sum())
            row = int(missing.get_column("row").min())  # type: ignore[arg-type]
            self.null_row = row if self.null_row is None else min(self.null_row, row)
            frame = frame.filter(~absent)
        if not frame.height:
            return
        if self.dtype == pl.String:
            frame = self._measure_lengths(frame)
        self._absorb(frame)

    def sample(self) -> tuple[pl.DataFrame, float]:
        """Classified distinct values, sorted by first row, and how many cells each sampled cell stands for.

        All distinct values, or a uniform sample of them once the column is spilled.
        """
        frame = self._sketch if self.spilled else self._counts
        if frame is None:
            frame = pl.DataFrame(schema={"value": self.dtype, "count": pl.Int64, "row": pl.Int64})
        frame = classify(frame.select("value", "count", "row").sort("row"), self.dtype, nested=self.nested)
        held = int(frame.get_column("count").sum())
        return frame, (self.rows - self.nulls) / held if held else 1.0

    def tally(self) -> Tally:
        """Totals over all cells with a value: exact, spilled or not."""
        return self._tally if self.spilled else Tally.of(self.sample()[0])

    def distinct(self) -> tuple[int, float]:
        """Number of distinct non-null values and the relative standard error of that number (0: exact)."""
        if not self.spilled:
            return (0 if self._counts is None else self._counts.height), 0.0
        if self._sketch is None:
            return 0, 0.0
        kept = self._sketch.height
        if kept < self.limit:
            return kept, 0.0
        largest = int(self._sketch.get_column("hash").max())  # type: ignore[arg-type]
        return round((kept - 1) * HASH_SPACE / max(1, largest)), round(1.0 / (kept - 2) ** 0.5, 4)

    def frequent(self, number: int) -> pl.DataFrame:
        """The most frequent values (value, count, row); counts of a spilled column may be too low."""
        frame = self._heavy if self.spilled else self._counts
        if frame is None:
            return pl.DataFrame(schema={"value": self.dtype, "count": pl.Int64, "row": pl.Int64})
        return frame.select("value", "count", "row").sort(["count", "row"], descending=[True, False]).head(number)

    def unrepeated(self) -> bool:
        """No value was seen twice, as far as the sample can show."""
        frame = self._sketch if self.spilled else self._counts
        return frame is not None and frame.get_column("count").max() == 1

    def _measure_lengths(self, frame: pl.DataFrame) -> pl.DataFrame:
        size = pl.col("value").str.len_chars().cast(pl.Int64)
        low, high, total, cells, longest = frame.select(
            size.min().alias("low"),
            size.max().alias("high"),
            (size * pl.col("count")).sum().alias("total"),
            pl.col("count").sum().alias("cells"),
            pl.col("value").str.len_bytes().max().alias("longest"),
        ).row(0)
        kept = self.lengths
        kept.minimum = low if kept.minimum is None else min(kept.minimum, low)
        kept.maximum = high if kept.maximum is None else max(kept.maximum, high)
        kept.total += total
        kept.cells += cells
        if longest <= LONGEST_VALUE:
            return frame
        value = pl.col("value")
        return frame.with_columns(
            value=pl.when(value.str.len_bytes() > LONGEST_VALUE)
            .then(value.str.slice(0, 160) + pl.lit("…#") + value.hash(seed=1).cast(pl.String))
            .otherwise(value)
        )

    def _absorb(self, frame: pl.DataFrame) -> None:
        if self.spilled:
            self._spill(frame)
            return
        self._counts = frame if self._counts is None else _summed(pl.concat([self._counts, frame]))
        if self._counts.height > self.limit or self._counts.estimated_size() > BYTES_KEPT:
            self.spilled = True
            self.limit = min(self.limit, self._counts.height)
            counts, self._counts = self._counts, None
            self._spill(counts)

    def _spill(self, frame: pl.DataFrame) -> None:
        self._tally.add(Tally.of(classify(frame.sort("row"), self.dtype, nested=self.nested)))
        heavy = frame if self._heavy is None else _summed(pl.concat([self._heavy, frame]))
        if heavy.height > HEAVY_VALUES:
            heavy = heavy.sort(["count", "row"], descending=[True, False])
            surplus = int(heavy.get_column("count")[HEAVY_VALUES])
            heavy = heavy.head(HEAVY_VALUES).with_columns(pl.col("count") - surplus).filter(pl.col("count") > 0)
        self._heavy = heavy
        hashed = frame.with_columns(hash=pl.col("value").hash(seed=0))
        if self._threshold is not None:
            hashed = hashed.filter(pl.col("hash") <= self._threshold)
        if self._sketch is not None:
            hashed = pl.concat([self._sketch, hashed])
            hashed = hashed.group_by("value").agg(pl.col("count").sum(), pl.col("row").min(), pl.col("hash").first())
        if hashed.height >= self.limit:
            hashed = hashed.sort("hash").head(self.limit)
            self._threshold = int(hashed.get_column("hash")[-1])
        self._sketch = hashed


def _summed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("value").agg(pl.col("count").sum(), pl.col("row").min())
