"""What a reader hands over: an opened table whose cells are read lazily, in batches of bounded size."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from grading.engine.readers.errors import UnreadableFile, parser_detail
from grading.engine.readers.footer import RowGroup
from grading.engine.readers.scratch import Scratch

MAX_COLUMNS = 4096
#: Characters of a column name that are kept; suffixes that make it unique come after them.
LONGEST_NAME = 200
#: A batch holds at most this many cells, whatever the table's width: what bounds memory.
BATCH_CELLS = 4_000_000
BATCH_ROWS = 131_072
#: Row groups of a Parquet file that unpack to more than this are read in batches instead.
GROUP_BYTES = 128 << 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written (W3C CSVW `dialect`). `quote` is None where quoting had to be switched off."""

    delimiter: str
    quote: str | None = '"'


@dataclass(frozen=True, slots=True)
class Text:
    """Where the UTF-8 text of a delimited table is, for whoever reads it byte by byte.

    Records begin at the offset `begin`, the first `header` of them are no data. `original`: it is written as the file
    is; else it was written anew, cleanly.
    """

    path: str
    delimiter: str
    quote: str | None = '"'
    begin: int = 0
    header: int = 1
    original: bool = True


@dataclass(frozen=True, slots=True)
class ColumnHeading:
    """A column as the file names it. `key` is its name in the frame: safe, positional and unique."""

    key: str
    name: str
    original: str
    declared_type: str | None


@dataclass(frozen=True, slots=True)
class ReaderFinding:
    """Something wrong with the file's form. `rows` are data rows from 0, at most `ROWS_KEPT`; `count` counts all."""

    kind: str
    count: int
    rows: tuple[int, ...] = ()
    params: Mapping[str, str | int] = field(default_factory=dict)


ROWS_KEPT = 200


@dataclass(frozen=True)
class Table:
    """An opened table.

    `frame` has one column per heading, named by `key`; CSV, JSON and XLSX cells are String (raw text),
    Parquet cells have their declared types. `records` is the number of records where the reader counted them.
    Keep the object while using `frame`: it owns the temporary files; `close()` releases them.
    """

    format: str
    encoding: str | None
    dialect: Dialect | None
    columns: tuple[ColumnHeading, ...]
    frame: pl.LazyFrame
    findings: tuple[ReaderFinding, ...]
    size_bytes: int
    records: int | None = None
    unreadable_records: int = 0
    #: Reads the same file again by the slow, forgiving way; None where this already is it.
    repair: "Callable[[], Table] | None" = None
    scratch: Scratch = field(default_factory=Scratch)
    #: `gzip` or `zstd` where the file was packed; `format` is that of what was in it.
    packing: str | None = None
    #: The row groups of a Parquet file, in order, as its footer describes them.
    row_groups: tuple[RowGroup, ...] = ()
    #: Where the UTF-8 text of a delimited table is.
    text: Text | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The unique column names, in order."""
        return tuple(column.name for column in self.columns)

    def batch_rows(self) -> int:
        """Rows of a batch: fewer for wide tables."""
        return max(256, min(BATCH_ROWS, BATCH_CELLS // max(1, len(self.columns))))

    def batches(self, first: int = 0, count: int | None = None) -> Iterator[pl.DataFrame]:
        """Every row once, or `count` of them from `first` on, in file order. Raises UnreadableFile where it breaks.

        Row groups of bounded size are read one after the other, which costs less than to have them read ahead.
        """
        until = None if count is None else first + count
        groups = [group for group in self.row_groups if group.first_row >= first]
        groups = [group for group in groups if until is None or group.first_row + group.rows <= until]
        try:
            if groups and max(group.unpacked_bytes for group in groups) <= GROUP_BYTES:
                for start, rows in _gathered(groups, self.batch_rows()):
                    yield self.frame.slice(start, rows).collect()
                return
            frame = self.frame if count is None else self.frame.slice(first, count)
            yield from frame.collect_batches(
                chunk_size=self.batch_rows(), maintain_order=True, engine="streaming", lazy=True
            )
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise UnreadableFile("malformed_table", format=self.format, detail=parser_detail(error)) from error

    def close(self) -> None:
        """Release the temporary files behind the frame."""
        self.scratch.close()

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def _gathered(groups: list[RowGroup], least: int) -> Iterator[tuple[int, int]]:
    """(first row, rows) of consecutive row groups together, until they have `least` rows or fill a batch's memory."""
    start = rows = held = 0
    for group in groups:
        if rows and (rows >= least or held + group.unpacked_bytes > GROUP_BYTES):
            yield start, rows
            rows = held = 0
        start = start if rows else group.first_row
        rows += group.rows
        held += group.unpacked_bytes
    if rows:
        yield start, rows


def unique_headings(originals: list[str]) -> tuple[list[str], list[ReaderFinding]]:
    """Names made unique, non-empty and short: a repeated one gets a suffix `_2`, an empty one its position from 1."""
    seen: set[str] = set(originals)
    used: set[str] = set()
    names: list[str] = []
    findings: list[ReaderFinding] = []
    for position, original in enumerate(originals, start=1):
        name = original.strip().replace("\x00", "\ufffd")
        if len(name) > LONGEST_NAME:
            name = name[:LONGEST_NAME]
            findings.append(ReaderFinding("long_header", 1, (), {"position": position, "limit": LONGEST_NAME}))
        if not name:
            name = f"column_{position}"
            findings.append(ReaderFinding("empty_header", 1, (), {"position": position, "name": name}))
        elif name in used:
            copy = 2
            while f"{name}_{copy}" in seen or f"{name}_{copy}" in used:
                copy += 1
            renamed = f"{name}_{copy}"
            findings.append(ReaderFinding("duplicate_header", 1, (), {"header": name, "name": renamed}))
            name = renamed
        while name in used:
            name += "_"
        used.add(name)
        names.append(name)
    return names, findings
