"""DuckDB reads the file and counts the nulls of every column."""

import duckdb

from bench.quality.datasets import DataFile
from bench.quality.peers.duckdb_files import relation


def run(path: str, file: DataFile) -> dict[str, int]:
    """One SELECT of counts."""
    counts = ", ".join(f'count(*) - count("{column.name}")' for column in file.dataset.columns)
    found = duckdb.execute(f"SELECT count(*), {counts} FROM {relation(path, file)}").fetchone()  # noqa: S608 - our own names
    return {"rows": found[0], "nulls": sum(found[1:])}
