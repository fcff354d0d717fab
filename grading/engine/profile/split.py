"""Where a long file may be cut, and its parts put together again; what does not fit together is read whole instead."""

import itertools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from grading.engine.kernel import Status, type_of
from grading.engine.profile.gather import Irregular, RowRange, Section, bounds_for, gather, is_nested
from grading.engine.profile.parts import TablePart, together
from grading.engine.readers import Table
from grading.engine.readers.sniff import SAMPLE_BYTES

MOST_PARTS: Final = 64
AFTER: Final = 4 << 20
"""Bytes given beyond the end of a section of text, for its last record to end in."""
TRAILER: Final = 8
"""Bytes at the end of a Parquet file: the length of its footer, and its mark."""

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part to be read, and the bytes [begin, end) of the file that it takes: to open the file, and the section's.

    Whoever reads it may have a file that is empty elsewhere and ends with the last of them.
    """

    section: Section | RowRange
    opening: tuple[Range, ...]
    content: Range


class Apart(Exception):
    """The parts do not make this file, which has to be read whole. The text is a code."""


def pieces_of(table: Table, path: Path | str, part_bytes: int) -> tuple[Piece, ...]:
    """At least two parts in the order of the file, where it is longer than `part_bytes`; else none.

    `table` was opened from `path`, trusting. Only text that the kernel can read as it stands is cut, at any byte, and
    Parquet, between row groups; nothing that is packed, transcoded or was repaired.
    """
    if table.packing is not None:
        return ()
    if table.text is not None:
        clean = table.text.original and table.text.path == str(path) and table.records is None
        return _sections(table.text.begin, table.size_bytes, part_bytes) if clean else ()
    return _row_ranges(table, path, part_bytes)


def _sections(begin: int, size: int, part_bytes: int) -> tuple[Piece, ...]:
    count = min(MOST_PARTS, -(-size // part_bytes))
    edges = [begin, *(size * place // count for place in range(1, count)), size]
    if count < 2 or edges[1] <= begin:
        return ()
    head = ((0, min(size, SAMPLE_BYTES)),)
    return tuple(
        Piece(Section(first, end), head, (max(0, first - 1), min(size, max(end + AFTER, SAMPLE_BYTES))))
        for first, end in itertools.pairwise(edges)
    )


def _row_ranges(table: Table, path: Path | str, part_bytes: int) -> tuple[Piece, ...]:
    groups = [group for group in table.row_groups if group.rows]
    weights = [max(group.packed_bytes, group.unpacked_bytes, 0) for group in groups]
    target = max(part_bytes, -(-sum(weights) // MOST_PARTS))
    firsts, weight = [0], 0  # where parts begin, as places in `groups`
    for place, more in enumerate(weights):
        if weight >= target:
            firsts.append(place)
            weight = 0
        weight += more
    if len(firsts) < 2:
        return ()
    footer = _footer_begin(path)
    begins = [*(group.begin for group in groups), footer]
    if begins[0] < 0 or any(later <= earlier for earlier, later in itertools.pairwise(begins)):
        return ()  # a file whose groups are not written one after the other
    rows = [*(group.first_row for group in groups), table.records or 0]
    opening = ((0, TRAILER), (footer, table.size_bytes))
    return tuple(
        Piece(RowRange(rows[first], rows[end] - rows[first]), opening, (begins[first], begins[end]))
        for first, end in zip(firsts, [*firsts[1:], len(groups)], strict=True)
    )


def _footer_begin(path: Path | str) -> int:
    with open(path, "rb") as file:
        size = file.seek(-TRAILER, os.SEEK_END) + TRAILER
        return size - TRAILER - int.from_bytes(file.read(4), "little")


def gather_piece(table: Table, piece: Piece, *, size: int, progress: Callable[[float], None]) -> TablePart:
    """The part of a file of `size` bytes, from a table that was opened from what the piece takes of it.

    Raises Irregular where the last record does not end within that, or cannot be told from one that was cut off.
    """
    part = gather(table, section=piece.section, progress=progress)
    reach = piece.content[1]
    if part.next_record is not None and part.next_record >= reach and reach < size:
        raise Irregular(table.format, Status.LONG_RECORD)
    return part


def put_together(table: Table, parts: Iterable[TablePart]) -> TablePart:
    """All of the table from its parts, which come in the order of the file, two at a time in memory.

    Raises Apart where they are not of this table, do not join, or leave out a piece of it.
    """
    schema = table.frame.collect_schema()
    dtypes = [dtype if type_of(dtype) is not None else pl.String() for dtype in schema.values()]
    shape = list(zip(dtypes, (is_nested(heading.declared_type) for heading in table.columns), strict=True))
    bounds = bounds_for(len(shape))
    whole: TablePart | None = None
    for part in parts:
        if [(column.dtype, column.nested) for column in part.columns] != shape:
            raise Apart("other_columns")
        if (part.first_record is None) != (table.text is None):
            raise Apart("other_format")
        if whole is not None and part.first_record != whole.next_record:
            raise Apart("ranges_disagree")
        whole = part if whole is None else together([whole, part], bounds)
    if whole is None or (table.records is not None and whole.rows != table.records):
        raise Apart("parts_missing")
    if table.text is not None and (
        whole.first_record != table.text.begin or (whole.next_record or 0) < table.size_bytes
    ):
        raise Apart("parts_missing")
    return whole
