"""ydata-profiling in its minimal mode: the figures, without rendering the report."""

from ydata_profiling import ProfileReport

from bench.quality.datasets import DataFile
from bench.quality.peers.pandas_files import read


def run(path: str, file: DataFile) -> dict[str, int]:
    """`minimal` leaves out correlations, interactions and missing-value diagrams."""
    table = ProfileReport(read(path, file), minimal=True, progress_bar=False).get_description().table
    return {"rows": table["n"], "nulls": int(table["n_cells_missing"])}
