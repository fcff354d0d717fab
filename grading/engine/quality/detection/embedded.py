"""Values that slipped into another column: “Denver CO” where the state beside it is empty.

The cell ends (or begins) with a value that a column often has, and in this row that column is empty. Chance is held
against it: of the rows in which that column is filled, hardly any may end so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from grading.engine.quality.detection.codes import MISSING, Coded
from grading.engine.quality.detection.dependencies_screen import NEIGHBOURS

LEAST_COUNT: Final = 3
"""Cells with a value before another column's cell may be held to contain it."""
MOST_GAPS: Final = 0.3
"""Of a column with more empty cells than this share, an empty cell is nothing to explain."""
LEAST_CASES: Final = 3
SEPARATORS: Final = " ,;/|-()"
MOST_PAIRS: Final = 16_384
"""Pairs of columns that share values and are counted, the nearest first."""
Truths = npt.NDArray[np.bool_]
Parts = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""Codes of a column's values, ascending, and of each the numbers of four parts: the last word, all before it, all after
the first word, the first word; -1 where no column has that value."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """In `row`, the cell of `column` also holds `part`, a value of the column `home`, which is empty there."""

    row: int
    column: int
    home: int
    part: str
    confidence: float


def embedded_values(columns: Sequence[Coded]) -> Iterator[Embedded]:
    """By the column that lacks the value, then by column and row."""
    homes = {home: known for home, column in enumerate(columns) if (known := _known(column))}
    if not homes:
        return
    numbers: dict[str, int] = {}
    wanted: list[int] = []  # of each number, the homes that know the value: a bit each
    for home, known in homes.items():
        for value in known:
            number = numbers.setdefault(value, len(numbers))
            if number == len(wanted):
                wanted.append(0)
            wanted[number] |= 1 << home
    parts = [_parts(column, numbers) for column in columns]
    texts = list(numbers)
    for home, places in _pairs(parts, wanted, len(columns)):
        fitting = np.zeros(len(texts) + 1, dtype=bool)  # what is no value has the last number, which is False
        fitting[[numbers[value] for value in homes[home]]] = True
        for place in places:
            yield from _in_column(columns, place, home, parts[place], fitting, texts)


def _known(lacking: Coded) -> list[str]:
    """Values of a column with some empty cells, which may stand elsewhere in those rows."""
    gaps = int(np.count_nonzero(lacking.codes == MISSING))
    if not LEAST_CASES <= gaps <= MOST_GAPS * len(lacking.codes):
        return []
    often = np.flatnonzero(lacking.counts >= LEAST_COUNT).tolist()
    return [lacking.values[code] for code in often if not lacking.values[code].isdigit()]


def _parts(column: Coded, numbers: Mapping[str, int]) -> Parts:
    """What the column's values end or begin with and is a value of some column: read once for all columns."""
    codes: list[int] = []
    found: list[list[int]] = []
    for code, value in enumerate(column.values):
        if " " not in value and value[0] not in SEPARATORS and value[-1] not in SEPARATORS:
            continue
        sides = (*value.rpartition(" ")[::-2], *value.partition(" ")[::-2])
        here = [numbers.get(part, -1) if len(part := side.strip(SEPARATORS)) < len(value) else -1 for side in sides]
        if max(here) >= 0:
            codes.append(code)
            found.append(here)
    return np.array(codes, dtype=np.int64), np.array(found, dtype=np.int64).reshape(-1, 4)


def _pairs(parts: Sequence[Parts], wanted: Sequence[int], width: int) -> list[tuple[int, list[int]]]:
    """Of each column with gaps the columns that hold its values, of MOST_PAIRS at most: those that stand nearest."""
    found: list[tuple[int, int, int]] = []
    for place, (_, numbers) in enumerate(parts):
        homes = 0
        for number in np.unique(numbers[numbers >= 0]).tolist():
            homes |= wanted[number]
        for home in range(max(0, place - NEIGHBOURS), min(width, place + NEIGHBOURS + 1)):
            if home != place and homes >> home & 1:
                found.append((abs(home - place), home, place))
    by_home: dict[int, list[int]] = {}
    for _, home, place in sorted(found)[:MOST_PAIRS]:
        by_home.setdefault(home, []).append(place)
    return [(home, sorted(by_home[home])) for home in sorted(by_home)]


def _in_column(
    columns: Sequence[Coded], place: int, home: int, parts: Parts, fitting: Truths, texts: Sequence[str]
) -> Iterator[Embedded]:
    column, lacking = columns[place], columns[home]
    codes, numbers = parts
    fits = fitting[numbers]
    ends = np.zeros(column.distinct + 1, dtype=bool)
    ends[codes[fits.any(axis=1)]] = True
    holds = ends[column.codes]  # an empty cell has the last place, which is False
    gap = lacking.codes == MISSING
    cases, others = int((holds & gap).sum()), int((holds & ~gap).sum())
    share, chance = cases / max(1, int(gap.sum())), (others + 1) / (int((~gap).sum()) + 2)
    if cases < LEAST_CASES or share < 10 * chance:
        return
    confidence = 0.95 * (1.0 - chance / share)
    for row in np.flatnonzero(holds & gap).tolist():
        at = int(np.searchsorted(codes, column.codes[row]))
        yield Embedded(row, place, home, texts[int(numbers[at, fits[at].argmax()])], confidence)
