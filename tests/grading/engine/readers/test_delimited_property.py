"""Whatever a standard writer writes, the reader gives back; no bytes make it fail other than by its own error."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.profile import study_table
from grading.engine.readers import UnreadableFile, open_table

CELL = st.text(alphabet=st.sampled_from(list('ab1,;"\n\t 张é-')), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12), ends=st.sampled_from(["\n", "\r\n"])
)
def test_written_tables_come_back(tmp_path: Path, rows: list[list[str]], ends: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=ends, quoting=csv.QUOTE_ALL)
    writer.writerows([["first", "second", "third"], *rows])
    path = tmp_path / "table"
    path.write_bytes(buffer.getvalue().encode())

    with open_table(path, filename="table.csv") as table:
        read = [[cell or "" for cell in row] for batch in table.batches() for row in batch.rows()]
        ragged = [finding for finding in table.findings if finding.kind in ("ragged_row", "blank_row")]

    assert read == rows
    assert table.records == len(rows)
    assert ragged == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(alphabet='a1,;"\n\r\t{}[]: \x00张', max_size=80).map(str.encode))
def test_no_bytes_raise_anything_but_the_readers_own_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table"
    path.write_bytes(content)
    for filename in ("t.csv", "t.jsonl", "t.parquet"):
        try:
            with open_table(path, filename=filename) as table:
                profile = study_table(table).profile
        except UnreadableFile:
            continue
        for column in profile.columns:
            assert column.nulls + column.placeholders + column.values == profile.rows
            assert 0 <= column.nonconforming <= column.values


@pytest.mark.parametrize("width", [1, 2, 7])
def test_a_header_alone_is_a_table_without_records(tmp_path: Path, width: int) -> None:
    path = tmp_path / "table"
    path.write_text(",".join(f"c{place}" for place in range(width)))
    with open_table(path, filename="t.csv") as table:
        assert (table.records, len(table.columns)) == (0, width)
        assert study_table(table).profile.rows == 0
