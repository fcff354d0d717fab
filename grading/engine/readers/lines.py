"""Files rewritten as clean UTF-8 into an unlinked temporary file: other encodings and broken quoting."""

import csv
import io
from typing import IO, Literal

from grading.engine.readers.scratch import Scratch

ROWS_NOTED = 200


def text_of(path: str, encoding: str) -> io.TextIOWrapper:
    """The file as text with line ends as they are; bytes that cannot be decoded become U+FFFD."""
    return open(path, encoding=encoding, errors="replace", newline="")


def transcode(path: str, encoding: str, scratch: Scratch, *, lone_returns: bool) -> IO[bytes]:
    """The same text as UTF-8 without a mark, in bounded memory; lone carriage returns become line feeds if asked."""
    handle = scratch.new()
    carried = ""
    with text_of(path, encoding) as source:
        while chunk := source.read(1 << 20):
            if lone_returns:
                chunk = carried + chunk
                carried = ""
                if chunk.endswith("\r"):
                    chunk, carried = chunk[:-1], "\r"
                chunk = chunk.replace("\r\n", "\n").replace("\r", "\n")
            handle.write(chunk.removeprefix("\ufeff").encode("utf-8", "replace"))
        if carried:
            handle.write(b"\n")
    handle.flush()
    return handle


class Rewritten:
    """A delimited file read by the forgiving `csv` module and written out again strictly.

    `long_rows` and `short_rows` count the records with more or fewer fields than the header.
    """

    def __init__(self) -> None:
        self.records = 0
        self.counts = {"long": 0, "short": 0, "blank": 0}
        self.rows: dict[str, list[int]] = {"long": [], "short": [], "blank": []}

    def note(self, kind: str, row: int) -> None:
        """Count an irregular record; its number is kept if there is room."""
        self.counts[kind] += 1
        if len(self.rows[kind]) < ROWS_NOTED:
            self.rows[kind].append(row)


def rewrite(
    path: str, encoding: str, scratch: Scratch, *, delimiter: str, quoted: bool, width: int
) -> tuple[IO[bytes], Rewritten]:
    """Write every record with exactly `width` fields, comma-separated, quoted where needed, the header left out.

    Short records are padded with empty fields, long ones cut. Raises csv.Error where even csv gives up, for
    instance when an unclosed quote swallows more than the field size limit.
    """
    handle = scratch.new()
    report = Rewritten()
    text = io.TextIOWrapper(handle, encoding="utf-8", errors="replace", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    with text_of(path, encoding) as source:
        reader = csv.reader(source, delimiter=delimiter, quoting=quoting)
        header_seen = False
        for record in reader:
            if not header_seen:
                header_seen = bool(record)
                continue
            if not record:
                report.note("blank", report.records)
            elif len(record) != width:
                report.note("long" if len(record) > width else "short", report.records)
            writer.writerow((record + [""] * width)[:width])
            report.records += 1
    text.flush()
    text.detach()
    handle.flush()
    return handle, report
