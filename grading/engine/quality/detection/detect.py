"""All detectors over one sheet."""

from typing import Final

import polars as pl

from grading.engine.profile import Study
from grading.engine.quality.detection.columns import find_in_columns
from grading.engine.quality.detection.contradictions import contradictions
from grading.engine.quality.detection.daymonth import find_swapped
from grading.engine.quality.detection.model import ROW, Detector, Sheet, Suspicion

DETECTORS: Final[tuple[Detector, ...]] = (find_swapped, find_in_columns, contradictions)
FORM: Final = "form"
FORM_KINDS: Final = frozenset(
    {
        "type_mismatch",
        "pattern_outlier",
        "strange_writing",
        "mixed_format",
        "mixed_units",
        "swapped_day_month",
        "near_duplicate",
        "misspelt_word",
    }
)
"""Kinds that say of a value that it is not written like the others: one problem, whichever says it."""


def sheet_of(study: Study) -> Sheet:
    """The rows that the study kept, as text."""
    names = tuple(column.name for column in study.profile.columns)
    cells = study.rows.select(
        pl.col("row").alias(ROW), *(pl.col(f"c{place}").cast(pl.String) for place in range(len(names)))
    )
    return Sheet(cells.sort(ROW), names, study, cells.height == study.profile.rows)


def detect_errors(sheet: Sheet) -> tuple[Suspicion, ...]:
    """What all detectors suspect, by column and row; each cell once of a problem, by the kind that is surest of it."""
    found: dict[tuple[str, int, str], Suspicion] = {}
    for detector in DETECTORS:
        for item in detector(sheet):
            place = (item.column, item.row, FORM if item.kind in FORM_KINDS else item.kind)
            if place not in found or found[place].confidence < item.confidence:
                found[place] = item
    order = {name: place for place, name in enumerate(sheet.names)}
    return tuple(sorted(found.values(), key=lambda item: (order[item.column], item.row, item.kind)))
