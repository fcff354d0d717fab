"""What a file is, by its content first and its name second: format, text encoding, delimiter."""

import codecs
import csv
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from grading.engine.readers.encodings import DELIMITERS, utf16_without_mark
from grading.engine.readers.errors import UnreadableFile

SAMPLE_BYTES = 256 * 1024
CHUNK_BYTES = 4 * 1024 * 1024
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"SQLite format 3", "sqlite"),
    (b"ARROW1", "arrow"),
    (b"ORC", "orc"),
    (b"Obj\x01", "avro"),
    (b"\x7fELF", "executable"),
)
#: What has other files in it.
ARCHIVES = {"zip", "gzip", "zstd", "bzip2", "xz", "7z", "rar", "tar"}
TAR_MAGIC = slice(257, 262)
#: The directory entry of an Office file with a password (MS-OFFCRYPTO): an OLE container around the encrypted one.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
TABLE_SUFFIXES = {".csv", ".tsv", ".tab", ".txt", ".psv"}
LINES_SUFFIXES = {".jsonl", ".ndjson"}
#: Bytes that text in any of the accepted encodings does not contain, apart from a stray NUL.
CONTROL = bytes(byte for byte in range(32) if byte not in b"\x00\t\n\x0b\x0c\r\x1b")


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at all bytes of a text file. `encoding` is a Python codec name; counts are exact."""

    encoding: str
    utf8_as_is: bool
    quotes: int
    lone_returns: int
    nul_bytes: int
    undecodable: int


def suffix_of(filename: str) -> str:
    """The lower-case suffix with its dot, or nothing."""
    return Path(filename.replace("\x00", "")).suffix.lower()


def known_binary(head: bytes) -> str | None:
    """The name of a binary format that is not read as it is, by its first bytes."""
    if head[TAR_MAGIC] == b"ustar":
        return "tar"
    return next((name for magic, name in MAGIC if head.startswith(magic)), None)


def binary_format(head: bytes, tail: bytes) -> str | None:
    """`parquet`, `zip`, or None for what may be text. Raises UnreadableFile for every other binary content."""
    if head[:4] == b"PAR1":
        if tail[-4:] not in (b"PAR1", b"PARE"):
            raise UnreadableFile("truncated_parquet")
        return "parquet"
    name = known_binary(head)
    if name == "zip":
        return name
    if name == "xls" and ENCRYPTED_PACKAGE in head:
        raise UnreadableFile("protected_workbook")
    if name is not None:
        raise UnreadableFile("unsupported_format", detected=name)
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and utf16_without_mark(head) is None:
        controls = len(head) - len(head.translate(None, CONTROL))
        if controls > len(head) * 0.01 or head.count(0) > max(16, len(head) * 0.05):
            raise UnreadableFile("unsupported_format", detected="binary")
    return None


def glance_text(head: bytes) -> Survey | None:
    """The survey of a text of which only the beginning was read; None where that is not clean UTF-8."""
    text = head[len(codecs.BOM_UTF8) :] if head.startswith(codecs.BOM_UTF8) else head
    if b"\0" in text or b"\r" in text.replace(b"\r\n", b"").removesuffix(b"\r"):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return None
    encoding = "utf-8" if text is head else "utf-8-sig"
    return Survey(encoding, True, text.count(b'"'), 0, 0, 0)


def survey_text(file: IO[bytes]) -> Survey:
    """Encoding by mark, then UTF-8, then GB18030, then windows-1252; with what the delimited reader must know."""
    file.seek(0)
    head = file.read(SAMPLE_BYTES)
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            encoding = codec
            break
    else:
        encoding = utf16_without_mark(head) or "utf-8"
    wide = encoding.startswith("utf-16")
    quotes = lone_returns = nuls = 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid = not wide
    previous = b""
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        quotes += chunk.count(b'"')
        if not wide:
            nuls += chunk.count(0)
            returns = chunk.count(b"\r")
            if returns:
                lone_returns += returns - chunk.count(b"\r\n")
            if previous == b"\r" and chunk[:1] == b"\n":
                lone_returns -= 1
            if valid and not (chunk.isascii() and not decoder.getstate()[0]):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    valid = False
        previous = chunk[-1:]
    if valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            valid = False
    undecodable = 0
    if not valid and not wide:
        encoding, undecodable = _legacy_encoding(file)
    return Survey(encoding, valid and not wide, quotes, max(0, lone_returns), nuls, undecodable)


def decode_sample(head: bytes, encoding: str) -> str:
    """The start of the file as text, ending at a line end if there is one; broken bytes become U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(head, final=False)
    if len(head) >= SAMPLE_BYTES:
        cut = text.rfind("\n")
        text = text[: cut + 1] if cut > 0 else text
    return text


