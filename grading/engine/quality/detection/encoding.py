"""Text that went through a wrong decoding: `MÃ¼nchen`, `浣犲ソ`, `Ðœoсква`; and characters that were lost on the way.

The wrong decoding is undone: if the bytes that it must have come from are valid UTF-8 (or for Western signs GBK), which
text that was never harmed hardly ever is, the finding shows how the value was meant.
"""

import re
from collections.abc import Iterator
from typing import Final

from grading.engine.profile.kinds import BROKEN
from grading.engine.quality.detection.column import Charge, Column

#: What UTF-8 is mistaken for; the names are those that people know the encodings by.
MISREAD: Final = (("cp1252", "Windows-1252"), ("latin-1", "ISO 8859-1"), ("cp1251", "Windows-1251"))
NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
LOST: Final = re.compile(r"[^\W\d_]\?+[^\W\d_]")
CONTROL: Final = re.compile(BROKEN)
ADDRESS: Final = re.compile(r"[/=&@]")
LONGEST: Final = 512
IN_USE: Final = re.compile(
    r"[\u00a0-\u017f\u01a0\u01a1\u01af\u01b0\u01cd-\u01dc\u0218-\u021b\u0386-\u03ce\u0400-\u045f\u0490-\u04ff"
    r"\u05d0-\u05ea\u0600-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1e00-\u1eff\u2000-\u206f\u20a0-\u20bf\u2100-\u27ff"
    r"\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef\U0001f300-\U0001faff]+"
)
"""Signs that tables are written with: of other scripts only those in which one writes today."""
WESTERN: Final = "\u0250"


def find_broken(column: Column) -> Iterator[Charge]:
    """Values with wrongly decoded, replaced or lost characters."""
    if column.joined.isascii() and "?" not in column.joined and not CONTROL.search(column.joined):
        return
    asking = 0
    lost = []
    for place in column.present:
        value = column.texts[place][:LONGEST]
        if CONTROL.search(value):
            yield Charge(place, "broken_text", 0.95, _params(column, place))
        elif NOT_ASCII.search(value):
            if (meant := undone(value)) is not None:
                encoding, repaired = meant
                params = {**_params(column, place), "encoding": encoding, "repaired": repaired[:120]}
                yield Charge(place, "wrong_encoding", 0.95, params)
        elif "?" in value:
            asking += column.counts[place]
            if LOST.search(value) and not ADDRESS.search(value):
                lost.append(place)
    # Where many values have a question mark, it is one.
    if asking <= 0.1 * column.cells:
        for place in lost:
            yield Charge(place, "broken_text", 0.7, _params(column, place))


def undone(value: str) -> tuple[str, str] | None:
    """(encoding that UTF-8 or GBK was mistaken for, what was meant), or None where nothing was."""
    for codec, name in MISREAD:
        meant = _recoded(value, codec, "utf-8")
        if meant is not None and len(meant) < len(value) and _plausible(value, meant):
            return name, meant
    if (meant := _from_gbk(value)) is not None:
        return "GBK", meant
    if (meant := _recoded(value, "latin-1", "gbk")) is not None and _plainly_chinese(value, meant):
        return "ISO 8859-1", meant
    return None


def _recoded(value: str, wrong: str, right: str) -> str | None:
    """The value as `right` where it was read as `wrong`."""
    try:
        raw = b"".join(_bytes_of(sign, wrong) for sign in value)
        return raw.decode(right)
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def _plausible(value: str, meant: str) -> bool:
    """Not a right short word whose bytes happen to be valid: `Ні`, `Úž`.

    What comes out is written today; a single sign that does is Western, or stood there as no letter.
    """
    signs = NOT_ASCII.findall(meant)
    if not IN_USE.fullmatch("".join(signs)):
        return False
    return len(signs) > 1 or signs[0] < WESTERN or not "".join(NOT_ASCII.findall(value)).isalpha()


def _bytes_of(sign: str, codec: str) -> bytes:
    """cp1252 leaves five bytes open, which readers keep as control characters."""
    try:
        return sign.encode(codec)
    except UnicodeEncodeError:
        if codec.startswith("cp125") and "\x80" <= sign <= "\x9f":
            return sign.encode("latin-1")
        raise


def _from_gbk(value: str) -> str | None:
    """UTF-8 that was read as GBK: what comes out has rarer signs, and more of them, than what was meant."""
    chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in value)
    if chinese < 3:
        return None
    text = value.rstrip("?\ufffd")
    try:
        raw = text.encode("gbk")
    except UnicodeEncodeError:
        return None
    for cut in (0, 1, 2) if len(text) < len(value) else (0,):
        try:
            meant = raw[: len(raw) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return meant if _common(meant) > _common(value) and _common(meant) >= 0.8 else None
    return None


def _plainly_chinese(value: str, meant: str) -> bool:
    """Western text has no run of accented signs that happens to be common Chinese."""
    high = sum(sign > "\x7f" for sign in value)
    chinese = sum(sign > "\x7f" for sign in meant)
    return chinese >= 2 and high == 2 * chinese and _common(meant) >= 0.8


def _common(text: str) -> float:
    """Share of the signs beyond ASCII that are in the first level of GB 2312, the 3,755 most used."""
    signs = [sign for sign in text if sign > "\x7f"]
    return sum(_is_common(sign) for sign in signs) / len(signs) if signs else 0.0


def _is_common(sign: str) -> bool:
    try:
        raw = sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(raw) == 2 and (0xB0 <= raw[0] <= 0xD7 or raw[0] in (0xA1, 0xA3))


def _params(column: Column, place: int) -> dict[str, str | int | float]:
    return {"value": column.texts[place][:120], "count": column.counts[place]}
