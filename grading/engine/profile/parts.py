"""What is known of a part of a table, and parts put together.

A file may be read in parts, by other processes, in any order. What is kept of a part is chosen so that the whole is the
same however it was cut: values and rows by their hashes, sums without rounding (`grading.engine.kernel`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.kernel import Bounds, Noted
from grading.engine.profile.kinds import classify
from grading.engine.profile.repeats import RepeatedRows, joined
from grading.engine.profile.tally import Lengths, Tally

NOTED: Final = 200
ALL: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class ColumnPart:
    """A column. `values`: `value`, `hash`, `count`, `row`, `size` (bytes), `characters`; sorted by hash.

    `cut`: values with hashes above `threshold` were left out, and `tally` has totals over all cells. `registers`:
    HyperLogLog, where few values are kept.
    """

    dtype: pl.DataType
    nested: bool
    nulls: int
    null_row: int | None
    values: pl.DataFrame
    cut: bool = False
    threshold: int = ALL
    tally: Tally | None = None
    registers: npt.NDArray[np.uint8] | None = None

    def totals(self) -> Tally:
        """Totals over all cells."""
        if self.tally is not None:
            return self.tally
        tally = Tally.of(classify(self.values, self.dtype, nested=self.nested))
        # What is known of a column that was cut must not depend on which of its parts were.
        if self.nested:
            return Tally(kinds=tally.kinds, lengths=tally.lengths)
        return tally if self.dtype == pl.String else replace(tally, lengths=Lengths(), examples=None)


@dataclass(frozen=True, slots=True)
class DrawnRows:
    """A uniform sample of rows: `hash`, `row`, `size` (bytes), then the cells; all with hashes up to `threshold`."""

    rows: pl.DataFrame
    threshold: int = ALL


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table, or the records of it that begin in one range of the file. Row numbers count from its own first row.

    `first_record` and `next_record`: offsets in a delimited file, where its first record begins and the first one
    after it; None for other formats.
    """

    rows: int
    empty_rows: int
    columns: tuple[ColumnPart, ...]
    repeats: RepeatedRows
    drawn: DrawnRows
    nul_bytes: int = 0
    form: Mapping[str, Noted] = field(default_factory=dict)
    first_record: int | None = None
    next_record: int | None = None


def together(parts: Sequence[TablePart], bounds: Bounds) -> TablePart:
    """The table whose parts these are, in the order of the file, gathered under the same `bounds`."""
    if len(parts) == 1:
        return parts[0]
    firsts = [0, *accumulate(part.rows for part in parts)][:-1]
    columns = tuple(
        _column([part.columns[place] for part in parts], firsts, bounds) for place in range(len(parts[0].columns))
    )
    return TablePart(
        rows=sum(part.rows for part in parts),
        empty_rows=sum(part.empty_rows for part in parts),
        columns=columns,
        repeats=joined([part.repeats for part in parts], firsts, bounds.records),
        drawn=_drawn([part.drawn for part in parts], firsts, bounds),
        nul_bytes=sum(part.nul_bytes for part in parts),
        form=_form([part.form for part in parts], firsts),
        first_record=parts[0].first_record,
        next_record=parts[-1].next_record,
    )


