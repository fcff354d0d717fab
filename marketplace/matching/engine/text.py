"""From text to search terms, Chinese and English alike, without a dictionary.

Two parallel streams: `surface` has the words as written, `stems` a light English stem of each. Stemming helps
some collections and harms others, so that the scorer blends both. Runs of CJK characters become single
characters and overlapping pairs, in both streams alike, which needs no segmenter and beats one on our measures.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003134f"
_RUN: Final = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_FIRST_CJK: Final = re.compile(f"[{_CJK}]")
_ASCII_RUN: Final = re.compile("[a-z0-9]+")
_VOWEL: Final = re.compile("[aeiouy]")
_ASCII_WORD: Final = re.compile("[a-z]{4,}")

LONGEST_WORD: Final = 64
"""Longer words are cut: nobody searches for them, and a hostile text must not fill the index with them."""
MOST_COUNTED: Final = 255
"""A term counts in a field of a listing so often at most; by then it has long said all it can."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one text in order of appearance, repetitions included."""

    surface: tuple[str, ...]
    stems: tuple[str, ...]


def analyse(text: str) -> Terms:
    """Terms of a text: NFKC, case folded, split at everything that is neither letter nor digit."""
    words = surface(text)
    return Terms(tuple(words), tuple(map(stem, words)))


def surface(text: str) -> list[str]:
    """The words of a text as written: the first stream of `analyse`; `stem` of each is the second."""
    if text.isascii():
        return [word[:LONGEST_WORD] for word in _ASCII_RUN.findall(text.lower())]
    words: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())):
        if _FIRST_CJK.match(run):
            words += run
            words += [run[place : place + 2] for place in range(len(run) - 1)]
        else:
            words.append(run[:LONGEST_WORD])
    return words


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A light stem of an English word in lower case: number, -ing, -ed, final -e and -y; other words unchanged.

    Conflates `price, prices, priced, pricing` and `economy, economies`; leaves derivations (`economic`) apart.
    """
    if not _ASCII_WORD.fullmatch(word):
        return word
    word = _without_plural(word)
    for suffix in ("ing", "ed"):
        base = word.removesuffix(suffix)
        if base != word and len(base) >= 3 and _VOWEL.search(base):
            word = base[:-1] if base[-1] == base[-2] and base[-1] not in "lsz" else base
            break
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    if len(word) > 3 and word[-1] == "y" and word[-2] not in "aeiou":
        word = word[:-1] + "i"
    return word


def _without_plural(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
