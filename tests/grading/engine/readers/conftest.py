"""Opening bytes as a table, and what is in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grading.engine.readers import Table, open_table

Open = Callable[..., Table]
RowsOf = Callable[[Table], list[tuple[Any, ...]]]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens bytes under a file name; options as of `open_table`. The tables are closed in the end."""
    tables: list[Table] = []

    def make(content: bytes, filename: str = "table.csv", **options: Any) -> Table:
        path = tmp_path / "content"
        path.write_bytes(content)
        tables.append(open_table(path, filename=filename, **options))
        return tables[-1]

    yield make
    for table in tables:
        table.close()


@pytest.fixture
def rows_of() -> RowsOf:
    """Every row of a table."""
    return lambda table: [row for batch in table.batches() for row in batch.rows()]
