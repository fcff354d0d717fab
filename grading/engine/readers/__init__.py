"""Data files opened as tables: `open_table` is the one way in."""

from grading.engine.readers.errors import UNREADABLE, UnreadableFile
from grading.engine.readers.footer import ColumnChunk, RowGroup
from grading.engine.readers.opening import open_table
from grading.engine.readers.table import ColumnHeading, Dialect, ReaderFinding, Table, Text

__all__ = [
    "UNREADABLE",
    "ColumnChunk",
    "ColumnHeading",
    "Dialect",
    "ReaderFinding",
    "RowGroup",
    "Table",
    "Text",
    "UnreadableFile",
    "open_table",
]
