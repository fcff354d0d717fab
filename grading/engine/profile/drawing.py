"""A uniform sample of the rows of batches, chosen by their place in the file: any cut of the file draws the same."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.kernel import Bounds
from grading.engine.kernel.kernel import row_keys
from grading.engine.profile.parts import ALL, DrawnRows, cut_rows

LONGEST_CELL: Final = 512
"""Characters kept of a text. Cells count with their bytes, up to as many."""
LATER: Final = 4
"""Times what may stay that waits to be cut back: to gather rows costs more than to keep some for a while."""


class Drawing:
    """Takes the rows of a part of a file that begins with row `first`, batch by batch."""

    def __init__(self, bounds: Bounds, first: int) -> None:
        self.threshold = ALL  #: rows with larger keys need not be brought
        self._bounds, self._first = bounds, first
        self._hashes = np.empty(0, np.uint64)  #: of the rows that may stay, as many as are counted
        self._held: list[pl.DataFrame] = []
        self._bytes = 0

    def add(self, frame: pl.DataFrame, rows: npt.NDArray[np.int64], read: int) -> None:
        """Draw from a batch, before which `read` rows were read, its `rows`, counted from the first of all."""
        hashes = row_keys((rows + self._first).astype(np.uint64))
        most = self._bounds.rows
        if len(hashes) > most:  # one more than may stay says where those that are left out begin
            nearest = np.sort(np.argpartition(hashes, most)[: most + 1])
            hashes, rows = hashes[nearest], rows[nearest]
        text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
        size = pl.sum_horizontal(
            pl.lit(4 * frame.width), *(pl.col(name).str.len_bytes().clip(0, LONGEST_CELL) for name in text)
        )
        fresh = frame[rows - read].select(
            pl.Series("hash", hashes), pl.Series("row", rows), size.cast(pl.UInt32).alias("size"), pl.all()
        )
        fresh = fresh.with_columns(pl.col(name).str.slice(0, LONGEST_CELL) for name in text)
        self._held.append(_copied(fresh))
        self._bytes += int(fresh.get_column("size").sum())
        self._hashes = np.concatenate([self._hashes, hashes])
        if len(self._hashes) > most:
            self.threshold = int(np.partition(self._hashes, most)[most])
            self._hashes = self._hashes[self._hashes <= np.uint64(self.threshold)]
        if sum(held.height for held in self._held) > LATER * most or self._bytes > 2 * self._bounds.row_bytes:
            self._cut()

    def result(self) -> DrawnRows:
        """The sample, of at least one batch."""
        return self._cut()

    def _cut(self) -> DrawnRows:
        held = pl.concat(self._held).filter(pl.col("hash") <= self.threshold)
        stays = cut_rows(held.sort("hash"), self.threshold, self._bounds)
        stays = replace(stays, rows=_copied(stays.rows))
        self.threshold, self._held = stays.threshold, [stays.rows]
        self._hashes = stays.rows.get_column("hash").to_numpy()
        self._bytes = int(stays.rows.get_column("size").sum())
        return stays


def _copied(frame: pl.DataFrame) -> pl.DataFrame:
    """With texts of its own: views of those of their batches would keep these in memory, and so the whole file."""
    return frame.with_columns(pl.col(name) + pl.lit("") for name, dtype in frame.schema.items() if dtype == pl.String)
