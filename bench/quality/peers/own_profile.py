"""The profile of this project, as it is asked for: opened, read once, described."""

from pathlib import Path

from bench.quality.datasets import DataFile
from grading.engine.profile import profile_table
from grading.engine.readers import open_table


def run(path: str, file: DataFile) -> dict[str, int]:
    """Nulls: empty cells and stand-ins for absence, which is where the other readers' `NA` is."""
    with open_table(Path(path), filename=file.key, trusting=True) as table:
        profile = profile_table(table)
    return {"rows": profile.rows, "nulls": sum(column.nulls + column.placeholders for column in profile.columns)}
