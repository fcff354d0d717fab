"""How the DuckDB contestants open a file."""

from bench.quality.datasets import DataFile


def relation(path: str, file: DataFile) -> str:
    """The table function to select from: CSV with all types that DuckDB infers, text columns named as text."""
    if file.format == "parquet":
        return f"read_parquet('{path}')"
    texts = ", ".join(f"'{column.name}': 'VARCHAR'" for column in file.dataset.columns if column.kind == "text")
    return f"read_csv('{path}', header = true, nullstr = '{file.dataset.null_text}', types = {{{texts}}})"
