"""Texts and column names as words: Latin words by stem, Chinese runs whole, with their places in the text.

A plural counts as its singular, `*` at a word's end stands for any ending. Digits stay with the letters before them
(`pm25`, `icd10`), since they often make the word.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: A word of a vocabulary: stems of Latin words in their order, or one Chinese word. The last may end with `*`.
Term = tuple[str, ...]

_CHUNK: Final = re.compile("[\u3400-\u9fff]+|[a-z]+[0-9]*|[0-9]+[a-z]*")
_CAMEL: Final = re.compile(r"([a-z])([A-Z])|(?<=[A-Z])([A-Z][a-z])")
#: Names of substances that punctuation tears apart.
_JOINED: Final = ((re.compile(r"\bpm[ _.-]?2[ _.-]?5(?!\d)"), "pm25"), (re.compile(r"\bpm[ _.-]?10(?!\d)"), "pm10"))
_VOWEL: Final = re.compile("[aeiouy]")
#: Words whose last s is not a plural's.
_WHOLE: Final = frozenset({"aids", "gas", "gps", "sms", "dns", "mass", "gis", "ems", "wms", "gross", "news", "thesis"})
_BRACKETS: Final = re.compile(r"[((\[【]([^()()\[\]【】]{1,16})[))\]】]")


@dataclass(frozen=True, slots=True)
class Token:
    """A stem, or a run of Chinese characters, from `start` to `end` of the folded text."""

    stem: str
    start: int
    end: int

    @property
    def chinese(self) -> bool:
        """A run of Chinese characters, which may be several words."""
        return not self.stem.isascii()


def fold(text: str) -> str:
    """Compatibility forms made plain and capitals small; substances written as one."""
    small = unicodedata.normalize("NFKC", text).replace("µ", "μ").lower()
    for pattern, joined in _JOINED:
        small = pattern.sub(joined, small)
    return small


def spaced(name: str) -> str:
    """A column name with camelCase and acronyms taken apart and underscores as blanks."""
    return _CAMEL.sub(r"\1 \2\3", unicodedata.normalize("NFKC", name)).replace("_", " ")


def tokens(folded: str) -> Iterator[Token]:
    """The words of a folded text."""
    for found in _CHUNK.finditer(folded):
        yield Token(stem(found.group()), found.start(), found.end())


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A word without the ending of a plural; an abbreviation without vowels is left as it is."""
    if (
        len(word) < 4
        or not word.endswith("s")
        or word in _WHOLE
        or not _VOWEL.search(word)
        or word.endswith(("ss", "us", "is"))
    ):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def term(word: str) -> Term:
    """A word of a vocabulary as it is looked up; empty where it has no letter or digit."""
    folded = fold(word.strip())
    open_end = folded.endswith("*")
    found = [token.stem for token in tokens(folded)]
    if open_end and found:
        found[-1] = f"{folded.rstrip('*').split()[-1]}*"
    return tuple(found)


def unit(name: str) -> str:
    """A unit as it is looked up: μg/m³ and ug/m3 stay two, µg/m³ and μg/m3 are one."""
    return unicodedata.normalize("NFKC", name).replace("µ", "μ").replace(" ", "").lower()


def units_in_brackets(name: str) -> tuple[str, ...]:
    """What stands in brackets of a column name, as units."""
    return tuple(unit(found) for found in _BRACKETS.findall(unicodedata.normalize("NFKC", name)))
