"""Text with words: capitals and digits where no other word has them, brackets that do not close, odd signs.

`CALIFORNlIA` among words in capitals, `aWyne` among names, `15d50` among house numbers. `McDonald` and `iPhone` are no
slips: a way of writing that the column has more often is left alone.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from grading.engine.quality.detection.column import Charge, Column
from grading.engine.quality.detection.shapes import exact, runs
from grading.engine.quality.detection.types import MOSTLY

SUPPORT: Final = 30
"""Cells with words that a column must have."""
WORD: Final = re.compile(r"[^\W_]+")
LONG_TEXT: Final = 200
LONG_VALUE: Final = 100
#: Ways of writing a word that are nothing unusual anywhere.
USUAL: Final = frozenset(
    {"A", "a", "Aa", "9", "文", "A9", "9A", "9a", "Aa9", "a9", "A文", "文A", "9文", "文9", "文9文"}
)
NAMES: Final = re.compile(r"^(Aa{1,3}Aa+|aA+a?a*|a{1,2}Aa+)$")
PARTICLE: Final = re.compile(r"^(Mc|Mac|De|Des|Del|Di|Du|Da|La|Le|Lo|Li|Van|Von|Fitz|St|Al|El|Ap)[A-Z]{2,}$")
"""What stands before a name, and is written small even where the name is not: `McDONALD`."""
SLIPS: Final = 0.02
"""Share of the cells up to which an unusual way of writing words is taken for slips."""
SIGNS_RARE: Final = 0.005
PLAIN: Final = frozenset(" .,;:'’‘\"“”-–—/&()（）、，。：；·《》“”%#+")
PAIRS: Final = {"(": ")", "[": "]", "{": "}", "（": "）", "【": "】", "《": "》"}


def find_strange_words(column: Column) -> Iterator[Charge]:
    """Values with a word or a sign that is written as no other."""
    if (
        column.cells < SUPPORT
        or max(column.numeric, column.timed) >= MOSTLY
        or column.profile.inferred_type == "structure"
    ):
        return
    if sum(len(column.texts[place]) * column.counts[place] for place in column.present) > LONG_TEXT * column.cells:
        return
    charged = set()
    for charge in (*_written(column), *_brackets(column), *_signs(column)):
        if charge.place not in charged:
            charged.add(charge.place)
            yield charge


def _written(column: Column) -> Iterator[Charge]:
    """By capitals and digits within words."""
    words: Counter[str] = Counter()
    within: dict[str, set[int]] = defaultdict(set)
    for place in column.present:
        for word in set(WORD.findall(column.texts[place])):
            words[word] += column.counts[place]
            within[word].add(place)
    listed = sorted(words)
    shapes = dict(zip(listed, exact(listed), strict=True))
    short = {shape: runs(shape) for shape in set(shapes.values())}
    forms = {word: short[shape] for word, shape in shapes.items()}
    styles: Counter[str] = Counter()
    for word, count in words.items():
        styles[forms[word]] += count
    longer = sum(words[word] for word in listed if len(word) > 2 and forms[word] in ("A", "Aa", "a", "文"))
    capitals = sum(words[word] for word in listed if len(word) > 2 and forms[word] == "A")
    if longer < SUPPORT:
        return
    upper = capitals >= 0.9 * longer
    for word in listed:
        form = forms[word]
        if form in USUAL or words[word] > 2 or styles[form] > max(2, SLIPS * column.cells):
            continue
        if sure := _unusual(word, form, shapes[word], upper=upper):
            for place in sorted(within[word]):
                yield _charge(column, place, word, sure)


def _unusual(word: str, form: str, shape: str, *, upper: bool) -> float:
    """How sure a word that is written so is a slip."""
    letters = form.replace("9", "")
    if "9" in form and letters:
        # 2x4 is a size.
        inside = re.fullmatch(r"\d+[a-wyz]\d+", word) is not None
        return 0.75 if inside else 0.6 if re.search(r"[^\W\d_]{2,}\d[^\W\d_]{2,}", word) else 0.0
    if upper and not PARTICLE.match(word):
        return 0.85 if "A" in letters and "a" in letters and not NAMES.match(shape) else 0.6
    if re.fullmatch(r"a+A+a*", shape):
        return 0.75
    return 0.0 if NAMES.match(shape) else 0.4 if "aA" in form else 0.0


def _brackets(column: Column) -> Iterator[Charge]:
    """Brackets that do not close, where those of the other values do."""
    if not any(left in column.joined or right in column.joined for left, right in PAIRS.items()):
        return
    wrong, right = [], 0
    for place in column.present:
        text = column.texts[place]
        if len(text) > LONG_VALUE:  # cut off somewhere
            continue
        if any(text.count(left) != text.count(other) for left, other in PAIRS.items()):
            wrong.append(place)
        elif any(left in text for left in PAIRS):
            right += column.counts[place]
    bad = sum(column.counts[place] for place in wrong)
    if len(wrong) and bad <= 0.25 * (right + bad):
        for place in wrong:
            yield _charge(column, place, column.texts[place], 0.8 if bad <= 0.1 * right else 0.6)


def _signs(column: Column) -> Iterator[Charge]:
    """Signs that hardly any other value has."""
    odd = {sign for sign in set(column.joined) - PLAIN if unicodedata.category(sign)[0] in "PS"}
    if not odd:
        return
    cells: Counter[str] = Counter()
    has: dict[str, list[int]] = defaultdict(list)
    for place in column.present:
        for sign in odd.intersection(column.texts[place]):
            cells[sign] += column.counts[place]
            has[sign].append(place)
    for sign in sorted(has):
        trailing = [place for place in has[sign] if column.texts[place].endswith(3 * sign)]
        for place in trailing:
            if cells[sign] <= 0.2 * column.cells:
                yield _charge(column, place, 3 * sign, 0.85)
        if cells[sign] <= max(1, SIGNS_RARE * column.cells):
            for place in has[sign]:
                if place not in trailing:
                    yield _charge(column, place, sign, 0.4)


def _charge(column: Column, place: int, part: str, sure: float) -> Charge:
    params: dict[str, str | int | float] = {
        "value": column.texts[place][:120],
        "part": part[:120],
        "cells": column.cells,
    }
    return Charge(place, "strange_writing", sure, params)
