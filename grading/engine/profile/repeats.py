"""Rows that repeat an earlier row, by 64-bit row hashes in bounded memory.

Beyond `Bounds.records` distinct rows only those stay whose hash a growing power of two divides, so that all copies of a
row stay or go together; the number of repeats is then estimated from that share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from grading.engine.kernel import Records

EXAMPLES: Final = 200


@dataclass(frozen=True, slots=True)
class RepeatedRows:
    """Distinct rows: `hash`, `first` and `second` place (null: none), `count`; all whose hash 2^`shift` divides."""

    rows: pl.DataFrame
    shift: int

    @classmethod
    def of(cls, records: Records) -> "RepeatedRows":
        """What the kernel kept."""
        second = records.rows["second"]
        columns = {name: np.ascontiguousarray(records.rows[name]) for name in ("hash", "first")}
        frame = pl.DataFrame({**columns, "second": second, "count": records.rows["count"].astype(np.int64)})
        return cls(frame.with_columns(second=pl.when(pl.col("second") >= 0).then(pl.col("second"))), records.shift)

    def result(self) -> tuple[int, float, tuple[int, ...]]:
        """(repeats, relative standard error or 0 when exact, second places of repeated rows, at most EXAMPLES)."""
        more = self.rows.get_column("count") - 1
        repeats = int(more.sum())
        # All copies of a row are in or out together: rows with many of them make the estimate uncertain.
        spread = (1 - 0.5**self.shift) * float((more.cast(pl.Float64) ** 2).sum())
        error = 0.0 if not self.shift else round(spread**0.5 / repeats, 4) if repeats else 1.0
        places = self.rows.get_column("second").drop_nulls().sort().head(EXAMPLES)
        return repeats << self.shift, error, tuple(places.to_list())


def joined(parts: Sequence[RepeatedRows], firsts: Sequence[int], limit: int) -> RepeatedRows:
    """Of a table whose parts begin at the rows `firsts`."""
    shift = max(part.shift for part in parts)
    frames = [
        part.rows.with_columns(pl.col("first", "second") + first) for part, first in zip(parts, firsts, strict=True)
    ]
    held = pl.concat(frames)
    held = (held.filter(pl.col("hash") % (1 << shift) == 0) if shift else held).sort("hash", "first")
    begins = held.select(pl.col("hash").ne_missing(pl.col("hash").shift(1))).to_series()
    copied = pl.col("hash") == pl.col("hash").shift(-1)
    second = pl.min_horizontal("second", pl.when(copied).then(pl.col("first").shift(-1)))
    counts = np.add.reduceat(held.get_column("count").to_numpy(), np.flatnonzero(begins.to_numpy()))
    summed = held.with_columns(second=second).filter(begins).with_columns(count=pl.Series(counts, dtype=pl.Int64))
    while summed.height > limit:
        shift += 1
        summed = summed.filter(pl.col("hash") % (1 << shift) == 0)
    return RepeatedRows(summed.select("hash", "first", "second", "count"), shift)
