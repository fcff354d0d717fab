"""The quality of a table on the six dimensions of GB/T 36344-2018."""

from dataclasses import replace
from datetime import date

from grading.engine.profile import Study
from grading.engine.quality.declared.check import Checked
from grading.engine.quality.declared.outcome import found_with, measured_with
from grading.engine.quality.detection.detect import detect_errors, sheet_of
from grading.engine.quality.evidence import weigh
from grading.engine.quality.findings import find_all
from grading.engine.quality.judged import judged_share
from grading.engine.quality.measures import Inputs, measure_all, point_in_time
from grading.engine.quality.model import Assessment, Measure, Metadata, Score
from grading.engine.quality.score import INTERVAL_METHOD, LEVEL, score_dimensions, score_overall
from grading.engine.quality.weights import QualityProfile

#: Dimensions whose measures look at the values themselves.
CONTENT = frozenset({"completeness", "accuracy", "consistency"})


def assess(
    study: Study,
    *,
    metadata: Metadata,
    weights: QualityProfile,
    today: date,
    not_of_the_period: frozenset[str] = frozenset(),
    checked: Checked | None = None,
) -> Assessment:
    """Measures, scores and findings; the same inputs give the same assessment.

    `not_of_the_period` names columns of dates, as of birth, that the declared period does not speak of.
    `checked` is what the rules that the provider declares say of the table.

    The overall score is None and the verdict `insufficient_evidence` where no cell has a value, where too little of
    the table lets errors be told from right values, or less than the profile's minimum coverage was assessed: a table
    that shows nothing is not a good one.
    """
    sheet = sheet_of(study)
    suspicions = detect_errors(sheet)
    evidence = weigh(sheet, suspicions)
    inputs = Inputs(study, metadata, weights, today, evidence, not_of_the_period)
    measures = measured_with(measure_all(inputs), checked)
    judged = judged_share(study, evidence.judged)
    has_values = any(column.values for column in study.profile.columns)
    findings, totals = found_with(find_all(study, measures, metadata, today, sheet, suspicions), checked)
    return _judged(
        Assessment(
            overall=Score(None, None, None, 0.0),
            verdict="insufficient_evidence",
            dimensions=(),
            measures=measures,
            findings=findings,
            finding_totals=totals,
            interval_method=INTERVAL_METHOD,
            assessed_on=today,
            profile_code=weights.code,
            profile_version=weights.version,
            judged=judged,
            interval_level=LEVEL,
        ),
        weights,
        has_values,
    )


def reassess(
    assessment: Assessment,
    *,
    metadata: Metadata,
    weights: QualityProfile,
    has_values: bool,
    today: date | None = None,
) -> Assessment:
    """What `assess` would say under other weights, or on another day, from what it measured; the file is not needed.

    `metadata` and `has_values` (whether any column had a value) are those of then; the day, too, without `today`.
    Findings stay as they were found.
    """
    today = today or assessment.assessed_on
    measures = tuple(
        point_in_time(metadata, weights, today) if measure.indicator == "point_in_time" else measure
        for measure in assessment.measures
    )
    again = replace(
        assessment,
        measures=measures,
        interval_method=INTERVAL_METHOD,
        assessed_on=today,
        interval_level=LEVEL,
        profile_code=weights.code,
        profile_version=weights.version,
    )
    return _judged(again, weights, has_values)


def _judged(assessment: Assessment, weights: QualityProfile, has_values: bool) -> Assessment:
    """With dimensions, overall score and verdict."""
    dimensions = score_dimensions(assessment.measures, weights, assessment.judged)
    overall = score_overall(dimensions, weights)
    reason = _insufficient(assessment.measures, overall, weights, assessment.judged, has_values)
    if reason is not None:
        overall = Score(None, None, None, overall.coverage)
    verdict = "assessed" if reason is None else "insufficient_evidence"
    return replace(assessment, overall=overall, verdict=verdict, dimensions=dimensions, reason=reason)


def _insufficient(
    measures: tuple[Measure, ...],
    overall: Score,
    weights: QualityProfile,
    judged: float,
    has_values: bool,
) -> str | None:
    """Why there is no overall score: a key of NOT_ASSESSED."""
    if not has_values:
        return "no_values"
    seen = any(item.dimension in CONTENT and item.value is not None for item in measures)
    if not seen or judged < weights.minimum_judged:
        return "nothing_judged"
    if overall.value is None or overall.coverage < weights.minimum_coverage:
        return "little_coverage"
    return None
