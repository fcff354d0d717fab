"""Some columns of a table file, written anew as UTF-8 CSV in bounded memory: what an original with fewer columns is.

Cells are what the reader gives, as text, unchanged: nothing is masked, and nothing is put before what a spreadsheet
would run, as it is not in a whole original either. What the file holds beside the table (other sheets of a workbook,
metadata, comments) stays behind.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

from grading.engine.readers import Table, UnreadableFile, open_table
from marketplace.delivery.engine.masking import MaskingError, as_text
from marketplace.delivery.engine.rules import KEEP


@dataclass(frozen=True, slots=True)
class ExtractReport:
    """What was written: how many rows, and that each of its columns was kept as it is."""

    rows: int
    columns: dict[str, str]


def extract_file(
    source_path: Path | str,
    *,
    filename: str,
    kept: Collection[str],
    sink_path: Path | str,
    scratch: Path | None = None,
) -> ExtractReport:
    """Write those columns of a table file that are among `kept` to `sink_path`, in the order of the file.

    All of them where `kept` is empty. `filename` and `scratch` as in `open_table`. Raises MaskingError (nothing_kept)
    and UnreadableFile; nothing is left in the sink then.
    """
    with open(sink_path, "wb") as sink:
        try:
            with open_table(source_path, filename=filename, scratch=scratch) as table:
                return _write_or_repair(table, kept, sink)
        except BaseException:
            sink.seek(0)
            sink.truncate()
            raise


def _write_or_repair(table: Table, kept: Collection[str], sink: IO[bytes]) -> ExtractReport:
    try:
        return _write(table, kept, sink)
    except UnreadableFile:
        if table.repair is None:
            raise
    sink.seek(0)
    sink.truncate()
    # the forgiving reader gives the same headings; only the rows are read another way
    with table.repair() as repaired:
        return _write(repaired, kept, sink)


def _write(table: Table, kept: Collection[str], sink: IO[bytes]) -> ExtractReport:
    wanted = frozenset(kept)
    headings = [heading for heading in table.columns if not wanted or heading.name in wanted]
    if not headings:
        raise MaskingError("nothing_kept")
    header = [pl.Series(str(place), [heading.name]) for place, heading in enumerate(headings)]
    pl.DataFrame(header).write_csv(sink, include_header=False)
    rows = 0
    for batch in table.batches():
        frame = pl.DataFrame([as_text(batch.get_column(heading.key)) for heading in headings])
        rows += frame.height
        frame.write_csv(sink, include_header=False)
    return ExtractReport(rows=rows, columns={heading.name: KEEP for heading in headings})
