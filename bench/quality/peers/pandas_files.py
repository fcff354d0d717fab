"""How the contestants that work on pandas open a file."""

from typing import Any

import pandas as pd

from bench.quality.datasets import DataFile


def options(file: DataFile) -> dict[str, Any]:
    """Of `read_csv`: the same cells are null as for the others, dates are dates, text columns are text."""
    columns = file.dataset.columns
    return {
        "keep_default_na": False,
        "na_values": [file.dataset.null_text],
        "parse_dates": [column.name for column in columns if column.kind in ("date", "datetime")],
        "dtype": {column.name: str for column in columns if column.kind == "text"},
    }


def read(path: str, file: DataFile) -> Any:
    """The whole file as a DataFrame."""
    return pd.read_parquet(path) if file.format == "parquet" else pd.read_csv(path, **options(file))
