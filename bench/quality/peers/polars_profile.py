"""A profile as one lazy query of Polars: nulls, distinct values (estimated), extremes, moments, lengths of text."""

import polars as pl

from bench.quality.datasets import DataFile
from bench.quality.peers.polars_files import scan


def run(path: str, file: DataFile) -> dict[str, int]:
    """One `select` over all columns, streaming."""
    frame = scan(path, file)
    wanted = [pl.len().alias("rows")]
    for name, kind in frame.collect_schema().items():
        cell = pl.col(name)
        wanted += [cell.null_count().alias(f"{name}:nulls"), cell.approx_n_unique().alias(f"{name}:distinct")]
        wanted += [cell.min().alias(f"{name}:min"), cell.max().alias(f"{name}:max")]
        if kind.is_numeric():
            wanted += [cell.mean().alias(f"{name}:mean"), cell.std().alias(f"{name}:std")]
        if kind == pl.String:
            long = cell.str.len_chars()
            wanted += [long.min().alias(f"{name}:short"), long.max().alias(f"{name}:long")]
            wanted += [long.mean().alias(f"{name}:length")]
    found = frame.select(wanted).collect(engine="streaming").row(0, named=True)
    return {"rows": found["rows"], "nulls": sum(value for key, value in found.items() if key.endswith(":nulls"))}
