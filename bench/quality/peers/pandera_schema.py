"""pandera on Polars: type, nullability, range and uniqueness of each column, as they were declared."""

import pandera.polars as pa
import polars as pl

from bench.quality.datasets import DataFile
from bench.quality.peers.polars_files import scan

KINDS = {"integer": pl.Int64, "decimal": pl.Float64, "text": pl.String, "boolean": pl.Boolean, "date": pl.Date}


def run(path: str, file: DataFile) -> dict[str, int]:
    """A DataFrame, not a LazyFrame, of which pandera would look at the types only. Raises if the table is not so."""
    columns = {}
    frame = scan(path, file).collect(engine="streaming")
    for column in file.dataset.columns:
        # Whether an instant has a zone differs between the files; it is taken as found.
        kind = KINDS.get(column.kind, frame.schema[column.name])
        checks = [] if column.low is None else [pa.Check.in_range(column.low, column.high)]
        columns[column.name] = pa.Column(kind, checks, nullable=column.nullable, unique=column.unique)
    checked = pa.DataFrameSchema(columns, strict=True).validate(frame, lazy=True)
    return {"rows": checked.height}
