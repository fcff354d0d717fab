"""Quantities whose units are written in several ways, left out in some cells, or of several sizes."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from grading.engine.quality.detection.column import Charge, Column
from grading.engine.quality.detection.quantities import Quantity, on_one_ladder, quantity_of

#: Share of the cells that must be quantities for the column to be one of quantities.
QUANTITIES: Final = 0.9
RULES: Final = 0.6
"""Share of the cells from which a way of writing rules, and the others are exceptions."""
DOUBT: Final = 0.95
MOST_UNRULED: Final = 0.6
OTHER_SIZE: Final = 0.4
"""How sure one can be of a quantity in a larger or smaller unit of the same kind: it may be just as large."""
WAYS: Final = 24
"""A column with more ways of writing than this has words after its numbers, not units."""
DIGITS: Final = 15
"""What has more of them is the number of something, such as an identity card's, with a check letter for a unit."""
SUPPORT: Final = 10
"""Quantities that a column must have."""


def find_units(column: Column) -> Iterator[Charge]:
    """Cells whose unit is not written as in the rest of the column.

    Where no way of writing rules although the unit is the same, any of them may be the one that is meant, in
    proportion to its cells, or none: a cell is wrong with the share of the others.
    """
    if all(column.numbers[place] is not None for place in column.present):
        return
    held = {
        place: found
        for place in column.present
        if sum(map(str.isdigit, column.texts[place])) <= DIGITS
        and (found := quantity_of(column.texts[place])) is not None
    }
    total = sum(column.counts[place] for place in held)
    if total < SUPPORT or total < QUANTITIES * column.cells:
        return
    ways: Counter[str] = Counter()
    units: Counter[str] = Counter()
    unknown = 0
    for place, found in held.items():
        ways[found.writing] += column.counts[place]
        units[found.unit] += column.counts[place]
        unknown += 0 if found.known else column.counts[place]
    if len(ways) < 2 or len(ways) > WAYS or unknown > 0.1 * total:
        return
    ruling, most = min(ways.items(), key=lambda item: (-item[1], item[0]))
    unit, same = min(units.items(), key=lambda item: (-item[1], item[0]))
    example = next(column.texts[place] for place, found in held.items() if found.writing == ruling)
    unruled = most < RULES * total and same >= 0.9 * total
    for place, found in held.items():
        if found.lettered and found.unit != unit:
            continue
        if unruled or (found.writing != ruling and found.known):
            if unruled:
                sure = min(MOST_UNRULED, DOUBT * (1 - ways[found.writing] / total))
            else:
                sure = _sure(found, unit, most / total)
            params: dict[str, str | int | float] = {
                "value": column.texts[place][:120],
                "count": column.counts[place],
                "ways": len(ways),
                "example": example[:120],
                "most": most,
                "cells": total,
            }
            yield Charge(place, "mixed_units", sure, params)


def _sure(found: Quantity, unit: str, share: float) -> float:
    if share < RULES:
        return 0.4
    if found.unit in (unit, "") or unit == "":
        return 0.9
    return OTHER_SIZE if on_one_ladder(found.unit, unit) else 0.6
