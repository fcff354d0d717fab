"""How the Polars contestants open a file."""

import polars as pl

from bench.quality.datasets import DataFile


def scan(path: str, file: DataFile, *, dates: bool = True) -> pl.LazyFrame:
    """CSV with all types that Polars infers; text columns that look like numbers are named as text.

    Recognising dates makes parsing half as dear again or dearer: the bare parse leaves them text, as is the default.
    """
    if file.format == "parquet":
        return pl.scan_parquet(path)
    return pl.scan_csv(
        path,
        null_values=file.dataset.null_text,
        try_parse_dates=dates,
        infer_schema_length=10_000,
        schema_overrides={column.name: pl.String for column in file.dataset.columns if column.kind == "text"},
    )
