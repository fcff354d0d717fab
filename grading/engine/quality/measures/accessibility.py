"""Accessibility: records that can be read, and metadata that let them be used."""

from collections.abc import Iterator

from grading.engine.quality.measures.model import Inputs, not_assessed, ratio
from grading.engine.quality.model import Measure


def accessibility(inputs: Inputs) -> Iterator[Measure]:
    """Readable records, and how many elements of metadata are given."""
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
