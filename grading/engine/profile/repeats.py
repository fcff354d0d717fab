"""Rows that repeat an earlier row, by 64-bit row hashes in bounded memory.

Beyond `HASHES_KEPT` rows only hashes divisible by a growing power of two are kept, so that all copies of a row are
kept or dropped together; the number of repeats is then estimated from that share of the distinct rows.
"""

import polars as pl

HASHES_KEPT = 4_000_000
EXAMPLES = 200


class RowRepeats:
    """Feed it batches in order, then read `result()`. `kept`: most hashes held."""

    def __init__(self, kept: int = HASHES_KEPT) -> None:
        self.kept = kept
        self.shift = 0
        self._held: list[pl.DataFrame] = []
        self._size = 0

    def update(self, batch: pl.DataFrame, first_row: int) -> None:
        """Take in a batch whose first row has the number `first_row`."""
        rows = pl.int_range(first_row, first_row + batch.height, dtype=pl.Int64, eager=True)
        frame = pl.DataFrame({"hash": batch.hash_rows(seed=0), "row": rows})
        self._held.append(self._thinned(frame))
        self._size += self._held[-1].height
        while self._size > self.kept:
            self.shift += 1
            self._held = [self._thinned(part) for part in self._held]
            self._size = sum(part.height for part in self._held)

    def result(self) -> tuple[int, float, tuple[int, ...]]:
        """(repeats, relative standard error or 0 when exact, first rows that repeat an earlier one)."""
        if not self._held:
            return 0, 0.0, ()
        held = pl.concat(self._held).sort("hash", "row")
        repeats = held.filter(pl.col("hash") == pl.col("hash").shift(1))
        count = repeats.height << self.shift
        error = 0.0 if not self.shift else round(1.0 / max(1, repeats.height) ** 0.5, 4)
        return count, error, tuple(repeats.get_column("row").sort().head(EXAMPLES).to_list())

    def _thinned(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("hash") % (1 << self.shift) == 0) if self.shift else frame
