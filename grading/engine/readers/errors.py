"""The one error readers raise: a stable code and its parameters; surfaces put it into words."""

import re
from collections.abc import Mapping

#: Every code a reader may raise, with the English message template that surfaces translate.
UNREADABLE: Mapping[str, str] = {
    "empty_file": "The file holds no data. Upload a file with a header row and at least one record.",
    "no_header": "The file has no header row. Put the column names in the first line.",
    "not_a_table": "The content is not a table. Upload CSV, TSV, JSON Lines, Parquet or XLSX.",
    "unsupported_format": "Files of the kind %(detected)s are not read. Upload CSV, TSV, JSON Lines, Parquet or XLSX.",
    "truncated_parquet": "The Parquet file is cut off or damaged. Upload it again.",
    "damaged_file": "The %(format)s file is cut off or damaged. Upload it again.",
    "packed_twice": "A %(detected)s archive is packed in the file. Upload the table itself, packed at most once.",
    "protected_workbook": "The workbook is protected by a password. Save it without one and upload it again.",
    "sheet_too_large": "A sheet spans %(cells)s cells; at most %(limit)s are read. Save the table as CSV.",
    "too_many_columns": "The file has %(columns)s columns; at most %(limit)s are accepted.",
    "malformed_table": "The file cannot be parsed as %(format)s: %(detail)s",
    "missing_file": "The file is not there or cannot be opened.",
    "needs_memory": "Reading the file takes more than %(limit)s MiB of memory. Split it, or shorten its cells.",
    "needs_time": "Reading the file takes more than %(limit)s seconds. Split it into smaller files.",
    "expands": "The file unpacks to more than %(limit)s MiB. Upload it in a plainer form.",
    "parser_broken": "The reader broke down over the file. Check that it is whole, or write it anew.",
}


def parser_detail(error: BaseException) -> str:
    """The first line of a parser's message without the data it quotes: errors are stored, values are not."""
    first_line = (str(error).splitlines() or [""])[0]
    return re.sub(r"([`'\"]).*[`'\"]?", "…", first_line)[:200]


class UnreadableFile(Exception):
    """The file cannot be read as a table. `code` is a key of UNREADABLE, `params` fill its message."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params: dict[str, str | int] = params
        super().__init__(UNREADABLE[code] % params)
