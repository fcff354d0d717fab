"""The least that can be asked of a parser: Polars reads the file with its streaming engine and counts nulls."""

import polars as pl

from bench.quality.datasets import DataFile
from bench.quality.peers.polars_files import scan


def run(path: str, file: DataFile) -> dict[str, int]:
    """Null count of every column."""
    found = scan(path, file, dates=False).select(pl.len().alias("rows of the table"), pl.all().null_count())
    rows, *nulls = found.collect(engine="streaming").row(0)
    return {"rows": rows, "nulls": sum(nulls)}
