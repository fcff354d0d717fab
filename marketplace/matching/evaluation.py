"""Measuring weights on what buyers judged: the rankings that versions give, beside the judgments that are kept.

Every demand with judgments is ranked anew, whatever became of it, over what is published now, by the same search, the
same constraints and the same decision table as matching does it: the index keeps words and counts, and no weights, so
that those that nobody has released act on it as they would.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from marketplace.matching.engine.evaluation import Paired, average_precision, ndcg, paired
from marketplace.matching.engine.weights import Weights
from marketplace.matching.finding import Finder
from marketplace.matching.models import Demand, IndexedListing, Judgment

CUT: Final = 10
"""Places of a ranking that count: those that a buyer looks at."""
MOST_DEMANDS: Final = 2_000
"""Demands judged last."""

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """One demand with the grades of the listings that were judged for it."""

    demand: Demand
    grades: dict[int, int]


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of one demand under some weights; None where its judgments do not allow one."""

    demand_id: int
    ndcg: float | None
    average_precision: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of weights on the same judgments."""

    before: tuple[Measured, ...]
    after: tuple[Measured, ...]
    ndcg: Paired
    mean_average_precision: Paired


def judged() -> list[Judged]:
    """The demands judged last, with the newest grade of each listing that is still published, and indexed."""
    indexed = IndexedListing.objects.values("pk")
    newest = (
        Judgment.objects.filter(listing__in=indexed)
        .order_by("demand_id", "listing_id", "-pk")
        .distinct("demand_id", "listing_id")
    )
    grades: dict[int, dict[int, int]] = defaultdict(dict)
    last: dict[int, int] = defaultdict(int)
    for pk, demand_id, listing_id, grade in newest.values_list("pk", "demand_id", "listing_id", "grade"):
        grades[demand_id][listing_id] = grade
        last[demand_id] = max(last[demand_id], pk)
    chosen = sorted(sorted(grades, key=lambda one: -last[one])[:MOST_DEMANDS])
    rows = Demand.objects.select_related("organisation").in_bulk(chosen)
    return [Judged(rows[pk], grades[pk]) for pk in chosen]


def measure(demands: Sequence[Judged], weights: Weights, *, k: int, report: Report) -> tuple[Measured, ...]:
    """NDCG and average precision of each demand under these weights; `report` hears of the progress."""
    found = []
    for done, one in enumerate(demands, start=1):
        ranking = [result.listing_id for result in Finder(one.demand, weights).in_order(one.grades)]
        found.append(Measured(one.demand.pk, ndcg(ranking, one.grades, k), average_precision(ranking, one.grades, k)))
        report(done / len(demands))
    return tuple(found)


def compare(before: Weights, after: Weights, report: Report, *, k: int = CUT) -> Compared:
    """Both versions on the same demands, judgments and listings."""
    demands = judged()
    first = measure(demands, before, k=k, report=lambda share: report(share / 2))
    second = measure(demands, after, k=k, report=lambda share: report((1 + share) / 2))
    gains = [(a.ndcg, b.ndcg) for a, b in zip(first, second, strict=True) if a.ndcg is not None and b.ndcg is not None]
    precisions = [
        (a.average_precision, b.average_precision)
        for a, b in zip(first, second, strict=True)
        if a.average_precision is not None and b.average_precision is not None
    ]
    return Compared(
        before=first,
        after=second,
        ndcg=paired([a for a, _b in gains], [b for _a, b in gains]),
        mean_average_precision=paired([a for a, _b in precisions], [b for _a, b in precisions]),
    )
