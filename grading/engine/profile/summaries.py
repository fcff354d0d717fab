"""Summaries of a column's numbers, days and lengths, and its picture."""

from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from grading.engine.profile.model import (
    HistogramBin,
    LengthSummary,
    NumberSummary,
    PeriodSummary,
    Quantity,
    ValueCount,
)
from grading.engine.profile.tally import Lengths, Tally
from grading.engine.profile.values import Array, Values

TOP_VALUES: Final = 10
BINS: Final = 20
#: Tukey's far fence (1977), in spreads of the middle half.
FENCE: Final = 3.0
#: Where more cells than this share lie beyond the fence, the tail may be heavy, and a second fence is asked, too.
OUTLIER_SHARE: Final = 0.005
OUTLIER_CELLS: Final = 50
#: A far value that more cells have, and a larger share of them, is a feature of the data, not an error.
OUTLIER_REPEATS: Final = 3
REPEATED_SHARE: Final = 0.01


def number_summary(tally: Tally, cells: Values, inferred: str) -> NumberSummary | None:
    """Of a column of numbers."""
    moments = tally.numbers
    if inferred not in ("integer", "decimal") or moments.minimum is None or moments.maximum is None:
        return None
    q1, median, q3 = _quartiles(cells) or (moments.minimum, moments.mean, moments.maximum)
    std = moments.std
    return NumberSummary(
        moments.minimum, moments.maximum, _rounded(moments.mean), None if std is None else _rounded(std), q1, median, q3
    )


def far_values(
    summary: NumberSummary | None, tally: Tally, sample: Values, cells: Values, scale: float, *, exact: bool
) -> tuple[Quantity | None, tuple[ValueCount, ...]]:
    """Cells far from most of the others, and the farthest; each value in `sample` stands for `scale` ones.

    Many cells beyond the fence are a heavy tail, which grows out of the others step by step, or much garbage, which
    stands apart. The logarithms of the distances from the median tell: there heavy tails have ends. What is beyond the
    fence of these as well is far, however much there is of it; neither fence moves with the values beyond it.
    """
    spread = 0.0 if summary is None else summary.q3 - summary.q1
    if summary is None or spread <= 0 or tally.numbers.cells < OUTLIER_CELLS:
        return None, ()
    low, high = summary.q1 - FENCE * spread, summary.q3 + FENCE * spread
    # A value of a sample stands for others; together they must not be too frequent either.
    often = max(OUTLIER_REPEATS, REPEATED_SHARE * tally.numbers.cells / scale)
    distances = np.abs(sample.number - summary.median)
    beyond = (sample.number < low) | (sample.number > high)
    if int(sample.count[beyond].sum()) * scale > OUTLIER_SHARE * tally.numbers.cells:
        beyond &= distances > _farthest_of_tail(cells, summary.median)
    far = beyond & (sample.count <= often)
    count = round(int(sample.count[far].sum()) * scale)
    places = np.flatnonzero(far)
    ordered = places[np.argsort(-distances[places], kind="stable")[:TOP_VALUES]]
    return Quantity(count, exact), sample.shown(ordered)


def _farthest_of_tail(cells: Values, median: float) -> float:
    """The distance from the median at the far fence of the logarithms of all distances but zero."""
    held = np.flatnonzero(~np.isnan(cells.number) & (cells.number != median))
    if not len(held):
        return np.inf
    with np.errstate(over="ignore"):
        logs = np.log(np.abs(cells.number[held] - median))
        near, _middle, away = _weighted_quartiles(logs, cells.count[held])
        return float(np.exp(away + FENCE * (away - near)))


def _quartiles(cells: Values) -> tuple[float, float, float] | None:
    held = np.flatnonzero(~np.isnan(cells.number))
    return _weighted_quartiles(cells.number[held], cells.count[held]) if len(held) else None


def _weighted_quartiles(numbers: Array, counts: Array) -> tuple[float, float, float]:
    """Of numbers that stand in so many cells each; they are themselves among the numbers."""
    ordered = np.argsort(numbers, kind="stable")
    until = np.cumsum(counts[ordered])
    places = ordered[np.searchsorted(until, [share * until[-1] for share in (0.25, 0.5, 0.75)])]
    q1, median, q3 = numbers[places].tolist()
    return q1, median, q3


def period_summary(tally: Tally, inferred: str, kinds: tuple[str, ...]) -> PeriodSummary | None:
    """Of a column of days or instants."""
    spans = [tally.periods[kind] for kind in kinds if kind in tally.periods]
    if inferred not in ("date", "datetime") or not spans:
        return None
    early, late = min(span[0] for span in spans), max(span[1] for span in spans)
    order = {"date_dmy": "day_month_year", "date_mdy": "month_day_year", "date_compact": "year_month_day_digits"}
    return PeriodSummary(
        _instant_text(early, inferred), _instant_text(late, inferred), order.get(kinds[0], "year_month_day")
    )


def _instant_text(seconds: float, inferred: str) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.date().isoformat() if inferred == "date" else moment.replace(tzinfo=None).isoformat()


def length_summary(lengths: Lengths) -> LengthSummary | None:
    """Of a column of texts."""
    if lengths.minimum is None or lengths.maximum is None:
        return None
    return LengthSummary(lengths.minimum, lengths.maximum, _rounded(lengths.total / lengths.cells))


def histogram(
    tally: Tally, cells: Values, scale: float, axis: str | None, kinds: tuple[str, ...]
) -> tuple[HistogramBin, ...]:
    """Bins of equal width from the least to the most, which are exact also where the counts are not."""
    if axis is None:
        return ()
    along: Array = {"number": cells.number, "instant": cells.instant, "compact": cells.compact}[axis]
    held = ~np.isnan(along)
    if axis != "compact":
        held &= cells.are(*kinds)
    places, counts = along[held], cells.count[held]
    if not len(places):
        return ()
    low, high = _ends(tally, axis, kinds)
    bins = min(BINS, len(np.unique(places)))
    if bins == 1 or high <= low:
        return (HistogramBin(low, high, round(int(counts.sum()) * scale)),)
    width = (high - low) / bins
    totals = np.zeros(bins, np.int64)
    np.add.at(totals, np.clip(np.floor((places - low) / width), 0, bins - 1).astype(np.int64), counts)
    edges = [_rounded(low + width * place) for place in range(bins)] + [high]
    return tuple(
        HistogramBin(edges[place], edges[place + 1], round(count * scale))
        for place, count in enumerate(totals.tolist())
    )


def _ends(tally: Tally, axis: str, kinds: tuple[str, ...]) -> tuple[float, float]:
    if axis == "number":
        low, high = tally.numbers.minimum, tally.numbers.maximum
        return low or 0.0, high or 0.0  # there are numbers among the cells
    spans = [tally.periods[kind] for kind in kinds if kind in tally.periods]
    return min(early for early, _ in spans), max(late for _, late in spans)


def _rounded(number: float) -> float:
    """Twelve significant digits: what survives a different order of summation."""
    return float(f"{number:.12g}")
