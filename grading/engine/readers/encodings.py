"""UTF-16 without a byte order mark, told from binary content by what it says when it is decoded."""

import codecs
from typing import Final

UTF16_SAMPLE_BYTES: Final = 64 * 1024
EXPECTED_SHARE: Final = 0.98
"""Characters of tables: of which nearly all of a text must be. Random 16-bit units reach a half."""
DELIMITERS: Final = ",;\t|"
_RANGES: Final = (
    (0x20, 0x7E),
    (0xA0, 0x52F),  # Latin, Greek, Cyrillic
    (0x2010, 0x203B),  # dashes, quotation marks
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x2312),  # ℃ № Ⅳ → ≤
    (0x2460, 0x24FF),  # ①
    (0x25A0, 0x26FF),  # □ ○ ★
    (0x3000, 0x30FF),  # 、。《》 and kana
    (0x4E00, 0x9FFF),  # 汉字
    (0xAC00, 0xD7A3),  # Hangul
    (0xFF00, 0xFFEF),  # full-width forms
)


_NAMES: Final = {"utf-8-sig": "utf-8", "cp1252": "windows-1252", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}


def utf16_without_mark(head: bytes) -> str | None:
    """`utf-16-le`, `utf-16-be`, or None for what is no table in UTF-16.

    ASCII-heavy text has a NUL in every second byte, nearly always on the same side. Text that is mostly Chinese has
    few; it must decode without an error into lines of characters that tables are written in, with a delimiter in the
    first of them and no control characters, in one byte order and not in the other. A first line of several columns
    and no NUL is none of UTF-16, where every delimiter has one: what follows it may be as full of NULs as it likes.
    """
    if _begins_in_bytes(head):
        return None
    half = max(1, len(head) // 2)
    if head[1::2].count(0) > half * 0.4 and head[0::2].count(0) < half * 0.05:
        return "utf-16-le"
    if head[0::2].count(0) > half * 0.4 and head[1::2].count(0) < half * 0.05:
        return "utf-16-be"
    if _is_utf8(head):  # read as UTF-16 two ASCII characters are a rare Chinese one, and stray NULs make line ends
        return None
    readings = [codec for codec in ("utf-16-le", "utf-16-be") if _is_table(head[:UTF16_SAMPLE_BYTES], codec)]
    return readings[0] if len(readings) == 1 else None


def _begins_in_bytes(head: bytes) -> bool:
    first, line_end, _ = head.partition(b"\n")
    several = any(delimiter in first for delimiter in DELIMITERS.encode())
    return bool(line_end) and several and 0 not in first and _is_utf8(first)


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _is_table(sample: bytes, codec: str) -> bool:
    if (b"\n\x00" if codec == "utf-16-le" else b"\x00\n") not in sample:
        return False
    try:
        text = codecs.getincrementaldecoder(codec)().decode(sample)
    except UnicodeDecodeError:
        return False
    first, line_end, _ = text.partition("\n")
    if not line_end or not first.strip() or not any(delimiter in first for delimiter in DELIMITERS):
        return False
    if any(ord(character) < 32 and character not in "\t\r\n" for character in text):
        return False
    expected = sum(character in "\t\r\n" or _is_expected(ord(character)) for character in text)
    return expected >= EXPECTED_SHARE * len(text)


def _is_expected(code: int) -> bool:
    return any(low <= code <= high for low, high in _RANGES)


def encoding_name(codec: str) -> str:
    """The name that people know the codec by."""
    return _NAMES.get(codec, codec)
