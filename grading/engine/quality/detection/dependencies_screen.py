"""Which pairs of columns are worth counting as dependencies: a glance at pairs of rows with the same key.

Bounds the work on a table of any width: comparing costs columns times NEIGHBOURS times PAIRS_SCREENED.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from grading.engine.quality.detection.codes import MISSING, Coded

NEIGHBOURS: Final = 64
"""Of a table of more columns than twice this, each is compared with so many on either side."""
PAIRS_SCREENED: Final = 2_048
"""Pairs of rows with the same key by which a dependency is held to be worth counting."""
DETERMINANTS: Final = 8
"""The most determinants of a column that vote."""
DEPENDENCIES: Final = 1_024
"""The most of a table, the strongest first."""
LEAST_AGREEMENT: Final = 0.3
LEAST_ROWS: Final = 6
"""Rows whose key occurs again, without which nothing is said."""


def likely_pairs(columns: Sequence[Coded]) -> Iterator[tuple[int, int]]:
    """Pairs of which two rows with the same key often have the same value, more often than any two rows."""
    if not columns or len(columns[0].codes) < LEAST_ROWS:
        return
    height = len(columns[0].codes)
    shuffled = np.random.default_rng(0).permutation(height)
    table = np.stack([column.codes for column in columns], axis=1)[shuffled].astype(np.int32)
    by_chance = np.array([alike(column) for column in columns])
    scores: dict[int, list[tuple[float, int]]] = {}
    for place, column in enumerate(columns):
        if column.distinct < 2 or column.distinct > 0.9 * height:
            continue
        key = table[:, place]
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        pairs = np.flatnonzero((ordered[1:] == ordered[:-1]) & (ordered[1:] != MISSING))
        if len(pairs) < 3:
            continue
        if len(pairs) > PAIRS_SCREENED:
            pairs = pairs[np.linspace(0, len(pairs) - 1, PAIRS_SCREENED).astype(np.int64)]
        low, high = _window(place, len(columns))
        one, other = table[order[pairs], low:high], table[order[pairs + 1], low:high]
        known = (one != MISSING) & (other != MISSING)
        size = known.sum(axis=0)
        agreement = ((one == other) & known).sum(axis=0) / np.maximum(size, 1)
        chance = by_chance[low:high]
        kappa = np.where((size >= 3) & (chance < 1), (agreement - chance) / np.maximum(1 - chance, 1e-9), 0.0)
        for offset in np.flatnonzero(kappa >= LEAST_AGREEMENT).tolist():
            if low + offset != place:
                scores.setdefault(low + offset, []).append((-float(kappa[offset]), place))
    chosen = [
        (score, determinant, dependent)
        for dependent, ranked in scores.items()
        for score, determinant in sorted(ranked)[:DETERMINANTS]
    ]
    yield from sorted((determinant, dependent) for _, determinant, dependent in sorted(chosen)[:DEPENDENCIES])


def _window(place: int, width: int) -> tuple[int, int]:
    if width <= 2 * NEIGHBOURS:
        return 0, width
    return max(0, place - NEIGHBOURS), min(width, place + NEIGHBOURS + 1)


def alike(column: Coded) -> float:
    """The chance that two cells have the same value."""
    total = int(column.counts.sum())
    if total < 2:
        return 1.0
    return float((column.counts * (column.counts - 1)).sum() / (total * (total - 1)))
