"""Values that slipped into another column: “Denver CO” where the state beside it is empty.

The cell ends (or begins) with a value that a column often has, and in this row that column is empty. Chance is held
against it: of the rows in which that column is filled, hardly any may end so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from grading.engine.quality.detection.codes import MISSING, Coded
from grading.engine.quality.detection.dependencies_screen import NEIGHBOURS

LEAST_COUNT: Final = 3
"""Cells with a value before another column's cell may be held to contain it."""
MOST_GAPS: Final = 0.3
"""Of a column with more empty cells than this share, an empty cell is nothing to explain."""
LEAST_CASES: Final = 3
SEPARATORS: Final = " ,;/|-()"


@dataclass(frozen=True, slots=True)
class Embedded:
    """In `row`, the cell of `column` also holds `part`, a value of the column `home`, which is empty there."""

    row: int
    column: int
    home: int
    part: str
    confidence: float


def embedded_values(columns: Sequence[Coded]) -> Iterator[Embedded]:
    """By the column that lacks the value, then by row."""
    for home, lacking in enumerate(columns):
        gaps = np.flatnonzero(lacking.codes == MISSING)
        height = len(lacking.codes)
        if not LEAST_CASES <= len(gaps) <= MOST_GAPS * height:
            continue
        known = {
            value: code
            for code, value in enumerate(lacking.values)
            if lacking.counts[code] >= LEAST_COUNT and not value.isdigit()
        }
        if not known:
            continue
        for place in range(max(0, home - NEIGHBOURS), min(len(columns), home + NEIGHBOURS + 1)):
            if place != home:
                yield from _in_column(columns, place, home, known)


def _in_column(columns: Sequence[Coded], place: int, home: int, known: dict[str, int]) -> Iterator[Embedded]:
    column, lacking = columns[place], columns[home]
    parts: dict[int, str] = {}
    for code, value in enumerate(column.values):
        found = _part(value, known)
        if found is not None:
            parts[code] = found
    if not parts:
        return
    ends = np.zeros(column.distinct + 1, dtype=bool)
    ends[list(parts)] = True
    holds = ends[column.codes]  # an empty cell has the last place, which is False
    gap = lacking.codes == MISSING
    cases, others = int((holds & gap).sum()), int((holds & ~gap).sum())
    share, chance = cases / max(1, int(gap.sum())), (others + 1) / (int((~gap).sum()) + 2)
    if cases < LEAST_CASES or share < 10 * chance:
        return
    confidence = 0.95 * (1.0 - chance / share)
    for row in np.flatnonzero(holds & gap).tolist():
        yield Embedded(row, place, home, parts[int(column.codes[row])], confidence)


def _part(value: str, known: dict[str, int]) -> str | None:
    """The value of the other column with which this one ends or begins, where something else is left."""
    for cut in (value.rpartition(" "), value.partition(" ")):
        for side in (cut[2], cut[0]):
            part = side.strip(SEPARATORS)
            if part in known and len(value) > len(part):
                return part
    return None
