"""What measures look at, and what they say: X = A / B of a sub-indicator, or why it was not assessed."""

from dataclasses import dataclass
from datetime import date

from grading.engine.profile import ColumnProfile, Study
from grading.engine.quality.evidence import Charge, Evidence
from grading.engine.quality.indicators import Indicator
from grading.engine.quality.model import Measure, Metadata
from grading.engine.quality.weights import QualityProfile


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a measure may look at."""

    study: Study
    metadata: Metadata
    weights: QualityProfile
    today: date
    evidence: Evidence
    not_of_the_period: frozenset[str] = frozenset()


def ratio(
    dimension: str,
    indicator: str,
    metric: str,
    satisfied: float,
    examined: int,
    *,
    column: str | None = None,
    lower_is_better: bool = False,
    estimated: bool = False,
    doubt: float = 0.0,
    seen: int | None = None,
) -> Measure:
    """A measured sub-indicator. Raises ValueError unless 0 <= A <= B and B > 0."""
    if not 0 <= satisfied <= examined or examined <= 0:
        raise ValueError(f"{dimension}.{indicator} {metric}: A = {satisfied}, B = {examined}")
    direction = "lower_is_better" if lower_is_better else "higher_is_better"
    whole = round(satisfied, 4)
    return Measure(
        indicator,
        dimension,
        metric,
        column,
        int(whole) if whole == int(whole) else whole,
        examined,
        round(satisfied / examined, 6),
        direction,
        estimated,
        None,
        round(doubt, 4),
        None if seen is None or seen >= examined else max(1, seen),
    )


def of_column(
    indicator: Indicator, metric: str, column: ColumnProfile, charge: Charge, *, examined: int, lower: bool = False
) -> Measure:
    """A column's measure from the wrong cells that are expected in it."""
    errors = min(charge.errors, float(examined))
    return ratio(
        *indicator,
        metric,
        errors if lower else examined - errors,
        examined,
        column=column.name,
        lower_is_better=lower,
        estimated=charge.seen < column.values,
        doubt=charge.doubt,
        seen=charge.seen,
    )


def not_assessed(dimension: str, indicator: str, reason: str) -> Measure:
    """A sub-indicator that the file and its metadata cannot show; `reason` is a key of NOT_ASSESSED."""
    return Measure(indicator, dimension, indicator, None, 0, 0, None, reason=reason)
