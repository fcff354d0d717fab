"""The quality of a table on the six dimensions of GB/T 36344-2018."""

from dataclasses import replace
from datetime import date

from grading.engine.profile import Study
from grading.engine.quality.declared.check import Checked
from grading.engine.quality.declared.outcome import found_with, measured_with
from grading.engine.quality.findings import find_all
from grading.engine.quality.measures import Inputs, measure_all, point_in_time
from grading.engine.quality.model import Assessment, DimensionScore, Measure, Metadata, Score
from grading.engine.quality.score import INTERVAL_METHOD, score_dimensions, score_overall
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

    Without any record, or with less than the profile's minimum coverage, the overall score is None and the verdict
    `insufficient_evidence`: a table that shows nothing is not a good one.
    """
    measures = measured_with(measure_all(Inputs(study, metadata, weights, today, not_of_the_period)), checked)
    has_values = any(column.values for column in study.profile.columns)
    dimensions, overall, verdict = _judged(measures, weights, has_values)
    findings, totals = found_with(find_all(study, measures, metadata, today), checked)
    return Assessment(
        overall=overall,
        verdict=verdict,
        dimensions=dimensions,
        measures=measures,
        findings=findings,
        finding_totals=totals,
        interval_method=INTERVAL_METHOD,
        assessed_on=today,
        profile_code=weights.code,
        profile_version=weights.version,
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
    dimensions, overall, verdict = _judged(measures, weights, has_values)
    return replace(
        assessment,
        overall=overall,
        verdict=verdict,
        dimensions=dimensions,
        measures=measures,
        interval_method=INTERVAL_METHOD,
        assessed_on=today,
        profile_code=weights.code,
        profile_version=weights.version,
    )


def _judged(
    measures: tuple[Measure, ...], weights: QualityProfile, has_values: bool
) -> tuple[tuple[DimensionScore, ...], Score, str]:
    """Dimensions, overall score and verdict."""
    dimensions = score_dimensions(measures, weights)
    overall = score_overall(dimensions, weights)
    seen = has_values and any(item.dimension in CONTENT and item.score.value is not None for item in dimensions)
    if not seen or overall.value is None or overall.coverage < weights.minimum_coverage:
        return dimensions, Score(None, None, None, overall.coverage), "insufficient_evidence"
    return dimensions, overall, "assessed"
