"""The first sheet of an XLSX workbook that holds data, as a table of canonical text.

Its cells are written into a scratch file as CSV: numbers as the shortest text that gives them back, whole ones without
a fraction; dates and times as ISO 8601; truth values as `true` and `false`; formulas as the values that were stored
with them; errors as they are (`#REF!`). Of merged cells the first has the value and the others are empty.

The header is the first of the sheet's first fifty rows that has at least half as many filled cells as the fullest of
them, and two where any has two: titles and notes above it are skipped, and reported.
"""

import csv
import io
import itertools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from grading.engine.readers.delimited import text_frame
from grading.engine.readers.errors import UnreadableFile, parser_detail
from grading.engine.readers.packing import Meter
from grading.engine.readers.scratch import Scratch, descriptor_path
from grading.engine.readers.table import MAX_COLUMNS, ROWS_KEPT, ReaderFinding, Table, Text, unique_headings

HEAD_ROWS: Final = 50
WHOLE_BELOW: Final = 1e19
"""A double below it that is whole is written with all its digits: 19 have card numbers and the like."""
Cell = bool | int | float | str | date | datetime | time | timedelta


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written: the header's texts, its row from 0, the records, those that are blank, the scratch file."""

    header: list[str]
    header_row: int
    skipped: int
    records: int
    blank: int
    blank_rows: tuple[int, ...]
    handle: IO[bytes]


def open_workbook(stored: IO[bytes], size_bytes: int, scratch: Scratch, *, limit: int) -> Table:
    """The table of an archive that `stored_workbook` wrote. Raises UnreadableFile."""
    try:
        with CalamineWorkbook.from_filelike(stored) as workbook:
            sheet, others = _first_with_data(workbook)
            written = _write(sheet, scratch, limit)
            merged = [start for start, _ in sheet.merged_cell_ranges or ()]
    except (CalamineError, ValueError, OverflowError) as error:
        raise UnreadableFile("malformed_table", format="xlsx", detail=parser_detail(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile("malformed_table", format="xlsx", detail="the parser gave up") from error
    path = descriptor_path(written.handle)
    headings, frame = text_frame(path, written.header, ",", header_rows=0)
    findings = [*unique_headings(written.header)[1], *_findings(written, merged), *([others] if others else [])]
    return Table(
        format="xlsx",
        encoding=None,
        dialect=None,
        columns=headings,
        frame=frame,
        findings=tuple(findings),
        size_bytes=size_bytes,
        records=written.records,
        scratch=scratch,
        text=Text(path, ",", header=0, original=False),
    )


def _first_with_data(workbook: CalamineWorkbook) -> tuple[CalamineSheet, ReaderFinding | None]:
    """The first visible worksheet that has a cell, else the first hidden one; and that there are others.

    Their names are not told: a sheet may be called after the person it is about.
    """
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    for described in sorted(sheets, key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible):
        sheet = workbook.get_sheet_by_name(described.name)
        if sheet.height:
            place = [other.name for other in sheets].index(sheet.name) + 1
            others = len(sheets) - 1
            return sheet, ReaderFinding("other_sheets", others, (), {"position": place}) if others else None
    raise UnreadableFile("empty_file")


def _write(sheet: CalamineSheet, scratch: Scratch, limit: int) -> _Written:
    if sheet.width > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", columns=sheet.width, limit=MAX_COLUMNS)
    rows = ([cell if isinstance(cell, str) else canonical(cell) for cell in row] for row in sheet.iter_rows())
    head = list(itertools.islice(rows, (sheet.start or (0, 0))[0] + HEAD_ROWS))
    filled = [sum(cell != "" for cell in row) for row in head]
    fullest = max(filled)
    header_row = next(place for place, count in enumerate(filled) if count >= max(min(2, fullest), fullest / 2))
    handle = scratch.new()
    text = io.TextIOWrapper(handle, encoding="utf-8", errors="replace", newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    meter = Meter(limit)  # of characters: a string that is shared is stored once and written often
    records = blank = 0
    blank_rows: list[int] = []
    for row in itertools.chain(head[header_row + 1 :], rows):
        if not any(row):
            blank += 1
            if len(blank_rows) < ROWS_KEPT:
                blank_rows.append(records)
        meter.add(writer.writerow(row))
        records += 1
    text.flush()
    text.detach()
    skipped = sum(count > 0 for count in filled[:header_row])
    return _Written(head[header_row], header_row, skipped, records, blank, tuple(blank_rows), handle)


def _findings(written: _Written, merged: list[tuple[int, int]]) -> list[ReaderFinding]:
    findings: list[ReaderFinding] = []
    if written.skipped:
        findings.append(ReaderFinding("rows_above_header", written.skipped, (), {"row": written.header_row}))
    if written.blank:
        findings.append(ReaderFinding("blank_row", written.blank, written.blank_rows))
    rows = [row - written.header_row - 1 for row, _ in merged if row > written.header_row]
    if rows:
        findings.append(ReaderFinding("merged_cells", len(rows), tuple(sorted(set(rows))[:ROWS_KEPT])))
    return findings


def canonical(cell: Cell) -> str:
    """The one text of a cell's value; nothing for an empty one."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < WHOLE_BELOW else repr(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, timedelta):
        return _duration(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _duration(length: timedelta) -> str:
    """ISO 8601, in hours, minutes and seconds: a day is not always as long."""
    microseconds = length // timedelta(microseconds=1)
    sign, seconds, fraction = "-" if microseconds < 0 else "", *divmod(abs(microseconds), 10**6)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    part = f"{rest}.{fraction:06d}".rstrip("0") if fraction else str(rest)
    return f"{sign}PT{hours}H{minutes}M{part}S"
