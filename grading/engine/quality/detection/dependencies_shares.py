"""What share of a column's cells is wrong, as columns that depend on each other show together.

The more cells are wrong, the weaker a dependency is found and the fewer cells can be named: that must not be taken for
a lack of errors. What stays visible is how many rows dissent. Of two columns nothing tells which one is wrong in a row;
of three, the pairs that dissent have the column to blame in common.

With x = -log(1 - share of wrong cells), the rows of a pair agree with exp(-x) of the one times exp(-x) of the other, if
cells are wrong independently of each other. The x are fitted to all pairs by least squares; what the pairs leave open
is divided evenly.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from grading.engine.quality.detection.dependencies import Association

SWEEPS: Final = 100
"""Steps of the fit, which halve what is left to do at least in tables of few columns."""
MOST: Final = 0.9
"""The largest share of dissenting rows that is believed."""


def wrong_shares(width: int, found: Iterable[Association]) -> dict[int, float]:
    """By column of an association (place below `width`); 0.0 where dissent shows no error."""
    known = list(found)
    shares = {place: 0.0 for held in known for place in (held.determinant, held.dependent)}
    told = [item for item in known if item.dissent is not None]
    if not told:
        return shares
    one = np.array([item.determinant for item in told])
    other = np.array([item.dependent for item in told])
    rows = np.array([item.rows for item in told], dtype=np.float64)
    dissent = -np.log1p(-np.minimum(np.array([item.dissent for item in told], dtype=np.float64), MOST))
    weight = np.bincount(one, rows, width) + np.bincount(other, rows, width)
    weight[weight == 0] = 1.0
    fitted = 0.5 * (np.bincount(one, rows * dissent, width) + np.bincount(other, rows * dissent, width)) / weight
    for _ in range(SWEEPS):
        left = np.bincount(one, rows * (dissent - fitted[other]), width)
        left += np.bincount(other, rows * (dissent - fitted[one]), width)
        fitted = np.maximum(0.0, 0.5 * fitted + 0.5 * left / weight)
    return {place: round(float(-np.expm1(-fitted[place])), 6) for place in sorted(shares)}
