"""One pass over a table: its profile, and the bounded samples that quality and sensitivity look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from grading.engine.profile.describe import describe_column
from grading.engine.profile.gather import ColumnGatherer
from grading.engine.profile.model import CandidateKey, ColumnProfile, Profile, Quantity
from grading.engine.profile.repeats import RowRepeats
from grading.engine.readers import Table, UnreadableFile

Progress = Callable[[float, str], None]

#: Distinct values kept over all columns, and at most of one column.
VALUES_KEPT = 2_000_000
VALUES_KEPT_OF_COLUMN = 32_768


@dataclass(frozen=True)
class Sample:
    """Distinct values of a column, classified: `value`, `count`, `row`, `text`, `kind`, `number`, `instant`.

    All of them, or a uniform sample; each cell in it stands for `scale` cells of the column. Holds the data itself:
    never store it.
    """

    frame: pl.DataFrame
    scale: float

    @property
    def complete(self) -> bool:
        """All distinct values are here."""
        return self.scale == 1.0


@dataclass(frozen=True)
class Study:
    """A profile and the samples it was made from, by column name."""

    profile: Profile
    samples: Mapping[str, Sample]


def profile_table(table: Table, *, progress: Progress | None = None) -> Profile:
    """The profile alone. See `study_table`."""
    return study_table(table, progress=progress).profile


def study_table(table: Table, *, progress: Progress | None = None) -> Study:
    """Read every row once, in bounded memory. `progress` is called with a share from 0 to 1 and a stage code.

    A delimited file that turns out to be irregular halfway is read again the forgiving way. Raises UnreadableFile.
    """
    try:
        return _study(table, progress)
    except (UnreadableFile, _Miscounted):
        if table.repair is None:
            raise
    # The repaired table shares the temporary files of the first, whose owner closes them.
    return _study(table.repair(), progress)


class _Miscounted(UnreadableFile):
    """The parser and the count of records disagree: the quoting was misunderstood."""

    def __init__(self, name: str) -> None:
        super().__init__("malformed_table", format=name, detail="records cannot be told apart")


def _study(table: Table, progress: Progress | None) -> Study:
    schema = table.frame.collect_schema()
    width = len(table.columns)
    limit = max(512, min(VALUES_KEPT_OF_COLUMN, VALUES_KEPT // max(1, width)))
    gatherers = [
        ColumnGatherer(schema[heading.key], _is_nested(heading.declared_type), limit) for heading in table.columns
    ]
    repeats = RowRepeats()
    rows = empty_rows = 0
    for batch in table.batches():
        for gatherer, cells in zip(gatherers, batch.get_columns(), strict=True):
            gatherer.update(cells, rows)
        empty_rows += int(batch.select(pl.all_horizontal(pl.all().is_null())).to_series().sum())
        repeats.update(batch, rows)
        rows += batch.height
        if progress is not None:
            progress(_share(rows, table.records) * 0.9, "reading")
    # A damaged file may also end early without an error: what was not read must not pass for complete.
    if table.records is not None and rows != table.records:
        raise _Miscounted(table.format)
    columns: list[ColumnProfile] = []
    samples: dict[str, Sample] = {}
    for place, (heading, gatherer) in enumerate(zip(table.columns, gatherers, strict=True)):
        column, frame, scale = describe_column(heading, gatherer)
        columns.append(column)
        samples[heading.name] = Sample(frame, scale)
        if progress is not None:
            progress(0.9 + 0.1 * (place + 1) / width, "describing")
    count, error, examples = repeats.result()
    profile = Profile(
        format=table.format,
        encoding=table.encoding,
        delimiter=table.dialect.delimiter if table.dialect else None,
        size_bytes=table.size_bytes,
        rows=rows,
        columns=tuple(columns),
        empty_rows=empty_rows,
        duplicate_rows=Quantity(count, error == 0.0, error),
        duplicate_examples=examples,
        candidate_keys=_keys(columns, gatherers, rows),
        unreadable_records=table.unreadable_records,
        reader_findings=table.findings,
    )
    return Study(profile, samples)


def _keys(columns: list[ColumnProfile], gatherers: list[ColumnGatherer], rows: int) -> tuple[CandidateKey, ...]:
    """Single columns whose every cell has a value of its own; fractions and free text do not name records."""
    keys = []
    for column, gatherer in zip(columns, gatherers, strict=True):
        if rows < 2 or column.values != rows or column.inferred_type in ("decimal", "structure", "boolean"):
            continue
        if column.lengths is not None and column.lengths.mean > 64:
            continue
        if column.distinct.exact:
            if column.distinct.value == rows:
                keys.append(CandidateKey((column.name,), True))
        elif gatherer.unrepeated() and abs(column.distinct.value - rows) <= 4 * column.distinct.error * rows:
            keys.append(CandidateKey((column.name,), False))
    return tuple(keys)


def _is_nested(declared: str | None) -> bool:
    return declared is not None and (
        declared in ("object", "array") or declared.startswith(("list", "struct", "array"))
    )


def _share(rows: int, records: int | None) -> float:
    return min(1.0, rows / records) if records else 0.5
