"""Data quality on the six dimensions of GB/T 36344-2018."""

from grading.engine.quality.assess import assess, reassess
from grading.engine.quality.decay import band, changes_on, differs, fell
from grading.engine.quality.model import (
    FINDINGS,
    NOT_ASSESSED,
    ROWS_KEPT,
    Assessment,
    DimensionScore,
    Finding,
    Measure,
    Metadata,
    Score,
)
from grading.engine.quality.weights import (
    DIMENSIONS,
    InvalidRules,
    QualityProfile,
    load_quality_profile,
    parse_quality_profile,
)

__all__ = [
    "DIMENSIONS",
    "FINDINGS",
    "NOT_ASSESSED",
    "ROWS_KEPT",
    "Assessment",
    "DimensionScore",
    "Finding",
    "InvalidRules",
    "Measure",
    "Metadata",
    "QualityProfile",
    "Score",
    "assess",
    "band",
    "changes_on",
    "differs",
    "fell",
    "load_quality_profile",
    "parse_quality_profile",
    "reassess",
]
