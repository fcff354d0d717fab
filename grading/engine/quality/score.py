"""From measures to scores: the columns of a sub-indicator together, its severity, then weighted means; with intervals.

A sub-indicator's error rate is the mean of its columns' rates e, weighted by the cells n that they concern, with the
quality profile's `concentration` p of the dimension: (sum n e^p / sum n)^(1/p). p = 1 pools all cells; a larger p keeps
a column that is full of errors from drowning in a wide table. Where the quality profile holds metrics apart, this is
done for each metric of a sub-indicator, and its rate is their plain mean: a few declared fields and a million records
are no cells of one table. What is right, X = 1 - rate, scores X^severity.

Interval, at LEVEL: what the rows leave open is the Wilson score interval (Wilson 1927) of X over the cells that were
really looked at, be they drawn from the file's rows or, where all were read, a sample of what its source produces; what
the detectors leave open is the standard deviation of the expected number of errors, suspicions of one value taken to
be right or wrong together. What is declared, given, or a number of days is no sample and has no width of its own.
Half-widths of both add in squares. Bounds are combined with the weights of the scores, as if all sub-indicators erred
to the same side, so that an interval is rather too wide. Errors that no detector knows are in no interval.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grading.engine.quality.indicators import OF_VALUES
from grading.engine.quality.model import DimensionScore, Measure, Score
from grading.engine.quality.weights import DIMENSIONS, QualityProfile

INTERVAL_METHOD = "wilson_and_detection"
LEVEL = 0.95
Z = 1.959964
#: Metric of errors in a column of which it cannot be said what is right: they count as errors, and no cell as right.
AMONG_UNJUDGED = "wrong_among_unjudged"
#: Metrics that count what is declared or given, or days: all there is of it, and a sample of nothing.
NO_SAMPLE = frozenset({"days_since_update", "metadata_elements", "headers", "described_columns", "declared_fields"})
Bounds = tuple[float, float, float]


def wilson(satisfied: float, examined: float, z: float = Z) -> tuple[float, float]:
    """Bounds within 0 and 1 of the share behind `satisfied` of `examined` (> 0)."""
    share = satisfied / examined
    divisor = 1 + z * z / examined
    centre = (share + z * z / (2 * examined)) / divisor
    half = z / divisor * (share * (1 - share) / examined + z * z / (4 * examined * examined)) ** 0.5
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


@dataclass(frozen=True, slots=True)
class Part:
    """A share from 0 to 1 with its bounds and weight; `covered`: how much of the weight it rests on."""

    weight: float
    value: float
    low: float
    high: float
    covered: float


def score_dimensions(
    measures: Iterable[Measure], weights: QualityProfile, judged: float = 1.0
) -> tuple[DimensionScore, ...]:
    """One score a dimension, in the standard's order.

    `judged`: the share of the values that let errors be told from right ones; what looks at values covers no more.
    """
    grouped: dict[tuple[str, str], list[Measure]] = {}
    for measure in measures:
        if measure.value is not None:
            grouped.setdefault((measure.dimension, measure.indicator), []).append(measure)
    scores = []
    for dimension in DIMENSIONS:
        parts = []
        for indicator, weight in weights.indicators[dimension].items():
            place = (dimension, indicator)
            if place in grouped and weight:
                value, low, high = _scored(grouped[place], weights, *place)
                parts.append(Part(weight, value, low, high, weight * judged if place in OF_VALUES else weight))
        total = sum(weights.indicators[dimension].values())
        scores.append(DimensionScore(dimension, _combined(parts, total), weights.dimensions[dimension]))
    return tuple(scores)


def score_overall(dimensions: Iterable[DimensionScore], weights: QualityProfile) -> Score:
    """The dimensions assessed, weighted; coverage counts the weight of every sub-indicator."""
    parts = []
    for item in dimensions:
        score = item.score
        if score.value is not None and score.low is not None and score.high is not None and item.weight:
            parts.append(
                Part(item.weight, score.value / 100, score.low / 100, score.high / 100, item.weight * score.coverage)
            )
    return _combined(parts, sum(weights.dimensions.values()))


def _scored(measures: Sequence[Measure], weights: QualityProfile, dimension: str, indicator: str) -> Bounds:
    """(score, low, high) of a sub-indicator, from 0 to 1."""
    # What is wrong in columns that cannot be judged is wrong beside the others, of whichever metric they are.
    beside = [item for item in measures if item.metric == AMONG_UNJUDGED]
    pools: dict[str, list[Measure]] = {}
    for item in measures:
        if item.metric != AMONG_UNJUDGED:
            pools.setdefault(item.metric if weights.metrics_apart else "", list(beside)).append(item)
    pools = pools or {"": beside}
    bounds = [_pooled(pool, weights.concentration_of(dimension)) for pool in pools.values()]
    severity = weights.severity_of(dimension, indicator)
    value, low, high = (sum(each) / len(bounds) for each in zip(*bounds, strict=True))
    return value**severity, low**severity, high**severity


def _pooled(measures: Sequence[Measure], concentration: float) -> Bounds:
    """(share that is right, low, high) of the columns together."""
    # What nobody can tell right from wrong is no right value; what is wrong there is wrong all the same.
    judged = [item for item in measures if item.metric != AMONG_UNJUDGED] or measures
    cells = sum(item.examined for item in judged)
    wrong = [_errors(item) for item in measures]
    if concentration == 1.0:
        rate = min(1.0, sum(wrong) / cells)
    else:
        powers = (
            item.examined * (errors / item.examined) ** concentration
            for item, errors in zip(measures, wrong, strict=True)
        )
        rate = min(1.0, (sum(powers) / cells) ** (1 / concentration))
    variance = 0.0
    for item, errors in zip(measures, wrong, strict=True):
        if rate and item.doubt:
            slope = (errors / item.examined / rate) ** (concentration - 1)
            variance += (slope * item.doubt / cells) ** 2
    right = 1.0 - rate
    low, high = right, right
    drawn = [item for item in judged if item.metric not in NO_SAMPLE]
    if drawn:
        seen = sum(item.examined if item.seen is None else item.seen for item in drawn)
        low, high = wilson(right * seen, seen)
    doubt = Z * variance**0.5
    low = max(0.0, right - ((right - low) ** 2 + doubt**2) ** 0.5)
    high = min(1.0, right + ((high - right) ** 2 + doubt**2) ** 0.5)
    return right, low, high


def _errors(measure: Measure) -> float:
    return measure.satisfied if measure.direction == "lower_is_better" else measure.examined - measure.satisfied


def _combined(parts: Sequence[Part], total_weight: float) -> Score:
    weight = sum(part.weight for part in parts)
    if not weight:
        return Score(None, None, None, 0.0)
    value = sum(part.weight * part.value for part in parts) / weight
    low = sum(part.weight * part.low for part in parts) / weight
    high = sum(part.weight * part.high for part in parts) / weight
    covered = sum(part.covered for part in parts) / total_weight
    # Rounding must not move a bound past the score.
    value, low, high = (round(100 * share, 2) for share in (value, low, high))
    return Score(value, min(low, value), max(high, value), round(covered, 4))
