"""When a score stops being true by the passing of time alone: data that is not updated as declared grows old.

Of all measures only `timeliness.point_in_time` looks at the day, and it only falls. So what will be said on any later
day follows from what was measured, and the first day on which that differs is found without the file.
"""

from datetime import date, timedelta
from typing import Final

from grading.engine.quality.assess import reassess
from grading.engine.quality.model import Assessment, Metadata
from grading.engine.quality.weights import QualityProfile

#: A score that fell by less is kept: every overdue file loses a trace each day, and nobody reads that.
OVERALL_STEP: Final = 1.0
TIMELINESS_STEP: Final = 5.0
#: Scores are spoken of in bands of so many points.
BAND: Final = 10
#: After a hundred years nothing falls any further that anybody would notice.
HORIZON: Final = timedelta(days=36_525)


def band(score: float | None) -> int | None:
    """The lower end of the band of ten points that a score lies in (90 for 100); None without a score."""
    return None if score is None else min(int(score // BAND) * BAND, 100 - BAND)


def fell(before: float | None, after: float | None) -> bool:
    """Whether an overall score came down into a lower band, or to none at all."""
    low, high = band(after), band(before)
    return high is not None and (low is None or low < high)


def differs(before: Assessment, after: Assessment) -> bool:
    """Whether `after` is worth being said: another verdict or band, or a score that moved by its step."""
    return (
        before.verdict != after.verdict
        or band(before.overall.value) != band(after.overall.value)
        or _moved(before.overall.value, after.overall.value, OVERALL_STEP)
        or _moved(_timeliness(before), _timeliness(after), TIMELINESS_STEP)
    )


def changes_on(assessment: Assessment, *, metadata: Metadata, weights: QualityProfile, has_values: bool) -> date | None:
    """The first day after the assessment's own on which it `differs` from what would be said then; None: never.

    `metadata` and `has_values` as of `reassess`. Some fifteen judgements of what was measured, and no file.
    """
    if metadata.modified_on is None or metadata.update_frequency not in weights.update_days:
        return None
    begins = assessment.assessed_on

    def different(days: int) -> bool:
        day = begins + timedelta(days=days)
        found = reassess(assessment, metadata=metadata, weights=weights, has_values=has_values, today=day)
        return differs(assessment, found)

    same, later = 0, min(HORIZON, date.max - begins).days
    if not different(later):
        return None
    while later - same > 1:
        middle = (same + later) // 2
        same, later = (same, middle) if different(middle) else (middle, later)
    return begins + timedelta(days=later)


def _timeliness(assessment: Assessment) -> float | None:
    return assessment.dimension("timeliness").score.value


def _moved(before: float | None, after: float | None, step: float) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(before - after) >= step
