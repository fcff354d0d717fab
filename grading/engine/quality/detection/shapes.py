"""Shapes of texts by classes of characters, at two degrees of generality.

    exact    `15205-2604` -> `99999-9999`     `eFmale` -> `aAaaaa`    `１２元` -> `９９文`
    runs     `15205-2604` -> `9+-9+`          `eFmale` -> `aA+a+` …   a run of one class is one sign, long or short

Upper-case letters are A, other letters a, digits 9, Chinese characters 文; full-width letters and digits are classes of
their own; white space is a space; all other signs stand for themselves.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 128
"""Characters of a text that its shape is made of."""
BREAK: Final = "\n"


class _Classes(dict[int, str]):
    """The class of each character, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _class_of(chr(code))
        return found


def _class_of(sign: str) -> str:
    if sign == BREAK:
        return sign
    category = unicodedata.category(sign)
    wide = "\uff00" <= sign <= "\uff5e"
    if category == "Nd":
        return "９" if wide else "9"
    if category in ("Lu", "Lt"):
        return "Ａ" if wide else "A"
    if "\u4e00" <= sign <= "\u9fff" or "\u3400" <= sign <= "\u4dbf" or "\U00020000" <= sign <= "\U0003ffff":
        return "文"
    if category[0] in "LM":
        return "ａ" if wide else "a"
    if category[0] == "Z" or sign == "\t":
        return " "
    return sign


_CLASSES: Final = _Classes()
_RUN: Final = re.compile(r"([Aa9文９Ａａ])\1+")


def exact(texts: Sequence[str]) -> list[str]:
    """The shape of each text, sign by sign."""
    joined = BREAK.join(text[:LONGEST].replace(BREAK, " ") for text in texts)
    return joined.translate(_CLASSES).split(BREAK) if texts else []


def runs(shape: str) -> str:
    """The shape with each run of a class as one sign."""
    return _RUN.sub(r"\1", shape)