def looks_like_json_array(text: str) -> bool:
    """An array whose first element is an object."""
    return re.match(r"\s*\[\s*\{", text) is not None


def looks_like_json_lines(text: str, filename: str) -> bool:
    """First line is a JSON object. Raises UnreadableFile for JSON documents and markup, which are not tables."""
    stripped = text.lstrip()
    if stripped.startswith("{"):
        first = stripped.splitlines()[0]
        try:
            return isinstance(json.loads(first), dict)
        except (ValueError, RecursionError):  # broken, or nested deeper than any record is
            if suffix_of(filename) in LINES_SUFFIXES or _has_object_line(stripped):
                return True
            if suffix_of(filename) not in TABLE_SUFFIXES:
                raise UnreadableFile("unsupported_format", detected="json") from None
    if suffix_of(filename) in LINES_SUFFIXES:
        return _has_object_line(stripped)
    if stripped.startswith("[") and suffix_of(filename) in {".json", ".geojson"}:
        raise UnreadableFile("unsupported_format", detected="json")
    if re.match(r"<(\?xml|!doctype|html|svg)", stripped[:200], re.IGNORECASE):
        raise UnreadableFile("unsupported_format", detected="markup")
    return False


def sniff_delimiter(text: str, filename: str) -> str | None:
    """The delimiter under which the first lines agree best on a width above one; None for a single column."""
    best: tuple[float, int, str] | None = None
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in sample_rows(text, delimiter) if row)
        if not widths:
            continue
        width, votes = max(widths.items(), key=lambda item: (item[1], item[0]))
        if width < 2:
            continue
        agreement = votes / sum(widths.values())
        bonus = 0.2 if delimiter == "\t" and suffix_of(filename) in {".tsv", ".tab"} else 0.0
        candidate = (round(agreement + bonus, 2), width, delimiter)
        if best is None or candidate[:2] > best[:2]:
            best = candidate
    return best[2] if best else None


def sample_rows(text: str, delimiter: str, limit: int = 200, *, quoted: bool = True) -> list[list[str]]:
    """The first rows of a sample; stops quietly where the csv module refuses the text."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting):
            rows.append(row)
            if len(rows) >= limit:
                break
    except csv.Error:
        pass
    return rows


def _has_object_line(text: str) -> bool:
    for line in text.splitlines()[:50]:
        try:
            if isinstance(json.loads(line), dict):
                return True
        except (ValueError, RecursionError):
            continue
    return False


def _legacy_encoding(file: IO[bytes]) -> tuple[str, int]:
    """For bytes that are not UTF-8: GB18030 text, UTF-8 text with broken sequences, or windows-1252.

    Text in two encodings, as from files that were put together, is read as UTF-8 and what is not is counted: accented
    letters of windows-1252 hardly ever stand so that they make valid UTF-8.
    """
    broken, other = _decode_counts(file, "utf-8")
    if other and broken <= other * 0.05:
        return "utf-8", broken
    gb_broken, gb_other = _decode_counts(file, "gb18030")
    if gb_broken <= gb_other * 0.01 and _common_chinese_share(file) >= 0.6:
        return "gb18030", gb_broken
    if other > broken * 0.25:
        return "utf-8", broken
    latin_broken, _ = _decode_counts(file, "cp1252")
    return "cp1252", latin_broken


def _decode_counts(file: IO[bytes], encoding: str) -> tuple[int, int]:
    """(replacement characters, other non-ASCII characters) when the file is decoded with replacement."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    file.seek(0)
    broken = other = 0
    while chunk := file.read(CHUNK_BYTES):
        text = decoder.decode(chunk)
        if not text.isascii():
            replaced = text.count("\ufffd")
            broken += replaced
            other += len(text) - len(text.encode("ascii", "ignore")) - replaced
    return broken + decoder.decode(b"", final=True).count("\ufffd"), other


def _common_chinese_share(file: IO[bytes]) -> float:
    """Share of the non-ASCII characters that are first-level GB 2312 characters or Chinese punctuation.

    GB 2312 orders its 3,755 common characters in the rows B0-D7; accented Latin letters misread as GB18030
    fall mostly elsewhere.
    """
    file.seek(0)
    text = codecs.getincrementaldecoder("gb18030")(errors="ignore").decode(file.read(SAMPLE_BYTES))
    foreign = [character for character in text if ord(character) > 127]
    if not foreign:
        return 0.0
    common = 0
    for character in foreign:
        raw = character.encode("gb18030")
        common += len(raw) == 2 and raw[1] >= 0xA1 and (0xB0 <= raw[0] <= 0xD7 or raw[0] in (0xA1, 0xA3))
    return common / len(foreign)
