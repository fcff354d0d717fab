"""Which texts are one slip apart: a sign added, left out, exchanged, or swapped with the next (Damerau 1964).

Neighbours are found by what is left when one sign is taken out (symmetric deletion, Garbe 2012): the cost grows with
the length of the texts, never with the square of their number. Also several letters exchanged for one and the same
sign, as where a letter could not be read.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

import numpy as np
import numpy.typing as npt

LONGEST: Final = 40
"""Signs of a text that is compared as a whole; of longer ones, the words are."""
ALIKE: Final = 16
"""The most texts that one text with a sign taken out may stand for; beyond that they tell nothing."""
MASKED: Final = 400
"""Texts of one length that are compared sign by sign, of the seldom and of the common ones."""
SERIAL: Final = frozenset(
    "〇零一二三四五六七八九十百千甲乙丙丁戊己庚辛东西南北中上下左右前后大小新老内外高低正副春夏秋冬男女"
)
"""Chinese signs by which names in a series differ on purpose."""


def slip(text: str, model: str) -> tuple[str, str, int] | None:
    """What stands in `text` instead of what in `model`, and where; None if they are the same or further apart."""
    shorter = min(len(text), len(model))
    if abs(len(text) - len(model)) > 1:
        return None
    start = 0
    while start < shorter and text[start] == model[start]:
        start += 1
    end = 0
    while end < shorter - start and text[-1 - end] == model[-1 - end]:
        end += 1
    one, other = text[start : len(text) - end], model[start : len(model) - end]
    if max(len(one), len(other)) == 1 or (len(one) == len(other) == 2 and one == other[::-1]):
        return one, other, start
    return None


def meant(text: str, model: str, change: tuple[str, str, int]) -> bool:
    """Whether the two differ on purpose or by spelling alone: numbers, members of a series, signs between words."""
    one, other, start = change
    signs = one + other
    if all(sign.isdigit() for sign in signs) or SERIAL & set(signs):
        return True
    if not any(sign.isalnum() for sign in signs) and sorted(one) != sorted(other):
        return _letters(text) == _letters(model)
    before, after = model[start - 1 : start], model[start + len(other) : start + len(other) + 1]
    alone = not before.isalnum() and not after.isalnum()
    return alone and len(one) == len(other) == 1  # “Room A” and “Room B”


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


class Neighbours:
    """Finds, among some texts, those that are one slip from another."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._lengths = frozenset(len(text) for text in texts)
        self._places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            for key in (text, *_shortened(text)):
                found = self._places.setdefault(key, [])
                if len(found) < ALIKE and (not found or found[-1] != place):
                    found.append(place)
        self._texts = texts

    def of(self, text: str) -> Iterator[tuple[int, tuple[str, str, int]]]:
        """Places of the texts that are one slip from this one, and the slips; the same text is none."""
        length = len(text)
        if not self._lengths & {length - 1, length, length + 1}:
            return
        places: set[int] = set()
        for key in (text, *_shortened(text)):
            places.update(self._places.get(key, ()))
        for place in sorted(places):
            found = slip(text, self._texts[place])
            if found is not None:
                yield place, found


def _shortened(text: str) -> Iterator[str]:
    for place in range(len(text)):
        yield text[:place] + text[place + 1 :]


def masked(texts: Sequence[str], models: Sequence[str], masks: Set[str]) -> Mapping[int, int]:
    """For places of texts, the place of the first model that is the text but for two or more letters.

    All of these are one and the same of the masks in the text, and at most half of the text.
    """
    lengths: dict[int, tuple[list[int], list[int]]] = {}
    for side, words in enumerate((texts, models)):
        for place, word in enumerate(words):
            held = lengths.setdefault(len(word), ([], []))[side]
            if len(held) < MASKED:
                held.append(place)
    found: dict[int, int] = {}
    for length, (some, others) in lengths.items():
        if length < 4 or not some or not others:
            continue
        targets = _signs([models[place] for place in others], length)
        for place, row in zip(some, _signs([texts[place] for place in some], length), strict=True):
            differs = targets != row
            count = differs.sum(axis=1)
            likely = np.flatnonzero((count >= 2) & (count <= length // 2))
            for other in likely.tolist():
                if len(signs := set(row[differs[other]].tolist())) == 1 and chr(signs.pop()) in masks:
                    found[place] = others[other]
                    break
    return found


def _signs(words: Sequence[str], length: int) -> npt.NDArray[np.uint32]:
    joined = "".join(words).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(joined, dtype="<u4").reshape(len(words), length)
