"""Data files opened as tables: `open_table` is the one way in."""

from pathlib import Path

from grading.engine.readers.delimited import Source, open_delimited
from grading.engine.readers.errors import UNREADABLE, UnreadableFile
from grading.engine.readers.jsonlines import open_json_lines
from grading.engine.readers.parquet import open_parquet
from grading.engine.readers.scratch import Scratch
from grading.engine.readers.sniff import (
    SAMPLE_BYTES,
    binary_format,
    decode_sample,
    looks_like_json_lines,
    survey_text,
)
from grading.engine.readers.table import ColumnHeading, Dialect, ReaderFinding, Table

__all__ = ["UNREADABLE", "ColumnHeading", "Dialect", "ReaderFinding", "Table", "UnreadableFile", "open_table"]


def open_table(path: Path | str, *, filename: str, scratch: Path | None = None) -> Table:
    """Open a CSV, TSV, JSON Lines or Parquet file, recognised by its content and then by `filename`.

    `path` may be `/proc/self/fd/N` of an unlinked file; it must stay open while the Table is used. Other encodings
    are rewritten as UTF-8 into an unlinked file in the folder `scratch` (default: the system's temporary folder).
    Raises UnreadableFile.
    """
    location = str(path)
    try:
        file = open(location, "rb")  # noqa: SIM115 - entered below, so that only opening is guarded
    except OSError as error:
        raise UnreadableFile("missing_file") from error
    with file:
        head = file.read(SAMPLE_BYTES)
        size = file.seek(0, 2)
        if not head:
            raise UnreadableFile("empty_file")
        file.seek(max(0, size - 8))
        if binary_format(head, file.read()) == "parquet":
            return open_parquet(location, size)
        survey = survey_text(file)
    sample = decode_sample(head, survey.encoding).removeprefix("\ufeff")
    if not sample.strip():
        raise UnreadableFile("empty_file")
    files = Scratch(scratch)
    try:
        if looks_like_json_lines(sample, filename):
            return open_json_lines(location, size, survey, files)
        return open_delimited(Source(location, filename, size, sample, survey, files))
    except BaseException:
        files.close()
        raise
