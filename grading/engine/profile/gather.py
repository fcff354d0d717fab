"""One pass over a table, or a range of it: the kernel reads, and what it found becomes a `TablePart`."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from grading.engine.kernel import Bounds, ColumnTotals, Kernel, Status, Stopped, Type, type_of
from grading.engine.kernel.kernel import END
from grading.engine.profile.decode import chosen_rows, number_values, text_values
from grading.engine.profile.drawing import Drawing
from grading.engine.profile.kinds import PLACEHOLDERS, TRUTH, classify
from grading.engine.profile.parts import ColumnPart, DrawnRows, TablePart
from grading.engine.profile.repeats import RepeatedRows
from grading.engine.profile.tally import EXAMPLES, Lengths, Moments, Tally, split
from grading.engine.readers import Table, Text, UnreadableFile

#: Distinct values kept over all columns, and their bytes; cells of sampled rows.
VALUES_KEPT: Final = 1_000_000
BYTES_KEPT: Final = 64 << 20
CELLS_DRAWN: Final = 1_000_000
WAITING: Final = 4_096
"""Values of a column that may wait to be judged before they are."""
FEW_WAITING: Final = 16
"""The same where they crowd the memory, over all columns."""
JUDGED_TOGETHER: Final = 65_536
"""Values of several columns that are judged together."""
MEMORY_MIB: Final = 256
"""The longest record that is read, in MiB."""


@dataclass(frozen=True, slots=True)
class Section:
    """The records of a delimited file that begin in [begin, end)."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class RowRange:
    """The rows [first, first + count) of a Parquet file: whole row groups, so that no page is read twice."""

    first: int
    count: int


class Irregular(UnreadableFile):
    """The quick way of reading does not fit this file; `Table.repair` may."""

    def __init__(self, name: str, status: Status) -> None:
        super().__init__("malformed_table", format=name, detail=status.name.lower().replace("_", " "))


