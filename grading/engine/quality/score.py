"""From measures to scores: sub-indicators pooled by the cells they concern, then weighted; with intervals.

Interval: Wilson score interval (Wilson 1927) at 95 % of each sub-indicator's pooled A / B, combined with the same
weights as the scores. It treats the file as a sample of what its source produces.
"""

from collections.abc import Iterable

from grading.engine.quality.model import DimensionScore, Measure, Score
from grading.engine.quality.weights import DIMENSIONS, QualityProfile

INTERVAL_METHOD = "wilson_95_weighted"
Z = 1.959964


def wilson(satisfied: int, examined: int, z: float = Z) -> tuple[float, float]:
    """Bounds within 0 and 1 of the share behind `satisfied` of `examined` (> 0)."""
    share = satisfied / examined
    divisor = 1 + z * z / examined
    centre = (share + z * z / (2 * examined)) / divisor
    half = z / divisor * (share * (1 - share) / examined + z * z / (4 * examined * examined)) ** 0.5
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def score_dimensions(measures: Iterable[Measure], weights: QualityProfile) -> tuple[DimensionScore, ...]:
    """One score a dimension, in the standard's order."""
    pooled: dict[tuple[str, str], list[int]] = {}
    for measure in measures:
        if measure.value is None:
            continue
        good = measure.satisfied if measure.direction == "higher_is_better" else measure.examined - measure.satisfied
        totals = pooled.setdefault((measure.dimension, measure.indicator), [0, 0])
        totals[0] += good
        totals[1] += measure.examined
    scores = []
    for dimension in DIMENSIONS:
        parts = []
        for indicator, weight in weights.indicators[dimension].items():
            if (dimension, indicator) in pooled and weight:
                good, examined = pooled[dimension, indicator]
                parts.append((weight, good / examined, *wilson(good, examined)))
        total = sum(weights.indicators[dimension].values())
        scores.append(DimensionScore(dimension, _combined(parts, total), weights.dimensions[dimension]))
    return tuple(scores)


def score_overall(dimensions: Iterable[DimensionScore], weights: QualityProfile) -> Score:
    """The dimensions assessed, weighted; coverage counts the weight of every sub-indicator."""
    parts = []
    covered = 0.0
    for item in dimensions:
        covered += item.weight * item.score.coverage
        score = item.score
        if score.value is not None and score.low is not None and score.high is not None and item.weight:
            parts.append((item.weight, score.value / 100, score.low / 100, score.high / 100))
    total = sum(weights.dimensions.values())
    combined = _combined(parts, total)
    return Score(combined.value, combined.low, combined.high, round(covered / total, 4))


def _combined(parts: list[tuple[float, float, float, float]], total_weight: float) -> Score:
    weight = sum(part[0] for part in parts)
    if not weight:
        return Score(None, None, None, 0.0)
    value, low, high = (round(100 * sum(part[0] * part[place] for part in parts) / weight, 2) for place in (1, 2, 3))
    return Score(value, low, high, round(weight / total_weight, 4))
