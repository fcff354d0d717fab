"""Conformance: to declared types and columns, and the form of the records."""

from collections.abc import Iterator, Mapping

import polars as pl

from grading.engine.profile import ColumnProfile, Sample
from grading.engine.profile.kinds import CONFORMING
from grading.engine.quality.measures.model import Inputs, not_assessed, ratio
from grading.engine.quality.model import Measure

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


def conformance(inputs: Inputs) -> Iterator[Measure]:
    """Declared types, headers and width of the records, described columns; rules and norms only where declared."""
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


def _cells_of_type(column: ColumnProfile, sample: Sample, expected: str) -> int:
    if column.inferred_type == expected:
        return column.conforming
    kinds = CONFORMING[expected]
    return sample.count(pl.col("kind").is_in(list(kinds)))
