"""Words that column names abbreviate: without vowels (`prdctn`) and by initials of pinyin (`zyts`).

A guess counts only where all words that it may stand for belong to one sector. Initials of pinyin follow from the order
of GB 2312: its first 3,755 characters are sorted by pinyin.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

#: Where the characters of each initial begin in GB 2312; no syllable begins with i, u or v.
_BEGINNINGS: Final = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8, 0xC4C3, 0xC5B6,
    0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
_INITIALS: Final = "abcdefghjklmnopqrstwxyz"
_END: Final = 0xD7F9
#: 编号 编码 名称 日期 时间 代码 类型 金额 数量 情况 状态 号 率
_TAILS: Final = ("bh", "bm", "mc", "rq", "sj", "dm", "lx", "je", "sl", "qk", "zt", "h", "l")
_SHORTEST_SKELETON: Final = 4
_SHORTEST_INITIALS: Final = 3
_NOT_PINYIN: Final = re.compile("[iuv]")


def skeleton(word: str) -> str:
    """A word without its vowels but the first letter."""
    return word[:1] + re.sub("[aeiou]", "", word[1:])


def initials(word: str) -> str | None:
    """The initials of a Chinese word's pinyin; None where a character is not among the frequent ones."""
    letters = []
    for sign in word:
        try:
            code = int.from_bytes(sign.encode("gb2312"), "big")
        except UnicodeEncodeError:
            return None
        if not _BEGINNINGS[0] <= code <= _END:
            return None
        letters.append(_INITIALS[bisect_right(_BEGINNINGS, code) - 1])
    return "".join(letters)


class Abbreviations:
    """The words that an abbreviation may stand for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._skeletons: dict[str, list[str]] = {}
        self._initials: dict[str, list[str]] = {}
        for word in sorted(set(words)):
            if not word.isascii():
                short = initials(word) if len(word) >= _SHORTEST_INITIALS else None
                if short is not None:
                    self._initials.setdefault(short, []).append(word)
            elif word.isalpha() and len(bare := skeleton(word)) >= _SHORTEST_SKELETON and bare != word:
                self._skeletons.setdefault(bare, []).append(word)

    def words(self, short: str) -> tuple[str, ...]:
        """What `short` may stand for: Latin words without vowels, else Chinese ones by their initials."""
        found = self._skeletons.get(short)
        if found is None and len(short) >= _SHORTEST_INITIALS and not _NOT_PINYIN.search(short):
            found = self._initials.get(short) or next(
                (
                    self._initials[short[: -len(tail)]]
                    for tail in _TAILS
                    if short.endswith(tail) and short[: -len(tail)] in self._initials
                ),
                None,
            )
        return tuple(found or ())
