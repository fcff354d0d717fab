"""One pass over a table: its profile, and the bounded samples that quality and sensitivity look at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from grading.engine.kernel import Status
from grading.engine.profile.describe import SURELY_FREQUENT, Cells, describe_columns
from grading.engine.profile.gather import Irregular, gather
from grading.engine.profile.model import CandidateKey, ColumnProfile, Profile, Quantity
from grading.engine.profile.parts import TablePart
from grading.engine.readers import ReaderFinding, Table

Progress = Callable[[float, str], None]

#: Kinds of records that the kernel notes, with the findings they become.
FORM: Final[tuple[tuple[str, str, Mapping[str, str]], ...]] = (
    ("longer", "ragged_row", {"fields": "long"}),
    ("shorter", "ragged_row", {"fields": "short"}),
    ("blank", "blank_row", {}),
    ("broken_lines", "embedded_line_break", {}),
)


@dataclass(frozen=True)
class Sample:
    """Distinct values of a column, classified: `value`, `count`, `row`, `text`, `kind`, `number`, `instant`.

    All of them, or a uniform sample, with exact counts; each value in it stands for `scale` values of the column, which
    says much of rare ones and little of frequent ones. For those there is `cells`: the values of all cells, or of those
    of a uniform sample of rows. Holds the data itself: never store it.
    """

    frame: pl.DataFrame
    scale: float
    cells: Cells

    def count(self, chosen: pl.Expr) -> int:
        """Cells whose value is chosen: from the drawn ones, or where these are too few from the distinct values."""
        drawn = int(self.cells.frame.filter(chosen).get_column("count").sum())
        if self.complete or drawn >= SURELY_FREQUENT:
            return round(drawn * self.cells.scale)
        return round(int(self.frame.filter(chosen).get_column("count").sum()) * self.scale)

    @property
    def complete(self) -> bool:
        """All distinct values are here."""
        return self.scale == 1.0


@dataclass(frozen=True)
class Study:
    """A profile and the samples it was made from, by column name.

    `rows`: `row`, then the cells of `c0`, `c1` … as they were read; all rows, or a uniform sample of them. It holds the
    data itself: never store it.
    """

    profile: Profile
    samples: Mapping[str, Sample]
    rows: pl.DataFrame


def profile_table(table: Table, *, progress: Progress | None = None) -> Profile:
    """The profile alone. See `study_table`."""
    return study_table(table, progress=progress).profile


def study_table(table: Table, *, progress: Progress | None = None) -> Study:
    """Read every row once, in bounded memory. `progress` is called with a share from 0 to 1 and a stage code.

    A delimited file that turns out to be irregular halfway is read again the forgiving way. Raises UnreadableFile.
    """
    while True:
        try:
            return _study(table, progress)
        except Irregular:
            if table.repair is None:
                raise
        # The repaired table shares the temporary files of the first, whose owner closes them.
        table = table.repair()


def _study(table: Table, progress: Progress | None) -> Study:
    def reading(share: float) -> None:
        if progress is not None:
            progress(0.9 * share, "reading")

    return study_part(table, gather(table, progress=reading), progress=progress)


def study_part(table: Table, part: TablePart, *, progress: Progress | None = None) -> Study:
    """The study of a table of which everything was gathered. `table` gives headings and findings."""
    # A damaged file may also end early without an error: what was not read must not pass for complete.
    if table.records is not None and part.rows != table.records:
        raise Irregular(table.format, Status.UNREADABLE_INPUT)

    def describing(share: float) -> None:
        if progress is not None:
            progress(0.9 + 0.1 * share, "describing")

    described = describe_columns(table.columns, part, progress=describing)
    columns = [column.profile for column in described]
    samples = {
        heading.name: Sample(column.values.frame, column.values.scale, column.cells)
        for heading, column in zip(table.columns, described, strict=True)
    }
    count, error, examples = part.repeats.result()
    profile = Profile(
        format=table.format,
        encoding=table.encoding,
        delimiter=table.dialect.delimiter if table.dialect else None,
        size_bytes=table.size_bytes,
        rows=part.rows,
        columns=tuple(columns),
        empty_rows=part.empty_rows,
        duplicate_rows=Quantity(count, error == 0.0, error),
        duplicate_examples=examples,
        candidate_keys=_keys(columns, part),
        unreadable_records=table.unreadable_records,
        reader_findings=(*table.findings, *_form_findings(table, part)),
    )
    return Study(profile, samples, part.drawn.rows.drop("hash", "size"))


def _form_findings(table: Table, part: TablePart) -> Iterator[ReaderFinding]:
    """What the kernel noticed of the file's form and the reader had not said."""
    if table.text is None or not table.text.original:
        return
    said = {finding.kind for finding in table.findings}
    for name, kind, params in FORM:
        noted = part.form.get(name)
        if noted is not None and noted.count and kind not in said:
            yield ReaderFinding(kind, noted.count, noted.rows, params)
    if part.nul_bytes and "nul_bytes" not in said:
        yield ReaderFinding("nul_bytes", part.nul_bytes)


def _keys(columns: list[ColumnProfile], part: TablePart) -> tuple[CandidateKey, ...]:
    """Single columns whose every cell has a value of its own; fractions and free text do not name records."""
    keys = []
    rows = part.rows
    for column, gathered in zip(columns, part.columns, strict=True):
        if rows < 2 or column.values != rows or column.inferred_type in ("decimal", "structure", "boolean"):
            continue
        if column.lengths is not None and column.lengths.mean > 64:
            continue
        if column.distinct.exact:
            if column.distinct.value == rows:
                keys.append(CandidateKey((column.name,), True))
        elif (
            gathered.values.get_column("count").max() == 1
            and abs(column.distinct.value - rows) <= 4 * column.distinct.error * rows
        ):
            keys.append(CandidateKey((column.name,), False))
    return tuple(keys)
