"""Values whose form sticks out of a column that one or few forms rule (Huang and He, Auto-Detect, 2018).

Codes, that is values without words, are compared by runs of one class of characters (`15205-2604` is `9-9`), and where
these are alike sign by sign (`99999-9999`): a run of digits has a fixed length only where its zeros are written or it
is long; short ones are counters, which grow. How sure one can be follows from how much of the column the ruling forms
have, and how rare the other is. A form must be shown by several values, fewer where it is a long one: of `Yes` and `No`
none is the rule, and what stands there again and again was chosen.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from grading.engine.quality.detection.column import Charge, Column, is_time
from grading.engine.quality.detection.shapes import exact, runs
from grading.engine.quality.detection.types import MOSTLY, SLIPS

#: Cells that a column must have for its forms to say anything.
SUPPORT: Final = 12
RULER: Final = 0.05
"""Share of the cells from which a form is one of the ruling ones."""
MOST_RULERS: Final = 6
COVER: Final = 0.6
"""Share of the cells that the ruling forms must have together."""
SHOWN: Final = 8
"""Values that must show the ruling forms: what fewer values show, however often, is a list of answers, not a form."""
COMPOSED: Final = 3
"""Numbers in a value, such as those of a date, from which on it shows its form as often as it has them."""
CHOSEN: Final = 0.45
"""How sure one can be of a value that stands in more than SLIPS cells."""
FORMS: Final = 3
MIXED: Final = 2
MIXED_SHARE: Final = 0.05
"""Codes drawn from one alphabet: ruling forms, and positions with digits and letters, each in so many of the cells."""
NEAR: Final = 10
"""Numbers of another length belong to the others if they follow within so many times the usual distance."""
NEIGHBOURS: Final = 20
RARE: Final = 0.01
SELDOM: Final = 0.03
"""Shares of the cells up to which a form is rare, or seldom."""
DOUBT: Final = 0.2
WORDY: Final = re.compile(r"(?<![^\W_])[^\W\d_]{3,}(?![^\W_])")
LONG_TEXT: Final = 100
FREE_RUN: Final = 3
"""Runs of up to so many digits without leading zeros are counters, which grow."""
USUAL_SIGN: Final = 0.3
"""Share of the cells from which a sign belongs to the alphabet of codes of any form."""
LEAST_ALPHABET: Final = 6
FEW_FOR_ALPHABET: Final = 50
"""Signs that an alphabet has, and cells that must have shown it."""
NUMBERS: Final = re.compile(r"9+|９+")
RUN: Final = re.compile(r"A+|a+|9+|文+|９+|Ａ+|ａ+|.", re.DOTALL)


def find_strange_forms(column: Column) -> Iterator[Charge]:
    """Values with a rare form."""
    if column.cells < SUPPORT or column.profile.inferred_type == "structure" or column.numeric >= MOSTLY:
        return
    # What has no letter and no digit is no form of anything.
    places = [place for place in column.present if any(map(str.isalnum, column.texts[place]))]
    if sum(len(column.texts[place]) * column.counts[place] for place in places) > LONG_TEXT * column.cells:
        return
    wordy = sum(column.counts[place] for place in places if WORDY.search(column.texts[place]))
    if wordy <= 0.2 * column.cells:
        yield from _codes(column, places)


def _codes(column: Column, places: Sequence[int]) -> Iterator[Charge]:
    """By runs first, and where these are as usual sign by sign."""
    shapes = dict(zip(places, exact([column.texts[place] for place in places]), strict=True))
    short = {shape: runs(shape) for shape in set(shapes.values())}
    rough = {place: short[shape] for place, shape in shapes.items()}
    forms, alone = _counted(column, rough), _counted(column, shapes)
    rulers = _rulers(forms, column.cells)
    cover = sum(forms[ruler] for ruler in rulers) / column.cells
    if not rulers or len(rulers) > MOST_RULERS or cover < COVER or (len(rulers) >= FORMS and _drawn(column, shapes)):
        yield from _alphabet(column, places, shapes)
        return
    if sum(_shows(form) for form in rough.values() if form in rulers) < SHOWN:
        return
    for place in places:
        if rough[place] in rulers:
            continue
        sure = _sure(cover, forms[rough[place]], column.cells)
        if not sure and forms[rough[place]] <= RULER * column.cells:
            # A second way of writing repeats itself sign by sign; slips do not.
            sure = _sure(cover, alone[shapes[place]], column.cells) - DOUBT if alone[shapes[place]] <= 2 else 0.0
        if sure > 0:
            yield _charge(column, place, shapes, _leader(column, places, rough, rulers[0]), sure, forms[rulers[0]])
    for ruler in rulers:
        group = [place for place in places if rough[place] == ruler]
        yield from _lengths(column, group, shapes)


def _shows(shape: str) -> int:
    """How many values of a simple form one of this form stands for: answers in a list hardly have one as long."""
    numbers = len(NUMBERS.findall(shape))
    return numbers if numbers >= COMPOSED else 1


def _lengths(column: Column, group: list[int], shapes: dict[int, str]) -> Iterator[Charge]:
    """Runs that are longer or shorter than the same run of nearly all others."""
    counts = _counted(column, {place: shapes[place] for place in group})
    total = sum(counts.values())
    ruler = _rulers(counts, total)[:1]
    if not ruler or counts[ruler[0]] < max(COVER * total, SUPPORT):
        return
    share = counts[ruler[0]] / total
    leaders = [place for place in group if shapes[place] == ruler[0]]
    if sum(_shows(shapes[place]) for place in leaders) < SHOWN:
        return
    fixed = _fixed(column, leaders, ruler[0], share)
    usual = [len(run) for run in RUN.findall(ruler[0])]
    counters = _counters(column, group, shapes, ruler[0])
    for place in group:
        have = [len(run) for run in RUN.findall(shapes[place])]
        differs = any(is_fixed and one != other for is_fixed, one, other in zip(fixed, usual, have, strict=True))
        if differs and place not in counters and (sure := _sure(share, counts[shapes[place]], column.cells)):
            yield _charge(column, place, shapes, _leader(column, group, shapes, ruler[0]), sure, counts[ruler[0]])


def _fixed(column: Column, leaders: list[int], ruler: str, share: float) -> list[bool]:
    """Which runs of the ruling form have a length that means something."""
    fixed = []
    begin = 0
    cells = sum(column.counts[place] for place in leaders)
    for run in RUN.findall(ruler):
        kind, size = run[0], len(run)
        fraction = begin >= 2 and ruler[begin - 1] in ".," and ruler[begin - 2] in "9９"
        if kind not in "9９" or fraction:
            # A Chinese word is as long as it is.
            fixed.append(kind in "Aa" and share >= 0.9)
        else:
            padded = sum(column.counts[place] for place in leaders if column.texts[place][begin : begin + 1] == "0")
            fixed.append((size > 1 and padded >= 0.02 * cells) or (size > FREE_RUN and share >= 0.8))
        begin += size
    return fixed


def _counters(column: Column, group: list[int], shapes: dict[int, str], ruler: str) -> set[int]:
    """Values of other lengths whose number goes on where those of the ruling length begin or end: A999, A1000.

    Only where one run of digits differs, and no zeros are written before it.
    """
    runs_of = {place: RUN.findall(shapes[place]) for place in group}
    usual = RUN.findall(ruler)
    found: set[int] = set()
    for spot, run in enumerate(usual):
        if run[0] != "9":
            continue
        numbers: dict[int, int] = {}
        padded = 0
        for place, have in runs_of.items():
            begin = sum(map(len, have[:spot]))
            digits = column.texts[place][begin : begin + len(have[spot])]
            if have[:spot] + have[spot + 1 :] == usual[:spot] + usual[spot + 1 :]:
                numbers[place] = int(digits)
                padded += len(digits) > 1 and digits[0] == "0"
        inside = sorted({number for place, number in numbers.items() if shapes[place] == ruler})
        if padded or len(inside) < SHOWN:
            continue
        others = {number for place, number in numbers.items() if shapes[place] != ruler}
        going_on: set[int] = set()
        for edge, step in ((inside[: NEIGHBOURS + 1], -1), (inside[-NEIGHBOURS - 1 :], 1)):
            distance = NEAR * (edge[-1] - edge[0]) / (len(edge) - 1)
            last = edge[0] if step < 0 else edge[-1]
            for number in sorted((number for number in others if (number - last) * step > 0), key=lambda n: n * step):
                if abs(number - last) > distance:
                    break
                last = number
                going_on.add(number)
        found |= {place for place, number in numbers.items() if number in going_on}
    return found


def _drawn(column: Column, shapes: dict[int, str]) -> bool:
    """Whether letters and digits stand in the same positions, as in codes that are drawn from one alphabet."""
    sizes: Counter[int] = Counter()
    for place, shape in shapes.items():
        sizes[len(shape)] += column.counts[place]
    size, cells = min(sizes.items(), key=lambda item: (-item[1], item[0]))
    if cells < COVER * column.cells:
        return False
    digits, letters = [0] * size, [0] * size
    for place, shape in shapes.items():
        if len(shape) == size:
            for spot, sign in enumerate(shape):
                digits[spot] += column.counts[place] if sign == "9" else 0
                letters[spot] += column.counts[place] if sign in "Aa" else 0
    least = MIXED_SHARE * cells
    return sum(one >= least and other >= least for one, other in zip(digits, letters, strict=True)) >= MIXED


def _alphabet(column: Column, places: Sequence[int], shapes: dict[int, str]) -> Iterator[Charge]:
    """Codes of any form made of few signs, such as hexadecimal ones: values with a sign that is none of these."""
    cells: Counter[str] = Counter()
    for place in places:
        for sign in set(column.texts[place]):
            cells[sign] += column.counts[place]
    usual = {sign for sign, count in cells.items() if count >= USUAL_SIGN * column.cells}
    between = sum(1 for count in cells.values() if RARE * column.cells < count < USUAL_SIGN * column.cells)
    if column.cells < FEW_FOR_ALPHABET or len(usual) < LEAST_ALPHABET or between > 2:
        return
    for place in places:
        if set(column.texts[place]) <= usual:
            leader = place
            break
    else:
        return
    fitting = sum(column.counts[place] for place in places if set(column.texts[place]) <= usual)
    if fitting < COVER * column.cells:
        return
    for place in places:
        if any(cells[sign] <= max(2, RARE * column.cells) for sign in column.texts[place]):
            yield _charge(column, place, shapes, leader, 0.8 if fitting >= 0.8 * column.cells else 0.65, fitting)


def _counted(column: Column, forms: dict[int, str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for place, form in forms.items():
        counts[form] += column.counts[place]
    return counts


def _rulers(forms: Counter[str], cells: int) -> list[str]:
    least = max(3.0, RULER * cells)
    return [form for form, count in sorted(forms.items(), key=lambda item: (-item[1], item[0])) if count >= least]


def _sure(cover: float, count: int, cells: int) -> float:
    """0 where the form is not rare enough."""
    if count > max(2, SELDOM * cells):
        return 0.0
    sure = 0.8 if cover >= 0.8 else 0.75 if cover >= 0.7 else 0.6
    return sure if count <= max(2, RARE * cells) else sure - DOUBT


def _leader(column: Column, places: Sequence[int], forms: dict[int, str], form: str) -> int:
    return next(place for place in places if forms[place] == form)


def _charge(column: Column, place: int, shapes: dict[int, str], leader: int, sure: float, most: int) -> Charge:
    kind = "mixed_format" if is_time(column.kinds[place]) else "pattern_outlier"
    params: dict[str, str | int | float] = {
        "value": column.texts[place][:120],
        "form": shapes[place],
        "most": most,
        "cells": column.cells,
        "example": column.texts[leader][:120],
        "ruling": shapes[leader],
    }
    return Charge(place, kind, sure if column.counts[place] <= SLIPS else min(sure, CHOSEN), params)
