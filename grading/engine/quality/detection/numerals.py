"""Numbers: written unlike the others (full-width digits, a comma for the point, thousands set apart), or far away.

A number far from the others is weak evidence only: the profile finds it (Tukey's far fence), here it becomes a cell.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from grading.engine.profile.summaries import FENCE, OUTLIER_REPEATS, REPEATED_SHARE
from grading.engine.quality.detection.column import Charge, Column

#: Share of the cells that must be numbers, however they are written.
MOSTLY: Final = 0.8
SUPPORT: Final = 20
FEW: Final = 0.3
"""Share of the numbers that could be written either way, up to which those written one way are exceptions."""
NUMBER: Final = re.compile(r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?$")
GROUPED: Final = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
UNGROUPED: Final = re.compile(r"^[+-]?[1-9]\d{3,}(\.\d*)?$")
DECIMAL_COMMA: Final = re.compile(r"^[+-]?\d+,(\d{1,2}|\d{4,})$")
WHOLE: Final = re.compile(r"^[+-]?\d+$")
ZEROS: Final = re.compile(r"^[+-]?\d+\.0+$")
OUTLIER: Final = 0.3


def find_odd_numbers(column: Column) -> Iterator[Charge]:
    """Numbers written in another way than the rest of the column, and far ones."""
    if column.numeric < 1 - FEW:
        return
    yield from _far(column)
    if column.numeric == 1.0 and "," not in column.joined and ".0" not in column.joined:
        return
    plain = {place: column.texts[place] for place in column.present if len(column.texts[place]) <= 40}
    wide = {
        place: text
        for place, text in plain.items()
        if not text.isascii() and NUMBER.match(folded := unicodedata.normalize("NFKC", text)) and folded != text
    }
    held = {place: text for place, text in plain.items() if column.numbers[place] is not None}
    commas = {place: text for place, text in plain.items() if place not in held and DECIMAL_COMMA.match(text)}
    total = _cells(column, held) + _cells(column, wide) + _cells(column, commas)
    if total < max(SUPPORT, MOSTLY * column.cells):
        return
    yield from _exceptions(column, wide, held, 0.9)
    yield from _exceptions(column, commas, {place: text for place, text in held.items() if "." in text}, 0.9)
    grouped = {place: text for place, text in held.items() if GROUPED.match(text)}
    joined = {place: text for place, text in held.items() if UNGROUPED.match(text)}
    yield from _exceptions(column, *_by_number(column, grouped, joined), 0.7)
    zeros = {place: text for place, text in held.items() if ZEROS.match(text)}
    whole = {place: text for place, text in held.items() if WHOLE.match(text)}
    if len(zeros) + len(whole) == len(held):
        yield from _exceptions(column, *_by_number(column, zeros, whole), 0.6)


def _far(column: Column) -> Iterator[Charge]:
    """The numbers that the profile counts as far from the others: it keeps the farthest alone, and how many there are.

    As many cells beyond its fence, the farthest first; what stands there again and again is not among them.
    """
    numbers, known = column.profile.numbers, column.profile.outliers
    if numbers is None or known is None or not known.value:
        return
    spread = FENCE * (numbers.q3 - numbers.q1)
    often = max(OUTLIER_REPEATS, REPEATED_SHARE * column.cells)
    beyond = [
        (abs(number - numbers.median), place)
        for place in column.present
        if (number := column.numbers[place]) is not None
        and not numbers.q1 - spread <= number <= numbers.q3 + spread
        and column.counts[place] <= often
    ]
    left = round(known.value * min(1.0, column.cells / max(1, column.profile.values)))
    for _distance, place in sorted(beyond, key=lambda item: (-item[0], item[1])):
        left -= column.counts[place]
        if left < 0:
            return
        params: dict[str, str | int | float] = {
            "value": column.texts[place][:120],
            "count": column.counts[place],
            "q1": numbers.q1,
            "q3": numbers.q3,
        }
        yield Charge(place, "numeric_outlier", OUTLIER, params)


def _cells(column: Column, places: dict[int, str]) -> int:
    return sum(column.counts[place] for place in places)


def _by_number(column: Column, one: dict[int, str], other: dict[int, str]) -> tuple[dict[int, str], dict[int, str]]:
    """(the way of fewer cells, that of more)."""
    return (one, other) if _cells(column, one) <= _cells(column, other) else (other, one)


def _exceptions(column: Column, few: dict[int, str], many: dict[int, str], sure: float) -> Iterator[Charge]:
    usual = _cells(column, many)
    if not few or usual < SUPPORT or _cells(column, few) > FEW * (usual + _cells(column, few)):
        return
    example = column.texts[min(many)]
    for place, text in few.items():
        params: dict[str, str | int | float] = {
            "value": text[:120],
            "most": usual,
            "cells": column.cells,
            "example": example[:120],
        }
        yield Charge(place, "mixed_format", sure, params)
