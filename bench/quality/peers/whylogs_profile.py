"""whylogs: sketches of every column, from pandas, part by part as its documentation does for large files."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from whylogs.core import DatasetProfile

from bench.quality.datasets import DataFile
from bench.quality.peers.pandas_files import options

PART = 131_072


def run(path: str, file: DataFile) -> dict[str, int]:
    """Counts, types, distinct values, distribution and frequent items of each column."""
    profile = DatasetProfile()
    for part in parts(path, file):
        profile.track(part)
    frame = profile.view().to_pandas()
    return {"rows": int(frame["counts/n"].max()), "nulls": int(frame["counts/null"].sum())}


def parts(path: str, file: DataFile) -> Iterator[Any]:
    """DataFrames of at most PART rows."""
    if file.format == "csv":
        yield from pd.read_csv(path, chunksize=PART, **options(file))
        return
    for batch in pq.ParquetFile(path).iter_batches(batch_size=PART):
        yield batch.to_pandas()
