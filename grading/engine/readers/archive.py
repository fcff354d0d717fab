"""An XLSX file's parts (ECMA-376, a ZIP archive of XML) checked and written out without compression.

The library that reads workbooks unpacks whatever an archive holds and lays a sheet out cell by cell, wherever its
corners are. It is given an archive that was written here, of parts that were counted while they were unpacked, and
whose sheets are as large as they say.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

from grading.engine.readers.errors import UnreadableFile
from grading.engine.readers.packing import MIB, Meter
from grading.engine.readers.scratch import Scratch

PIECE: Final = MIB
MOST_CELLS: Final = 20_000_000
"""Cells between the corners of a sheet: 640 MB where they are laid out. A full sheet has 17 thousand million."""
LARGEST_DIRECTORY: Final = 16 * MIB
KINDS: Final = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods", "word/document.xml": "docx"}
"""What an archive is, by a part that only it has."""
_END: Final = b"PK\x05\x06"
_SPACES: Final = (b" ", b"\t", b"\n", b"\r")
_UNUSUAL: Final = (
    b"'",
    b"\tr",
    b"\nr",
    b"\rr",
    *(space + b"=" for space in _SPACES),
    *(b"=" + space for space in _SPACES),
)
"""One of these is in every attribute `r` that is not written as Excel writes it, ` r="`."""
_USUAL_COLUMN: Final = re.compile(rb' r="([A-Za-z]{1,8})')
_USUAL_ROW: Final = re.compile(rb' r="[A-Za-z]{0,8}([0-9]{1,12})')
_ANY_COLUMN: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,8})")
_ANY_ROW: Final = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]{0,8}([0-9]{1,12})")
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
"""What reading an archive raises that is cut off, changed or from elsewhere; ValueError for names that are no text."""
_ERROR: Final = re.compile(rb"(<(?:\w+:)?c\b[^>]*\st\s*=\s*[\"'])e([\"'])")
"""The type of a cell that holds an error. The library would leave it out; read as text it says `#REF!`."""


def stored_workbook(file: IO[bytes], scratch: Scratch, *, limit: int) -> IO[bytes]:
    """The XML parts of the workbook in a ZIP archive without compression, at most `limit` bytes.

    Raises UnreadableFile: unsupported_format (another kind of archive), protected_workbook, expands, damaged_file,
    sheet_too_large.
    """
    _refuse_a_huge_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = {part.filename: part for part in archive.infolist()}
            kind = next((name for part, name in KINDS.items() if part in parts), "zip")
            if kind != "xlsx":
                raise UnreadableFile("unsupported_format", detected=kind)
            wanted = [part for name, part in parts.items() if name.endswith((".xml", ".rels"))]
            if any(part.flag_bits & 1 for part in wanted):
                raise UnreadableFile("protected_workbook")
            if any(part.header_offset < 0 for part in wanted):  # before the file begins, where seeking is an OSError
                raise UnreadableFile("damaged_file", format="xlsx")
            Meter(limit).add(sum(part.file_size for part in wanted))  # what the directory says; then what there is
            return _written_out(archive, wanted, scratch, Meter(limit))
    except _DAMAGED as error:
        raise UnreadableFile("damaged_file", format="xlsx") from error


def _refuse_a_huge_directory(file: IO[bytes]) -> None:
    """Before it is read into memory: the length that the end record gives (APPNOTE 4.3.16)."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or int.from_bytes(tail[place + 12 : place + 16], "little") > LARGEST_DIRECTORY:
        raise UnreadableFile("damaged_file", format="xlsx")


def _written_out(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], scratch: Scratch, meter: Meter) -> IO[bytes]:
    handle = scratch.new()
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_STORED) as stored:
        for part in parts:
            sheet = part.filename.startswith("xl/worksheets/")
            extent = _Extent()
            copy = zipfile.ZipInfo(part.filename)
            copy.file_size = part.file_size + part.file_size // 8  # whether it takes the fields of large files
            with archive.open(part) as source, stored.open(copy, "w") as sink:
                pieces = _pieces(source, meter)
                for piece in _whole_tags(pieces) if sheet else pieces:
                    if sheet:
                        extent.add(piece)
                        piece = _ERROR.sub(rb"\1str\2", piece) if _may_hold_errors(piece) else piece
                    sink.write(piece)
    handle.seek(0)
    return handle


def _pieces(source: IO[bytes], meter: Meter) -> Iterator[bytes]:
    while piece := source.read(PIECE):
        meter.add(len(piece))
        yield piece


def _whole_tags(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut before tags; a tag longer than a few pieces is cut all the same."""
    carried = b""
    for piece in pieces:
        text = carried + piece
        cut = text.rfind(b"<")
        cut = cut if cut > 0 else len(text) if len(text) > 4 * PIECE else 0
        carried = text[cut:]
        if cut:
            yield text[:cut]
    yield carried


def _may_hold_errors(piece: bytes) -> bool:
    return b'"e"' in piece or b"'e'" in piece


class _Extent:
    """How far down and right the cells of a sheet lie, by their references. `add` raises UnreadableFile past the limit.

    References are found without parsing the XML, so that nothing that looks like one is missed.
    """

    def __init__(self) -> None:
        self._rows = self._tags = self._columns = 0

    def add(self, text: bytes) -> None:
        """The next bytes of the sheet, tags whole."""
        self._tags += text.count(b"<row") + text.count(b":row")
        usual = not any(mark in text for mark in _UNUSUAL)
        row, column = (_USUAL_ROW, _USUAL_COLUMN) if usual else (_ANY_ROW, _ANY_COLUMN)  # four times as fast
        self._rows = max(self._rows, max(map(int, set(row.findall(text))), default=0))
        self._columns = max(self._columns, max(map(_column_number, set(column.findall(text))), default=0))
        cells = max(self._rows, self._tags) * self._columns
        if cells > MOST_CELLS:
            raise UnreadableFile("sheet_too_large", cells=cells, limit=MOST_CELLS)


def _column_number(letters: bytes) -> int:
    """A: 1, Z: 26, AA: 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
