"""When nothing meets every wish: which wish, loosened alone, would bring listings in, how far, and how many.

Only listings that fail that one constraint count: what fails two is not gained by loosening either.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from marketplace.matching.engine.constraints import (
    ABSOLUTE,
    BUDGET,
    FRESHNESS,
    MINIMUM_QUALITY,
    TIME_SPAN,
    ConstraintResult,
    Value,
)

MOST_STEPS: Final = 3
"""Of one wish that is measured: so many loosenings, the smallest first."""
MEASURED: Final = (BUDGET, MINIMUM_QUALITY, FRESHNESS, TIME_SPAN)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One constraint loosened alone: what it would have to allow (`to`, as `actual` of a ConstraintResult).

    `by`: the budget as a share of itself (0.2: 20 % more), quality in points, freshness and time span in days; None
    where there is no measure, as between sectors. `gained` counts the listings that it would bring in.
    """

    code: str
    to: Value
    by: float | None
    gained: int


def relaxations(
    failures: Iterable[tuple[int, Sequence[ConstraintResult]]], *, wanted_days: int | None = None
) -> list[Relaxation]:
    """The loosenings of one wish each, the smallest first, from (listing, all that it fails) of relevant listings.

    A measured one counts all that a smaller loosening brings in as well. `wanted_days` is the length of the span of
    time wanted, beside which days that lack are weighed. Wishes without a measure come last, those that bring most
    first.
    """
    alone: dict[str, list[ConstraintResult]] = {}
    for _listing, failed in failures:
        if len(failed) == 1 and failed[0].code not in ABSOLUTE:
            alone.setdefault(failed[0].code, []).append(failed[0])
    found = [step for code, results in alone.items() for step in _of_one(code, results)]
    return sorted(found, key=lambda step: (_size(step, wanted_days), -step.gained, step.code, str(step.to)))


def _of_one(code: str, results: Sequence[ConstraintResult]) -> list[Relaxation]:
    if code in MEASURED:
        measured = [(found.shortfall, found) for found in results if found.shortfall is not None]
        others = [found for found in results if found.shortfall is None]
    else:
        measured, others = [], list(results)
    return [*_steps(code, measured), *_kinds(code, others)]


def _steps(code: str, measured: Sequence[tuple[float, ConstraintResult]]) -> list[Relaxation]:
    found = []
    for by in sorted({shortfall for shortfall, _result in measured})[:MOST_STEPS]:
        within = [result for shortfall, result in measured if shortfall <= by]
        to = next(result.actual for shortfall, result in measured if shortfall == by)
        found.append(Relaxation(code, to, by, len(within)))
    return found


def _kinds(code: str, results: Sequence[ConstraintResult]) -> list[Relaxation]:
    counts: dict[Value, int] = {}
    for result in results:
        counts[result.actual] = counts.get(result.actual, 0) + 1
    largest = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))[:MOST_STEPS]
    return [Relaxation(code, to, None, gained) for to, gained in largest]


def _size(step: Relaxation, wanted_days: int | None) -> float:
    """How far a loosening goes, on one scale: shares of what was wanted; quality of 100, ages of a year."""
    if step.by is None:
        return math.inf
    if step.code == MINIMUM_QUALITY:
        return step.by / 100
    if step.code == FRESHNESS:
        return step.by / 365
    if step.code == TIME_SPAN:
        return step.by / max(1, wanted_days or 1)
    return step.by


def days_of(wanted: tuple[date, date] | None) -> int | None:
    """The length of a span in days, both ends included."""
    return None if wanted is None else (wanted[1] - wanted[0]).days + 1
