"""How much the rows of a usual key dissent from what the key says, and whether errors look like that."""

from math import sqrt
from typing import Final

import numpy as np

from grading.engine.quality.detection.codes import Numbers

LEAST_KEY: Final = 4
"""Rows of a key, of fewer of which the share that dissents says little."""
LEAST_KEYS: Final = 8
"""So many keys must tell: with fewer, two scales of one thing, which go together and may differ, look the same."""
LEAST_OWN: Final = 0.9
KNOWN_CHANCE: Final = 0.9
"""Two dissenting values that agree as often as this by chance cannot show that they agree for a reason."""


def usual_dissent(key: Numbers, value: Numbers, counts: Numbers, most: Numbers, top: Numbers) -> float | None:
    """The share of the rows of a usual key that do not say what most of them say; None where too few keys tell.

    `key` and `value` that occur together, in `counts` rows; by key, the number `most` of rows that say `top`.

    The usual key is the median, weighted by rows: errors dissent under all keys alike, what is true of some keys only
    dissents under these. Errors say something else each time, too: of a share of them that say one other thing, two
    agree as often as the square of the share, and they are taken to be right.
    """
    size = np.bincount(key, weights=counts, minlength=len(most)).astype(np.int64)
    telling = (size >= LEAST_KEY) & (most >= 2)
    if telling.sum() < LEAST_KEYS:
        return None
    shares = (size - most)[telling] / size[telling]
    order = np.argsort(shares, kind="stable")
    rows = np.cumsum(size[telling][order])
    usual = float(shares[order][np.searchsorted(rows, rows[-1] / 2)])
    if not usual:
        return 0.0
    others = telling[key] & (value != top[key])
    return usual * (1.0 - sqrt(_concord(key[others], value[others], counts[others], top)))


def name_each_other(key: Numbers, value: Numbers, counts: Numbers) -> bool:
    """Whether nearly each key has a value of its own and each value a key: two names of the same things.

    That stays so, however many cells are wrong. Arguments as of `usual_dissent`.
    """
    return _own(key, value, counts) and _own(value, key, counts)


def _own(one: Numbers, other: Numbers, counts: Numbers) -> bool:
    """Whether what most rows with one of the first say is mostly said with it, by rows."""
    size = np.bincount(one, weights=counts).astype(np.int64)
    said, most = _most(one, other, counts, len(size))
    back, _ = _most(other, one, counts, int(other.max()) + 1)
    telling = np.flatnonzero((size >= LEAST_KEY) & (most >= 2))
    own = back[said[telling]] == telling
    return len(telling) >= LEAST_KEYS and bool(size[telling][own].sum() >= LEAST_OWN * size[telling].sum())


def _most(one: Numbers, other: Numbers, counts: Numbers, width: int) -> tuple[Numbers, Numbers]:
    """By one, the other that most rows say, and in how many; of equals the last."""
    order = np.lexsort((other, counts))
    said, most = np.full(width, -1, dtype=np.int64), np.zeros(width, dtype=np.int64)
    # Of places that repeat the last one written stays.
    said[one[order]], most[one[order]] = other[order], counts[order]
    return said, most


def _concord(key: Numbers, value: Numbers, counts: Numbers, top: Numbers) -> float:
    """How much more often than by chance two dissenting rows of a key say the same: 0 to 1, as kappa; 1 if unknown."""
    said = np.bincount(value, weights=counts)
    share = np.zeros(max(len(said), int(top.max()) + 1))
    share[: len(said)] = said / said.sum()
    rows = np.bincount(key, weights=counts, minlength=len(top))
    pairs = rows * (rows - 1)
    if not pairs.sum():
        return 0.0
    same = float((counts * (counts - 1)).sum() / pairs.sum())
    asked = pairs > 0
    own = share[top[asked]]
    by_chance = (float((share**2).sum()) - own**2) / np.maximum(1.0 - own, 1e-9) ** 2
    chance = min(1.0, float((pairs[asked] * by_chance).sum() / pairs.sum()))
    return 1.0 if chance > KNOWN_CHANCE else max(0.0, (same - chance) / (1.0 - chance))
