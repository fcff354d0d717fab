"""Apache Parquet as a table of declared types."""

import polars as pl

from grading.engine.readers.errors import UnreadableFile
from grading.engine.readers.footer import BadFooter, RowGroup, read_row_groups
from grading.engine.readers.scratch import Scratch
from grading.engine.readers.table import MAX_COLUMNS, ColumnHeading, Table, unique_headings


def open_parquet(path: str, size_bytes: int, scratch: Scratch) -> Table:
    """Nested and binary cells are handed over as JSON and hexadecimal text. Raises UnreadableFile if damaged.

    `row_groups` is empty where the footer is read by Polars and not by `footer`.
    """
    try:
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        schema = frame.collect_schema()
        records = int(frame.select(pl.len()).collect(engine="streaming").item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise UnreadableFile("truncated_parquet") from error
    if not schema:
        raise UnreadableFile("no_header")
    if len(schema) > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", columns=len(schema), limit=MAX_COLUMNS)
    originals = schema.names()
    names, findings = unique_headings(originals)
    headings = tuple(
        ColumnHeading(f"c{position}", name, original, str(schema[original]).lower())
        for position, (name, original) in enumerate(zip(names, originals, strict=True))
    )
    expressions = [
        _plain_text(pl.nth(position), schema[heading.original]).alias(heading.key)
        for position, heading in enumerate(headings)
    ]
    return Table(
        format="parquet",
        encoding=None,
        dialect=None,
        columns=headings,
        frame=frame.select(expressions),
        findings=tuple(findings),
        size_bytes=size_bytes,
        records=records,
        scratch=scratch,
        row_groups=_row_groups(path, records),
    )


def _row_groups(path: str, records: int) -> tuple[RowGroup, ...]:
    try:
        with open(path, "rb") as file:
            groups = read_row_groups(file)
    except BadFooter:
        return ()
    return groups if sum(group.rows for group in groups) == records else ()


def _plain_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_nested():
        return pl.when(column.is_not_null()).then(pl.struct(value=column).struct.json_encode())
    if dtype == pl.Binary:
        return column.bin.encode("hex")
    if dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    return column
