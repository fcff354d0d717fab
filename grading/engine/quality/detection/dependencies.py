"""Which columns decide which others, as far as the rows show: approximate functional dependencies.

A dependency holds where the other rows with the same key foretell the value of a row (leave-one-out) much better than
the column's most frequent value does. Keys of a table, whose groups have one row, foretell nothing and are none; a
column of nearly one value is foretold by chance alone. Compare the reliable fraction of information of Mandros et al.
(KDD 2017), whose guard against chance this shares, at the cost of counting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from grading.engine.quality.detection.codes import MISSING, Coded, Numbers
from grading.engine.quality.detection.dependencies_dissent import name_each_other, usual_dissent
from grading.engine.quality.detection.dependencies_screen import LEAST_ROWS, alike, likely_pairs

LEAST_STRENGTH: Final = 0.6
LEAST_TRACE: Final = 0.3
"""Strength from which on columns that name each other tell how many cells are wrong, though not which."""
ACCEPTED: Final = 0.1
"""Of the rows with a key, the share from which on a second value is an accepted one."""
EXPLAINED: Final = 4
"""Dissenting rows with one value of a third column, from which on that value may explain them."""


@dataclass(frozen=True, eq=False)
class Association:
    """`determinant` foretells `dependent` (places of columns) better than chance.

    `strength`: the share of the errors of guessing the most frequent value that the key avoids (lambda of Goodman and
    Kruskal, leave-one-out). `rows`: rows whose key occurs again. `dissent`: the share of rows of the usual key that say
    otherwise, for no reason that the key has; None where the keys are too small or few to tell.
    """

    determinant: int
    dependent: int
    strength: float
    rows: int
    dissent: float | None


@dataclass(frozen=True, eq=False)
class Dependency(Association):
    """An association that is so strong that a row which dissents looks wrong.

    Of the rows that the others contradict, `alone` hold a value that no other row with the key has, `joined` do not: a
    key with two accepted values rather than an error.

    Dissenting rows: `rows_against`, the `others` with the key and a value, how many of them say the `most` frequent
    value, whose code is `expected`, and how many `fellows` say what the row says.
    """

    alone: int
    joined: int
    rows_against: Numbers
    others: Numbers
    most: Numbers
    expected: Numbers
    fellows: Numbers
    active: npt.NDArray[np.bool_]


def dependencies(columns: Sequence[Coded]) -> list[Dependency]:
    """Those that hold, by determinant and dependent."""
    return [found for found in associations(columns) if isinstance(found, Dependency)]


def associations(columns: Sequence[Coded]) -> list[Association]:
    """Those that hold, and weaker ones between columns that name each other, by determinant and dependent."""
    found = []
    for determinant, dependent in likely_pairs(columns):
        held = _counted(columns, determinant, dependent)
        if held is not None:
            found.append(held)
    return found


def _counted(columns: Sequence[Coded], determinant: int, dependent: int) -> Association | None:
    """The dependency with the rows that contradict it, or its trace; None where there is neither."""
    keys, values = columns[determinant].codes, columns[dependent].codes
    width = columns[dependent].distinct
    rows = np.flatnonzero((keys != MISSING) & (values != MISSING))
    cells, inverse, counts = np.unique(keys[rows] * width + values[rows], return_inverse=True, return_counts=True)
    cell_key, cell_value = cells // width, cells % width
    groups = columns[determinant].distinct
    size = np.bincount(cell_key, weights=counts, minlength=groups).astype(np.int64)
    order = np.lexsort((cell_value, -counts, cell_key))
    leads = np.empty(len(order), dtype=bool)
    leads[:1] = True
    leads[1:] = cell_key[order][1:] != cell_key[order][:-1]
    best = order[leads]
    most, top = np.zeros(groups, dtype=np.int64), np.full(groups, MISSING, dtype=np.int64)
    most[cell_key[best]], top[cell_key[best]] = counts[best], cell_value[best]
    second = np.zeros(groups, dtype=np.int64)
    follows = np.zeros(len(order), dtype=bool)
    follows[1:] = leads[:-1] & ~leads[1:]
    second[cell_key[order[follows]]] = counts[order[follows]]

    row_key, own = keys[rows], counts[inverse]
    leading = values[rows] == top[row_key]
    compared = size[row_key] >= 2
    if int(compared.sum()) < LEAST_ROWS:
        return None
    ahead = np.where(leading, own - 1 - second[row_key], -1)
    right = np.where(ahead > 0, 1.0, np.where((ahead == 0) & (own > 1), 0.5, 0.0))[compared]
    sizes = size[row_key][compared]
    strength = min(
        _strength(right, sizes, columns[dependent]),
        _strength(right[small := row_key[compared] != int(size.argmax())], sizes[small], columns[dependent]),
    )
    if strength < LEAST_TRACE:
        return None
    dissent = usual_dissent(cell_key, cell_value, counts, most, top)
    if strength < LEAST_STRENGTH:
        if not name_each_other(cell_key, cell_value, counts):
            return None
        return Association(determinant, dependent, strength, int(compared.sum()), dissent)
    against = compared & ~leading & (most[row_key] >= 2) & (most[row_key] > own)
    against[against] = ~_explained(columns, {determinant, dependent}, rows[against], rows[compared])
    accepted = (own > 1) & (own >= ACCEPTED * size[row_key])
    mixed = _mixed(size[row_key], most[row_key], float((against & ~accepted).sum() / compared.sum()))
    alone = int((against & ~accepted & ~mixed).sum())
    joined = int((against & (accepted | mixed)).sum())
    against &= ~mixed
    empty = np.flatnonzero((keys != MISSING) & (values == MISSING))
    empty = empty[most[keys[empty]] >= 2]
    where = np.concatenate([rows[against], empty])
    active = np.zeros(len(keys), dtype=bool)
    active[rows[compared]] = True
    return Dependency(
        determinant,
        dependent,
        strength,
        int(compared.sum()),
        dissent,
        alone,
        joined,
        rows_against=where,
        others=np.concatenate([size[row_key[against]] - 1, size[keys[empty]]]),
        most=most[keys[where]],
        expected=top[keys[where]],
        fellows=np.concatenate([own[against] - 1, np.zeros(len(empty), dtype=np.int64)]),
        active=active,
    )


def _strength(right: npt.NDArray[np.float64], sizes: Numbers, column: Coded) -> float:
    """How much better the key foretells than chance; 0 where too few rows say so."""
    if len(right) < LEAST_ROWS:
        return 0.0
    chance = _chance(column, sizes)
    return float((right.mean() - chance) / max(1e-9, 1 - chance))


def _mixed(size: Numbers, most: Numbers, rate: float) -> npt.NDArray[np.bool_]:
    """Whether a key's rows dissent so much more often than those of the others that several values belong to it."""
    expected = max(rate, 0.005) * size
    mixed: npt.NDArray[np.bool_] = size - most > expected + 3 * np.sqrt(expected + 0.5)
    return mixed


def _explained(
    columns: Sequence[Coded], own: set[int], dissenting: Numbers, compared: Numbers
) -> npt.NDArray[np.bool_]:
    """Which dissenting rows a third column explains: most rows with its value there dissent.

    The dependency holds under a condition then, and they are no errors.
    """
    explained = np.zeros(len(dissenting), dtype=bool)
    if len(dissenting) < EXPLAINED:
        return explained
    for place, column in enumerate(columns):
        if place in own or column.distinct < 2:
            continue
        codes = column.codes[dissenting] + 1
        dissent = np.bincount(codes, minlength=column.distinct + 1)
        many = dissent >= EXPLAINED
        many[0] = False
        if many.any():
            rows = np.bincount(column.codes[compared] + 1, minlength=column.distinct + 1)
            explained |= (many & (dissent >= 0.5 * rows))[codes]
    return explained


def _chance(column: Coded, sizes: Numbers) -> float:
    """How often a key that tells nothing would foretell the value.

    Of one other row as often as two cells are alike, of many as often as the most frequent value stands in a cell.
    """
    single = float((sizes == 2).mean())
    return single * alike(column) + (1 - single) * float(column.counts.max() / column.counts.sum())
