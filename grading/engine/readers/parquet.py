"""Apache Parquet as a table of declared types."""

import polars as pl
from polars.datatypes import DataTypeClass

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
        ColumnHeading(f"c{position}", name, original, _declared(schema[original]))
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


def _declared(dtype: pl.DataType) -> str:
    return str(dtype.ext_storage() if isinstance(dtype, pl.BaseExtension) else dtype).lower()


def _plain_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The cells as something that can be told apart and shown: of nested types JSON text, else a value or its text."""
    column, dtype = _storage(column, dtype)
    if not dtype.is_nested():
        return _plain_value(column, dtype)
    return pl.when(column.is_not_null()).then(pl.struct(value=_encodable(column, dtype)).struct.json_encode())


def _plain_value(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Binary:
        return column.bin.encode("hex")
    if dtype == pl.Duration:
        return column.dt.to_string("iso")
    if dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    return column


def _storage(column: pl.Expr, dtype: pl.DataType) -> tuple[pl.Expr, pl.DataType]:
    """The plain type below an extension type such as arrow.json."""
    if isinstance(dtype, pl.BaseExtension):
        return column.ext.storage(), _dtype(dtype.ext_storage())
    return column, dtype


def _encodable(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A nested column whose inner values the JSON encoder knows; as it is where it knows them anyway."""
    column, dtype = _storage(column, dtype)
    if not _is_awkward(dtype):
        return column
    if isinstance(dtype, pl.Struct):
        fields = (_encodable(column.struct.field(f.name), _dtype(f.dtype)).alias(f.name) for f in dtype.fields)
        return pl.when(column.is_not_null()).then(pl.struct(*fields))
    if isinstance(dtype, pl.Array):
        column, dtype = column.arr.to_list(), pl.List(dtype.inner)
    if isinstance(dtype, pl.Map):
        column, dtype = column.map.entries(), pl.List(pl.Struct({"key": dtype.key, "value": dtype.value}))
    if isinstance(dtype, pl.List):
        return column.list.eval(_encodable(pl.element(), _dtype(dtype.inner)))
    return _plain_value(column, dtype)


def _is_awkward(dtype: pl.DataType) -> bool:
    inner: list[pl.DataType | DataTypeClass] = []
    if isinstance(dtype, pl.Struct):
        inner = [field.dtype for field in dtype.fields]
    elif isinstance(dtype, pl.List | pl.Array):
        inner = [dtype.inner]
    elif isinstance(dtype, pl.Map):
        inner = [dtype.key, dtype.value]
    return isinstance(dtype, pl.Binary | pl.Duration | pl.BaseExtension) or any(map(_is_awkward, map(_dtype, inner)))


def _dtype(dtype: pl.DataType | DataTypeClass) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype
