"""The columns of a table and their types, from its beginning alone: what is asked of a file that is only a sample."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from grading.engine.examine import opened
from grading.engine.headless import Lexicons, record_in_header
from grading.engine.profile.describe import types_of
from grading.engine.profile.gather import Irregular, Section, gather
from grading.engine.profile.parts import TablePart
from grading.engine.readers import Table, UnreadableFile

Report = Callable[[float, str], None]
BYTES: Final = 4 << 20
"""Of delimited text the records count that begin within so many bytes."""
ROWS: Final = 10_000
"""Of other tables so many rows count."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the file names it, made unique and plain as for an examination; `type` is one of INFERRED_TYPES."""

    name: str
    type: str


def outline(
    path: Path | str,
    *,
    filename: str,
    today: date,
    lexicons: Lexicons,
    scratch: Path | None = None,
    report: Report,
) -> tuple[Column, ...]:
    """The columns that have a name, in their order, typed by the rules of an examination.

    A column without a value at the beginning is `empty`. `report` gets a share from 0 to 1 and a stage. Raises
    UnreadableFile as an examination does, no_header among it where the first record stands in the header's place
    (`headless`, which is asked with the word lists `lexicons`: more is asked of a sample, for its names are kept).
    """
    with opened(path, filename=filename, today=today, scratch=scratch, report=report) as table:
        part = _beginning(table, report)
        types = types_of(part)
        if record_in_header([column.original for column in table.columns], part.columns, types, lexicons):
            raise UnreadableFile("no_header")
        headings = zip(table.columns, types, strict=True)
    report(1.0, "done")
    return tuple(Column(heading.name, inferred) for heading, inferred in headings if heading.original.strip())


def _beginning(table: Table, report: Report) -> TablePart:
    """What is gathered of the first records; read the forgiving way where they turn out to be irregular."""
    while True:
        try:
            if table.text is not None:
                first = Section(table.text.begin, table.text.begin + BYTES)
                return gather(table, section=first, progress=lambda share: report(share, "reading"))
            few = replace(table, frame=table.frame.head(ROWS), row_groups=(), records=None)
            return gather(few, progress=lambda share: report(share, "reading"))
        except Irregular:
            if table.repair is None:
                raise
        table = table.repair()  # it shares the temporary files of the first, whose owner closes them
