"""The sub-indicators of GB/T 36344-2018 that a file and its metadata can show, as X = A / B with whole A and B."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from grading.engine.profile import ColumnProfile, Sample, Study
from grading.engine.profile.kinds import CONFORMING
from grading.engine.quality.model import Measure, Metadata
from grading.engine.quality.weights import QualityProfile

#: Declared types (JSON Schema, Frictionless, W3C XSD names) and the inferred types whose values satisfy them.
DECLARED_TYPES: Mapping[str, str] = {
    "integer": "integer",
    "int": "integer",
    "long": "integer",
    "number": "decimal",
    "decimal": "decimal",
    "float": "decimal",
    "double": "decimal",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "date-time": "datetime",
    "timestamp": "datetime",
    "time": "time",
}
#: Types whose format can be checked value by value.
CHECKED_TYPES = frozenset({"integer", "decimal", "boolean", "date", "datetime", "time"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a measure may look at."""

    study: Study
    metadata: Metadata
    weights: QualityProfile
    today: date
    not_of_the_period: frozenset[str] = frozenset()


def measure_all(inputs: Inputs) -> tuple[Measure, ...]:
    """Every sub-indicator of every dimension, at least once: measured, or not assessed with the reason."""
    return tuple(
        measure
        for family in (_conformance, _completeness, _accuracy, _consistency, _timeliness, _accessibility)
        for measure in family(inputs)
    )


def ratio(
    dimension: str,
    indicator: str,
    metric: str,
    satisfied: int,
    examined: int,
    *,
    column: str | None = None,
    lower_is_better: bool = False,
    estimated: bool = False,
) -> Measure:
    """A measured sub-indicator. Raises ValueError unless 0 <= A <= B and B > 0."""
    if not 0 <= satisfied <= examined or examined <= 0:
        raise ValueError(f"{dimension}.{indicator} {metric}: A = {satisfied}, B = {examined}")
    direction = "lower_is_better" if lower_is_better else "higher_is_better"
    value = round(satisfied / examined, 6)
    return Measure(indicator, dimension, metric, column, satisfied, examined, value, direction, estimated)


def not_assessed(dimension: str, indicator: str, reason: str) -> Measure:
    """A sub-indicator that the file and its metadata cannot show; `reason` is a key of NOT_ASSESSED."""
    return Measure(indicator, dimension, indicator, None, 0, 0, None, reason=reason)


def _conformance(inputs: Inputs) -> Iterator[Measure]:
    profile, metadata = inputs.study.profile, inputs.metadata
    declared = metadata.declared_columns or {}
    typed = [
        (column, DECLARED_TYPES[declared[column.name].strip().lower()])
        for column in profile.columns
        if declared.get(column.name, "").strip().lower() in DECLARED_TYPES and column.values
    ]
    for column, expected in typed:
        sample = inputs.study.samples[column.name]
        fitting = min(column.values, _cells_of_type(column, sample, expected))
        yield ratio(
            "conformance",
            "data_standards",
            "declared_type",
            fitting,
            column.values,
            column=column.name,
            estimated=not sample.complete,
        )
    if not typed:
        yield not_assessed("conformance", "data_standards", "no_declared_types")
    names = len(profile.columns)
    bad_names = sum(item.count for item in profile.reader_findings if item.kind in ("empty_header", "duplicate_header"))
    yield ratio("conformance", "data_model", "headers", max(0, names - bad_names), names)
    if profile.rows:
        ragged = sum(item.count for item in profile.reader_findings if item.kind in ("ragged_row", "blank_row"))
        yield ratio("conformance", "data_model", "record_width", max(0, profile.rows - ragged), profile.rows)
    if declared:
        described = sum(bool(declared.get(column.name)) for column in profile.columns)
        yield ratio("conformance", "metadata", "described_columns", described, names)
    else:
        yield not_assessed("conformance", "metadata", "no_declared_columns")
    yield not_assessed("conformance", "business_rules", "no_rules_declared")
    yield not_assessed("conformance", "authoritative_reference", "no_reference_data")
    yield not_assessed("conformance", "security_norms", "no_security_norms")


def _completeness(inputs: Inputs) -> Iterator[Measure]:
    profile = inputs.study.profile
    if not profile.rows:
        yield not_assessed("completeness", "data_elements", "no_records")
        yield not_assessed("completeness", "data_records", "no_records")
        return
    for column in profile.columns:
        yield ratio("completeness", "data_elements", "values_present", column.values, profile.rows, column=column.name)
    yield ratio("completeness", "data_records", "records_with_values", profile.rows - profile.empty_rows, profile.rows)


def _accuracy(inputs: Inputs) -> Iterator[Measure]:
    profile = inputs.study.profile
    yield not_assessed("accuracy", "content_correctness", "no_reference_data")
    checked = [column for column in profile.columns if column.inferred_type in CHECKED_TYPES and column.values]
    for column in checked:
        yield ratio(
            "accuracy", "format_compliance", "inferred_type", column.conforming, column.values, column=column.name
        )
    if not checked:
        yield not_assessed("accuracy", "format_compliance", "no_typed_column")
    cells = sum(column.values for column in profile.columns)
    if profile.rows:
        yield ratio(
            "accuracy",
            "duplication_rate",
            "duplicate_rows",
            min(profile.rows, profile.duplicate_rows.value),
            profile.rows,
            lower_is_better=True,
            estimated=not profile.duplicate_rows.exact,
        )
    else:
        yield not_assessed("accuracy", "duplication_rate", "no_records")
    yield not_assessed("accuracy", "uniqueness", "no_key_declared")
    if cells:
        broken = sum(min(column.broken_text, column.values) for column in profile.columns)
        yield ratio("accuracy", "dirty_data_rate", "broken_text", broken, cells, lower_is_better=True)
    else:
        yield not_assessed("accuracy", "dirty_data_rate", "no_values")


def _consistency(inputs: Inputs) -> Iterator[Measure]:
    comparable = [
        column
        for column in inputs.study.profile.columns
        if column.inferred_type == "text" and column.distinct.exact and 0 < column.distinct.value <= column.values / 2
    ]
    for column in comparable:
        yield ratio(
            "consistency",
            "same_data",
            "spelling",
            column.values - min(column.variants, column.values),
            column.values,
            column=column.name,
        )
    if not comparable:
        yield not_assessed("consistency", "same_data", "no_comparable_text")
    yield not_assessed("consistency", "related_data", "no_relations_declared")


def _timeliness(inputs: Inputs) -> Iterator[Measure]:
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


def _accessibility(inputs: Inputs) -> Iterator[Measure]:
    profile, metadata = inputs.study.profile, inputs.metadata
    records = profile.rows + profile.unreadable_records
    if records:
        yield ratio("accessibility", "accessible", "readable_records", profile.rows, records)
    else:
        yield not_assessed("accessibility", "accessible", "no_records")
    elements = (
        metadata.title,
        metadata.description,
        metadata.licence,
        metadata.declared_columns,
        metadata.modified_on,
        metadata.update_frequency,
        metadata.temporal_start or metadata.temporal_end,
    )
    if any(elements):
        yield ratio("accessibility", "usable", "metadata_elements", sum(map(bool, elements)), len(elements))
    else:
        yield not_assessed("accessibility", "usable", "no_metadata")


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


def _cells_of_type(column: ColumnProfile, sample: Sample, expected: str) -> int:
    if column.inferred_type == expected:
        return column.conforming
    kinds = CONFORMING[expected]
    return sample.count(pl.col("kind").is_in(list(kinds)))
