"""The profile of a table: one pass, bounded memory, work per distinct value."""

from grading.engine.profile.model import (
    CandidateKey,
    ColumnProfile,
    HistogramBin,
    LengthSummary,
    NumberSummary,
    PatternCount,
    PeriodSummary,
    Profile,
    Quantity,
    ValueCount,
)
from grading.engine.profile.study import Sample, Study, profile_table, study_table

__all__ = [
    "CandidateKey",
    "ColumnProfile",
    "HistogramBin",
    "LengthSummary",
    "NumberSummary",
    "PatternCount",
    "PeriodSummary",
    "Profile",
    "Quantity",
    "Sample",
    "Study",
    "ValueCount",
    "profile_table",
    "study_table",
]