def _column(parts: Sequence[ColumnPart], firsts: Sequence[int], bounds: Bounds) -> ColumnPart:
    null_rows = [part.null_row + first for part, first in zip(parts, firsts, strict=True) if part.null_row is not None]
    threshold = min(part.threshold for part in parts)
    frames = [part.values.with_columns(pl.col("row") + first) for part, first in zip(parts, firsts, strict=True)]
    values = (
        pl.concat(frames)
        .filter(pl.col("hash") <= threshold)
        .group_by("hash")
        .agg(pl.col("value").first(), pl.col("count").sum(), pl.col("row").min(), pl.col("size", "characters").first())
        .select("value", "hash", "count", "row", "size", "characters")
        .sort("hash")
    )
    stays = kept(values.get_column("size"), bounds.values, bounds.value_bytes)
    cut = stays < values.height or any(part.cut for part in parts)
    registers: npt.NDArray[np.uint8] | None = None
    tally: Tally | None = None
    if cut:
        tally = Tally()
        for part, first in zip(parts, firsts, strict=True):
            tally.add(_moved(part.totals(), first))
        if bounds.values < REGISTERED:
            registers = np.maximum.reduce([registered(part) for part in parts])
    if stays < values.height:
        threshold = below(values, stays)
        values = values.head(stays)
    nulls = sum(part.nulls for part in parts)
    one = parts[0]
    return ColumnPart(
        one.dtype, one.nested, nulls, min(null_rows, default=None), values, cut, threshold, tally, registers
    )


REGISTERED: Final = 1 << 14
"""Where fewer values than this are kept, distinct ones are counted in as many registers."""


def registered(part: ColumnPart) -> npt.NDArray[np.uint8]:
    """The registers of a column, filled from its values where it has all of them."""
    if part.registers is not None:
        return part.registers
    hashes = part.values.get_column("hash").to_numpy()
    registers = np.zeros(REGISTERED, np.uint8)
    places = (hashes & np.uint64(REGISTERED - 1)).astype(np.int64)
    high = hashes | np.uint64(REGISTERED)
    ranks = np.zeros(len(hashes), np.uint8)
    for shift in (32, 16, 8, 4, 2, 1):
        empty = high < (np.uint64(1) << np.uint64(64 - shift))
        ranks[empty] += shift
        high = np.where(empty, high << np.uint64(shift), high)
    np.maximum.at(registers, places, ranks + 1)
    return registers


def kept(sizes: pl.Series, most: int, room: int) -> int:
    """How many of the first values (or rows) may stay: at most `most`, of at most `room` bytes together."""
    within = (sizes.cast(pl.Int64).cum_sum() <= room).sum() if len(sizes) else 0
    return min(most, int(within))


def _moved(tally: Tally, first: int) -> Tally:
    if tally.examples is None or not first:
        return tally
    moved = Tally()
    moved.add(tally)
    moved.examples = tally.examples.with_columns(pl.col("row") + first)
    return moved


def _drawn(parts: Sequence[DrawnRows], firsts: Sequence[int], bounds: Bounds) -> DrawnRows:
    threshold = min(part.threshold for part in parts)
    frames = [part.rows.with_columns(pl.col("row") + first) for part, first in zip(parts, firsts, strict=True)]
    rows = pl.concat(frames).filter(pl.col("hash") <= threshold).sort("hash")
    return cut_rows(rows, threshold, bounds)


def cut_rows(rows: pl.DataFrame, threshold: int, bounds: Bounds) -> DrawnRows:
    """Of rows sorted by hash those that may stay."""
    stays = kept(rows.get_column("size"), bounds.rows, bounds.row_bytes)
    if stays < rows.height:
        threshold = below(rows, stays)
        rows = rows.head(stays)
    return DrawnRows(rows, threshold)


def below(frame: pl.DataFrame, stays: int) -> int:
    """The largest hash that may stay, where of values (or rows) sorted by hash only the first `stays` do.

    The first one left out decides, not the last one kept: what comes between them belongs to what may stay.
    """
    return max(0, int(frame.get_column("hash")[stays]) - 1)


def _form(parts: Sequence[Mapping[str, Noted]], firsts: Sequence[int]) -> dict[str, Noted]:
    kinds = list(dict.fromkeys(kind for part in parts for kind in part))
    found = {}
    for kind in kinds:
        noted = [part.get(kind, Noted()) for part in parts]
        rows = (row + first for note, first in zip(noted, firsts, strict=True) for row in note.rows)
        found[kind] = Noted(sum(note.count for note in noted), tuple(rows)[:NOTED])
    return found