def bounds_for(width: int) -> Bounds:
    """What is kept of each column of a table this wide: less of each where there are many."""
    width = max(1, width)
    return Bounds(
        values=max(256, min(32_768, VALUES_KEPT // width)),
        value_bytes=max(64 << 10, min(8 << 20, BYTES_KEPT // width)),
        rows=max(256, min(10_000, CELLS_DRAWN // width)),
    )


def gather(
    table: Table,
    *,
    section: Section | RowRange | None = None,
    bounds: Bounds | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> TablePart:
    """Read all records, or those of a section: of text a Section, else a RowRange. `progress` gets the share read.

    Raises Irregular, UnreadableFile; ValueError for a section of another kind.
    """
    schema = table.frame.collect_schema()
    dtypes = [schema[heading.key] for heading in table.columns]
    types = [type_of(dtype) for dtype in dtypes]
    known = [Type.TEXT if found is None else found for found in types]
    bounds = bounds or bounds_for(len(known))
    with Kernel(known, words=(*PLACEHOLDERS, *TRUTH), bounds=bounds) as kernel:
        judged = [Tally() for _ in known]
        try:
            drawn = None
            if table.text is not None:
                if isinstance(section, RowRange):
                    raise ValueError("delimited text is cut by bytes")
                _read_text(kernel, table.text, section, progress, judged)
            else:
                if isinstance(section, Section):
                    raise ValueError("only delimited text is cut by bytes")
                drawn = _read_batches(kernel, table, section, progress, judged, bounds)
        except Stopped as stopped:
            if stopped.status == Status.LONG_RECORD:
                raise UnreadableFile("needs_memory", limit=MEMORY_MIB) from stopped
            raise Irregular(table.format, stopped.status) from stopped
        found = kernel.table()
        plain = [pl.String() if kind is None else dtype for kind, dtype in zip(types, dtypes, strict=True)]
        nested = [is_nested(heading.declared_type) for heading in table.columns]
        columns = tuple(_columns(kernel, plain, nested, judged))
        return TablePart(
            rows=found.rows,
            empty_rows=found.empty_rows,
            columns=columns,
            repeats=RepeatedRows.of(found.records),
            drawn=drawn or chosen_rows(found.chosen, [heading.key for heading in table.columns]),
            nul_bytes=found.nul_bytes,
            form=found.form,
            first_record=found.first_record if table.text else None,
            next_record=found.next_record if table.text else None,
        )


def is_nested(declared: str | None) -> bool:
    """Whether cells of this declared type are nested values, written as JSON."""
    return declared is not None and (
        declared in ("object", "array") or declared.startswith(("list", "struct", "array", "map"))
    )


def _read_text(
    kernel: Kernel, text: Text, section: Section | None, progress: Callable[[float], None], judged: list[Tally]
) -> None:
    descriptor = os.open(text.path, os.O_RDONLY)
    try:
        size = max(1, os.fstat(descriptor).st_size)
        begin, end = (text.begin, END) if section is None else (max(text.begin, section.begin), section.end)
        reach = max(1, min(end, size) - begin)

        def step(position: int) -> None:
            progress(min(1.0, max(0, position - begin) / reach))
            _judge_waiting(kernel, judged, FEW_WAITING if kernel.crowded() else WAITING)

        first = begin == text.begin
        kernel.read(
            descriptor,
            delimiter=text.delimiter,
            quote=text.quote,
            header=text.header if first else 0,
            begin=begin,
            end=end,
            whole=first,
            step=step,
        )
    finally:
        os.close(descriptor)
    kernel.finish()
    _judge_waiting(kernel, judged, 1)


def _read_batches(
    kernel: Kernel,
    table: Table,
    section: RowRange | None,
    progress: Callable[[float], None],
    judged: list[Tally],
    bounds: Bounds,
) -> DrawnRows:
    first, count = (0, None) if section is None else (section.first, section.count)
    expected = table.records if count is None else count
    rows = 0
    drawing = Drawing(bounds, first)
    for batch in table.batches(first, count):
        frame = batch.select(_fed(name, dtype) for name, dtype in batch.schema.items())
        chosen = kernel.take(frame, base=first, threshold=drawing.threshold)
        drawing.add(frame, chosen, rows)
        rows += frame.height
        del batch, frame  # their memory is that of the next ones
        _judge_waiting(kernel, judged, FEW_WAITING if kernel.crowded() else WAITING)
        progress(min(1.0, rows / expected) if expected else 0.5)
    if count is not None and rows != count:  # what was not read must not pass for complete
        raise Stopped(Status.UNREADABLE_INPUT)
    kernel.finish()
    _judge_waiting(kernel, judged, 1)
    if not rows:
        schema = table.frame.select(_fed(name, dtype) for name, dtype in table.frame.collect_schema().items())
        drawing.add(schema.head(0).collect(), np.empty(0, np.int64), 0)
    return drawing.result()


def _fed(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column as the kernel takes it: types that it does not know go in as text."""
    return pl.col(name) if type_of(dtype) is not None else pl.col(name).cast(pl.String)


def _judge_waiting(kernel: Kernel, judged: list[Tally], least: int) -> None:
    waiting = [place for place in range(len(judged)) if kernel.waiting(place) >= least]
    for places in _bounded(waiting, kernel.waiting):
        stores = [kernel.take_waiting(place) for place in places]
        of = np.repeat(np.arange(len(stores)), [len(held.values) for held in stores])
        frame = classify(text_values(*stores).drop("characters"), pl.String())
        Tally.add_each([judged[place] for place in places], Tally.each(frame, of, len(places)))


def _bounded(places: Iterable[int], values: Callable[[int], int]) -> Iterator[list[int]]:
    """Columns that have at most JUDGED_TOGETHER values together, or one of them."""
    some: list[int] = []
    held = 0
    for place in places:
        more = values(place)
        if some and held + more > JUDGED_TOGETHER:
            yield some
            some, held = [], 0
        some.append(place)
        held += more
    if some:
        yield some


def _columns(
    kernel: Kernel, dtypes: Sequence[pl.DataType], nested: Sequence[bool], judged: list[Tally]
) -> Iterator[ColumnPart]:
    totals = [kernel.totals(place) for place in range(len(dtypes))]
    cut = {place: found for place, found in enumerate(totals) if found is not None}
    tallies = {place: _number_tally(found, dtypes[place]) for place, found in cut.items() if dtypes[place] != pl.String}
    texts = {place: found for place, found in cut.items() if dtypes[place] == pl.String}
    for places in _bounded(texts, lambda place: len(texts[place].kinds) * EXAMPLES):
        known = _text_tallies(kernel, {place: texts[place] for place in places})
        Tally.add_each(known, [judged[place] for place in places])
        tallies.update(zip(places, known, strict=True))
    for place, (dtype, found) in enumerate(zip(dtypes, totals, strict=True)):
        nulls, null_row = kernel.nulls(place)
        held = kernel.values(place)
        values = (text_values(held) if dtype == pl.String else number_values(held, dtype)).sort("hash")
        if found is None:
            yield ColumnPart(dtype, nested[place], nulls, null_row, values)
            continue
        tally = tallies[place]
        if nested[place]:
            tally = Tally(kinds={"structure": found.cells}, lengths=tally.lengths)
        yield ColumnPart(dtype, nested[place], nulls, null_row, values, True, held.threshold, tally, found.registers)


def _text_tallies(kernel: Kernel, columns: Mapping[int, ColumnTotals]) -> list[Tally]:
    """What the kernel judged of columns of text."""
    tallies = [
        Tally(
            kinds=dict(totals.kinds),
            compact_dates=totals.compact,
            numbers=_moments(totals),
            lengths=Lengths(totals.shortest, totals.longest, totals.characters, totals.cells),
            periods=dict(totals.instants),
        )
        for totals in columns.values()
    ]
    kinds = [(at, place, kind) for at, (place, totals) in enumerate(columns.items()) for kind in totals.kinds]
    if kinds:
        stores = [kernel.examples(place, kind) for _at, place, kind in kinds]
        of = np.repeat(np.arange(len(kinds)), [len(held.values) for held in stores])
        few = text_values(*stores).select(
            pl.Series("place", [at for at, _place, _kind in kinds]).gather(of),
            pl.Series("kind", [kind for _at, _place, kind in kinds]).gather(of),
            pl.col("value").str.strip_chars().alias("text"), "count", "row", "hash",
        )  # fmt: skip
        for at, frame in split(few):
            tallies[at].examples = frame
    return tallies


def _moments(totals: ColumnTotals) -> Moments:
    if not totals.numbers:
        return Moments()
    return Moments(totals.numbers, totals.total, totals.squares, totals.low, totals.high)


def _number_tally(totals: ColumnTotals, dtype: pl.DataType) -> Tally:
    if dtype.is_float():
        kinds = {
            "decimal": totals.numbers,
            "placeholder": totals.odd - totals.odd_large,
            "text": totals.odd_large,
        }
        return Tally(kinds={kind: count for kind, count in kinds.items() if count}, numbers=_moments(totals))
    if dtype.is_integer():
        return Tally(kinds={"integer": totals.cells}, numbers=_moments(totals))
    kind = "date_ymd" if dtype == pl.Date else "datetime"
    ends = pl.DataFrame({"value": pl.Series(totals.whole).cast(dtype), "count": [1, 1]})
    early, late = classify(ends, dtype).get_column("instant").to_list()
    return Tally(kinds={kind: totals.cells}, periods={kind: (early, late)})
