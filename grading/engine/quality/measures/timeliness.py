"""Timeliness: dates within the declared period, and how far the data is behind its declared frequency."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import polars as pl

from grading.engine.profile import ColumnProfile, Sample
from grading.engine.quality.measures.model import Inputs, not_assessed, ratio
from grading.engine.quality.model import Measure, Metadata
from grading.engine.quality.weights import QualityProfile

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timeliness(inputs: Inputs) -> Iterator[Measure]:
    """Dated columns against the declared period; the last change against the declared frequency."""
    metadata, samples = inputs.metadata, inputs.study.samples
    dated = [
        column
        for column in inputs.study.profile.columns
        if column.inferred_type in ("date", "datetime")
        and column.conforming
        and column.name not in inputs.not_of_the_period
    ]
    if metadata.temporal_start is None and metadata.temporal_end is None:
        yield not_assessed("timeliness", "within_period", "no_period_declared")
    elif not dated:
        yield not_assessed("timeliness", "within_period", "no_date_column")
    else:
        for column in dated:
            outside = cells_outside(column, samples[column.name], metadata.temporal_start, metadata.temporal_end)
            yield ratio(
                "timeliness",
                "within_period",
                "declared_period",
                column.conforming - outside,
                column.conforming,
                column=column.name,
                estimated=not samples[column.name].complete,
            )
    yield point_in_time(metadata, inputs.weights, inputs.today)
    yield not_assessed("timeliness", "order_in_time", "no_order_declared")


def point_in_time(metadata: Metadata, weights: QualityProfile, today: date) -> Measure:
    """How far the data is behind its declared frequency: the one measure that the quality profile has a part in."""
    allowed = weights.update_days.get(metadata.update_frequency or "")
    if metadata.modified_on is None:
        return not_assessed("timeliness", "point_in_time", "no_modification_date")
    if allowed is None:
        return not_assessed("timeliness", "point_in_time", "no_update_frequency")
    # A: days the declared frequency allows; B: days since the last change, at least A. Halves when twice overdue.
    age = max(0, (today - metadata.modified_on).days)
    return ratio("timeliness", "point_in_time", "days_since_update", allowed, max(allowed, age))


def cells_outside(column: ColumnProfile, sample: Sample, start: date | None, end: date | None) -> int:
    """Dated cells before `start` or after the end of the day `end`; never more than the column's conforming cells."""
    axis = "compact" if column.period and column.period.written_as == "year_month_day_digits" else "instant"
    place = pl.col(axis)
    outside = pl.lit(False)
    if start is not None:
        outside = outside | (place < _seconds(start))
    if end is not None:
        outside = outside | (place >= _seconds(end + timedelta(days=1)))
    return min(column.conforming, sample.count(outside))


def _seconds(day: date) -> float:
    return (datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH).total_seconds()
