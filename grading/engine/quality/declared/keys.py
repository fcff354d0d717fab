"""Keys looked up exactly, however many there are: values that repeat, and references that lead nowhere.

What does not fit into memory goes to the scratch disk, in partitions by a hash of the key, each of which is then looked
at by itself. The hash only says where a key is kept: which keys are the same is told by the keys.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

import polars as pl

from grading.engine.readers.scratch import Scratch

PARTITIONS: Final = 64
PARTITION_BYTES: Final = 64 << 20
"""A partition that is larger is looked at in slices."""
COLUMNS: Final = ("key", "there", "count", "first", "second")
KEY: Final = pl.col("key")


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows that break a rule of keys; `first`: the first ones, each with how many say the same."""

    rows: int
    first: tuple[tuple[int, int], ...]


class Keys:
    """Keys of `width` parts with the rows that have them, in about `budget` bytes of memory."""

    def __init__(self, width: int, scratch: Scratch, *, budget: int) -> None:
        self.parts = [f"k{place}" for place in range(width)]
        self._scratch, self._budget = scratch, budget
        self._waiting: list[pl.DataFrame] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None
        self._spilt: list[list[tuple[int, int]]] = [[] for _ in range(PARTITIONS)]
        self._sizes = [0] * PARTITIONS

    def add(self, keys: pl.DataFrame, *, there: bool = False) -> None:
        """Rows with their keys: `k0`, `k1` … (text, no nulls) and `row`; or keys that are `there` to be referred to."""
        row = pl.col("row").cast(pl.Int64)
        self._keep(
            keys.select(
                _one(self.parts),
                there=pl.lit(there),
                count=pl.lit(0 if there else 1, dtype=pl.Int64),
                first=pl.lit(None, dtype=pl.Int64) if there else row,
                second=pl.lit(None, dtype=pl.Int64),
            )
        )
        if self._bytes > self._budget:
            held = _together(self._waiting)
            self._waiting, self._bytes = [], 0
            self._keep(held)
            if self._bytes > self._budget // 2:
                self._spill()

    def repeats(self, most: int) -> Repeats:
        """Rows that repeat an earlier row's key; the first of each such key."""
        return self._sum(pl.col("count") > 1, pl.col("count") - 1, "second", most)

    def astray(self, most: int) -> Repeats:
        """Rows whose key is nowhere there; the first of each such key."""
        return self._sum((pl.col("count") > 0) & ~pl.col("there"), pl.col("count"), "first", most)

    def _sum(self, chosen: pl.Expr, count: pl.Expr, row: str, most: int) -> Repeats:
        rows = 0
        first = pl.DataFrame(schema={"row": pl.Int64, "count": pl.Int64})
        for held in self._held():
            found = held.filter(chosen).select(row=row, count=count)
            rows += int(found.get_column("count").sum())
            first = pl.concat([first, found]).sort("row").head(most)
        return Repeats(rows, tuple(first.rows()))

    def _keep(self, frame: pl.DataFrame) -> None:
        # Anew: views would keep the texts of all batches in memory, and so the file.
        frame = frame.with_columns(KEY + pl.lit(""))
        self._waiting.append(frame)
        self._bytes += int(frame.estimated_size())

    def _spill(self) -> None:
        if self._file is None:
            self._file = self._scratch.new()
        placed = pl.concat(self._waiting).with_columns(partition=KEY.hash(1) % PARTITIONS)
        self._waiting, self._bytes = [], 0
        for (partition,), some in placed.partition_by("partition", as_dict=True, include_key=False).items():
            begin = self._file.seek(0, io.SEEK_END)
            some.write_ipc_stream(self._file, compression="lz4")
            self._spilt[partition].append((begin, self._file.tell() - begin))
            self._sizes[partition] += int(some.estimated_size())

    def _held(self) -> Iterator[pl.DataFrame]:
        """Each key once, some at a time."""
        if self._file is None:
            if self._waiting:
                yield _together(self._waiting)
            return
        if self._waiting:
            self._spill()
        for partition, chunks in enumerate(self._spilt):
            slices = 1 + self._sizes[partition] // PARTITION_BYTES
            for number in range(slices if chunks else 0):
                read = (_read(self._file, *chunk).filter(KEY.hash(2) % slices == number) for chunk in chunks)
                yield _together(list(read))


def _one(parts: list[str]) -> pl.Expr:
    """One text that tells all parts: each but the last with its length before it."""
    told = [item for name in parts[:-1] for item in (pl.col(name).str.len_bytes(), pl.lit(":"), pl.col(name))]
    return pl.concat_str(*told, parts[-1]).alias("key")


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Each key once, with its rows counted and the first two of them."""
    entries = pl.concat(frames)
    held = entries.group_by("key").agg(
        pl.len().alias("entries"),
        pl.col("there").any(),
        pl.col("count").sum(),
        pl.col("first").min(),
        pl.col("second").min(),
    )
    if held.height == entries.height:
        return entries
    several = held.filter((pl.col("entries") > 1) & (pl.col("count") > 1)).select("key", least="first")
    later = entries.join(several, on="key").filter(pl.col("first") > pl.col("least"))
    later = later.group_by("key").agg(later=pl.col("first").min())
    return (
        held.join(later, on="key", how="left").with_columns(second=pl.min_horizontal("second", "later")).select(COLUMNS)
    )


def _read(file: IO[bytes], begin: int, size: int) -> pl.DataFrame:
    file.seek(begin)
    return pl.read_ipc_stream(io.BytesIO(file.read(size)))
