"""Completeness: cells that hold a value, and records that hold any."""

from collections.abc import Iterator

from grading.engine.quality.indicators import PRESENT
from grading.engine.quality.measures.model import Inputs, not_assessed, of_column, ratio
from grading.engine.quality.model import Measure


def completeness(inputs: Inputs) -> Iterator[Measure]:
    """Empty cells, placeholders such as N/A, and values that only disguise that there is none."""
    profile = inputs.study.profile
    if not profile.rows:
        yield not_assessed(*PRESENT, "no_records")
        yield not_assessed("completeness", "data_records", "no_records")
        return
    for column in profile.columns:
        charge = inputs.evidence.charge(column, PRESENT, certain=profile.rows - column.values)
        yield of_column(PRESENT, "values_present", column, charge, examined=profile.rows)
    yield ratio("completeness", "data_records", "records_with_values", profile.rows - profile.empty_rows, profile.rows)
