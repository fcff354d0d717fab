"""How well a ranking serves what people judged: NDCG and MAP, and whether one ranking is better than another.

NDCG (Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques, 2002) with gains of 2^grade - 1; MAP of
what is relevant at all. Judgments are of what people were shown, so that most pairs have none; rankings are compared
on what was judged alone, the rest left out of them (condensed lists: Sakai, Alternatives to Bpref, 2007), else
whichever version shows new things would seem the worse one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

RELEVANT: Final = 2
"""From this grade on a listing is relevant, for MAP."""
RESAMPLES: Final = 10_000
AT_ONCE: Final = 2_000_000


def condensed(ranking: Sequence[int], grades: Mapping[int, int]) -> list[int]:
    """The judged ones of a ranking in their order, then those that it does not have, the worst grade first."""
    shown = [one for one in ranking if one in grades]
    missing = sorted(set(grades) - set(shown), key=lambda one: (grades[one], one))
    return [*shown, *missing]


def ndcg(ranking: Sequence[int], grades: Mapping[int, int], k: int) -> float | None:
    """NDCG of the first `k` of the condensed ranking, 0 to 1; None where nothing has a grade above 0."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:k])
    if ideal == 0:
        return None
    return _gain([grades[one] for one in condensed(ranking, grades)[:k]]) / ideal


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, start=1))


def average_precision(ranking: Sequence[int], grades: Mapping[int, int], k: int) -> float | None:
    """Average precision of the first `k` of the condensed ranking; None where nothing is relevant."""
    relevant = sum(grade >= RELEVANT for grade in grades.values())
    if not relevant:
        return None
    found, precisions = 0, []
    for place, one in enumerate(condensed(ranking, grades)[:k], start=1):
        if grades[one] >= RELEVANT:
            found += 1
            precisions.append(found / place)
    return math.fsum(precisions) / min(relevant, k)


@dataclass(frozen=True, slots=True)
class Paired:
    """One measure of two rankings over the same demands: their means, how often the second was better, and by how much.

    `low` and `high` bound the mean difference with 95 % confidence; `count` 0: nothing to compare.
    """

    count: int
    before: float
    after: float
    better: int
    worse: int
    low: float
    high: float

    @property
    def difference(self) -> float:
        """How much higher the mean of the second is."""
        return self.after - self.before


def paired(before: Sequence[float], after: Sequence[float], *, seed: int = 7) -> Paired:
    """Compare two measurements of the same demands, in the same order.

    The interval is a percentile bootstrap over demands (Efron, Tibshirani 1993) of `RESAMPLES` draws, from a seed of
    its own, so that the same judgments give the same figures.
    """
    count = len(before)
    if not count:
        return Paired(0, 0.0, 0.0, 0, 0, 0.0, 0.0)
    difference = np.array(after, dtype=np.float64) - np.array(before, dtype=np.float64)
    random = np.random.default_rng(seed)
    rows = max(1, AT_ONCE // count)
    means = [
        difference[random.integers(0, count, (min(rows, RESAMPLES - done), count))].mean(axis=1)
        for done in range(0, RESAMPLES, rows)
    ]
    low, high = np.quantile(np.concatenate(means), (0.025, 0.975))
    return Paired(
        count=count,
        before=math.fsum(before) / count,
        after=math.fsum(after) / count,
        better=int((difference > 0).sum()),
        worse=int((difference < 0).sum()),
        low=float(low),
        high=float(high),
    )
