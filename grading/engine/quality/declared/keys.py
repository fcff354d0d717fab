"""Keys looked up exactly, however many there are: values that repeat, and references that lead nowhere.

What does not fit into memory goes to the scratch disk, in partitions by a hash of the key, each of which is then looked
at by itself. The hash only says where a key is kept: which keys are the same is told by the keys.
"""

import io
from dataclasses import dataclass
from typing import IO, Final

import polars as pl

from grading.engine.readers.scratch import Scratch

PARTITIONS: Final = 64
PARTITION_BYTES: Final = 128 << 20
"""A partition that is larger is looked at in slices."""
ROW: Final = ("count", "first", "second")


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows that repeat the key of an earlier one; `first`: at most some (key, row that repeats, how many do)."""

    rows: int
    first: tuple[tuple[tuple[str, ...], int, int], ...]


class Keys:
    """Keys of `width` parts with the rows that have them, in `budget` bytes of memory.

    With `sides` there are two kinds: keys that are there (0) and keys that refer to them (1).
    """

    def __init__(self, width: int, scratch: Scratch, *, budget: int) -> None:
        self.parts = [f"k{place}" for place in range(width)]
        self._scratch, self._budget = scratch, budget
        self._waiting: list[pl.DataFrame] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None
        self._spilt: list[list[tuple[int, int]]] = [[] for _ in range(PARTITIONS)]
        self._sizes = [0] * PARTITIONS

    def add(self, keys: pl.DataFrame, *, side: int = 0) -> None:
        """Rows with their keys: `k0`, `k1` … (text, no nulls) and `row`."""
        frame = keys.select(
            *self.parts,
            side=pl.lit(side, dtype=pl.Int8),
            count=pl.lit(1, dtype=pl.Int64),
            first=pl.col("row").cast(pl.Int64),
            second=pl.lit(None, dtype=pl.Int64),
        )
        self._waiting.append(frame)
        self._bytes += int(frame.estimated_size())
        if self._bytes > self._budget:
            self._compact()

    def repeats(self, most: int) -> Repeats:
        """Rows that repeat an earlier row's key, and the first of them."""
        rows, first = 0, pl.DataFrame()
        for held in self._held():
            twice = held.filter(pl.col("count") > 1)
            rows += int((twice.get_column("count") - 1).sum())
            few = twice.select(*self.parts, row="second", count=pl.col("count") - 1)
            first = pl.concat([first, few.bottom_k(most, by="row")]) if first.width else few.bottom_k(most, by="row")
        return Repeats(rows, _listed(first, self.parts, most))

    def astray(self, most: int) -> Repeats:
        """Rows whose key (of side 1) is nowhere on side 0, and the first of them."""
        rows, first = 0, pl.DataFrame()
        for held in self._held():
            there = held.filter(pl.col("side") == 0).select(self.parts)
            lost = held.filter(pl.col("side") == 1).join(there, on=self.parts, how="anti")
            rows += int(lost.get_column("count").sum())
            few = lost.select(*self.parts, "count", row="first").select(*self.parts, "row", "count")
            first = pl.concat([first, few.bottom_k(most, by="row")]) if first.width else few.bottom_k(most, by="row")
        return Repeats(rows, _listed(first, self.parts, most))

    def _together(self, frames: list[pl.DataFrame]) -> pl.DataFrame:
        """Each key once, with its rows counted and the first two of them."""
        by = [*self.parts, "side"]
        entries = pl.concat(frames)
        held = entries.group_by(by).agg(pl.len().alias("entries"), pl.col("count").sum(), pl.col("first").min())
        several = held.filter(pl.col("entries") > 1)
        if not several.height:
            return entries
        rows = entries.join(several.select(*by, least="first"), on=by)
        later = (
            pl.concat(
                [
                    rows.filter(pl.col("first") > pl.col("least")).select(*by, later="first"),
                    rows.select(*by, later="second"),
                ]
            )
            .group_by(by)
            .agg(second=pl.col("later").min())
        )
        single = entries.select(*by, "second", "first")
        return (
            held.join(later, on=by, how="left")
            .join(single.rename({"second": "own"}), on=[*by, "first"], how="left")
            .select(*by, "count", "first", second=pl.coalesce("second", "own"))
        )

    def _compact(self) -> None:
        frame = self._together(self._waiting)
        self._waiting, self._bytes = [frame], int(frame.estimated_size())
        if self._bytes > self._budget // 2:
            self._spill(frame)

    def _spill(self, frame: pl.DataFrame) -> None:
        if self._file is None:
            self._file = self._scratch.new()
        place = pl.struct(self.parts).hash(1) % PARTITIONS
        for (partition,), some in (
            frame.with_columns(partition=place).partition_by("partition", as_dict=True, include_key=False).items()
        ):
            begin = self._file.seek(0, io.SEEK_END)
            some.write_ipc_stream(self._file, compression="lz4")
            self._spilt[partition].append((begin, self._file.tell() - begin))
            self._sizes[partition] += int(some.estimated_size())
        self._waiting, self._bytes = [], 0

    def _held(self) -> "list[pl.DataFrame] | _Partitions":
        if self._file is None:
            return [self._together(self._waiting)] if self._waiting else []
        if self._waiting:
            self._spill(self._together(self._waiting))
        return _Partitions(self)

    def _read(self, chunk: tuple[int, int]) -> pl.DataFrame:
        file = self._file
        assert file is not None  # noqa: S101 - there is a file where there are chunks
        file.seek(chunk[0])
        return pl.read_ipc_stream(io.BytesIO(file.read(chunk[1])))


class _Partitions:
    """The partitions of keys that went to the disk, one at a time, each key once."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def __iter__(self):  # type: ignore[no-untyped-def]
        keys = self._keys
        for partition, chunks in enumerate(keys._spilt):
            slices = 1 + keys._sizes[partition] // PARTITION_BYTES
            for number in range(slices if chunks else 0):
                place = pl.struct(keys.parts).hash(2) % slices
                yield keys._together([keys._read(chunk).filter(place == number) for chunk in chunks])


def _listed(first: pl.DataFrame, parts: list[str], most: int) -> tuple[tuple[tuple[str, ...], int, int], ...]:
    if not first.width:
        return ()
    return tuple(
        (tuple(row[:-2]), row[-2], row[-1])
        for row in first.sort("row").head(most).select(*parts, "row", "count").rows()
    )
