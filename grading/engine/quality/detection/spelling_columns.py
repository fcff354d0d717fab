"""The spelling of all columns of a sheet: which values and which words in them look like slips of common ones."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from grading.engine.quality.detection.codes import Coded
from grading.engine.quality.detection.spelling import MOST, Slip, Texts, compared, mask_signs, seldom, slips
from grading.engine.quality.detection.spelling_edits import LONGEST

COLUMNS: Final = 256
"""Columns of a table whose spelling is looked at: the first with letters."""
COMPARED: Final = 40_000
"""Texts of a table that are compared with the common ones of their column, each column having an equal part of them.

Of a column the same number of common texts, the most frequent first, and of rare ones, in the order of the rows.
"""
LETTERS: Final = 1_000
"""Values of a column, the first, among which one must have a letter."""
READ: Final = 2_000_000
"""Signs of a table whose words are read, each column having an equal part."""
WORD: Final = re.compile(r"[^\W\d_]+")
SHORTEST_WORD: Final = 3
FOREIGN: Final = 0.05
"""Share of the cells with a common text, below which a class of signs is not that column's."""
CLASSES: Final = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"\d"), re.compile(r"[^\w\s]"))


@dataclass(frozen=True, eq=False)
class Spelling:
    """A column's values and words, and by word the codes of the values that hold it."""

    values: Texts
    words: Texts
    within: Mapping[str, Sequence[int]]
    cells: Mapping[str, int]


def spelling_of(column: Coded, columns: int) -> Spelling:
    """Of one of so many columns. Values that are longer than LONGEST are judged by their words alone."""
    cells: dict[str, int] = {}
    within: dict[str, list[int]] = {}
    signs, most = READ // max(1, columns), min(MOST, COMPARED // max(1, columns))
    for code, value in enumerate(column.values):
        signs -= len(value)
        if signs < 0:
            break
        for word in set(WORD.findall(value)):
            if len(word) <= LONGEST:
                cells[word] = cells.get(word, 0) + int(column.counts[code])
                within.setdefault(word, []).append(code)
    long = [word for word in cells if len(word) >= SHORTEST_WORD]
    words = compared(long, [cells[word] for word in long], most)
    whole = [code for code, value in enumerate(column.values) if len(value) <= LONGEST and not _number(value)]
    values = compared([column.values[code] for code in whole], [int(column.counts[code]) for code in whole], most)
    values = replace(values, foreign=_foreign(values, [_written(column, code) for code in whole]))
    return Spelling(values, words, within, cells)


def _written(column: Coded, code: int) -> str:
    """The value in all ways in which it is written."""
    return " ".join((column.shown[code], *column.also.get(code, ())))


def _foreign(held: Texts, shown: Sequence[str]) -> frozenset[int]:
    """Texts, as they were written, with capitals, small letters, digits or signs where common texts hardly have such.

    So `mPA` among codes in capitals, or `1ow` among words.
    """
    cells = sum(held.counts[place] for place in held.common)
    strange = [
        one
        for one in CLASSES
        if sum(held.counts[place] for place in held.common if one.search(shown[place])) < FOREIGN * cells
    ]
    return frozenset(pair.text for pair in held.pairs if any(one.search(shown[pair.text]) for one in strange))


def _with_known_words(held: Texts, cells: Mapping[str, int], masks: Set[str]) -> Texts:
    """Values that differ in a word which is itself established in the column are no slips of each other."""
    pairs = []
    for pair in held.pairs:
        mine, theirs = set(WORD.findall(held.texts[pair.text])), set(WORD.findall(held.texts[pair.model]))
        here, there = mine - theirs, theirs - mine
        if len(here) == len(there) == 1:
            word, model = here.pop(), there.pop()
            count = cells.get(word, 0)
            often = max(cells.get(model, 0), 4 * count)
            pair = replace(pair, established=not seldom(count, often, len(word), pair.one, pair.other, masks))
        pairs.append(pair)
    return replace(held, pairs=pairs)


def misspelt(columns: Sequence[Coded]) -> Iterator[tuple[int, int, Slip, bool]]:
    """Place of the column, code of the value, the surest slip in it, and whether that is of the whole value."""
    lettered = [place for place, column in enumerate(columns) if not all(map(_number, column.values[:LETTERS]))][
        :COLUMNS
    ]
    found = [spelling_of(columns[place], len(lettered)) for place in lettered]
    masks = mask_signs(texts for held in found for texts in (held.values, held.words))
    for place, held in zip(lettered, found, strict=True):
        column = columns[place]
        whole = slips(_with_known_words(held.values, held.cells, masks), masks)
        surest: dict[int, tuple[Slip, bool]] = {
            code: (whole[value], True) for code, value in enumerate(column.values) if value in whole
        }
        for word, item in slips(held.words, masks).items():
            for code in held.within[word]:
                if code not in surest or surest[code][0].confidence < item.confidence:
                    surest[code] = (item, False)
        for code in sorted(surest):
            yield place, code, *surest[code]


def _number(value: str) -> bool:
    return not any(sign.isalpha() for sign in value)
