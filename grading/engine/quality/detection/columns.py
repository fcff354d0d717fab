"""All that is found in one column at a time."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from grading.engine.quality.detection.column import Charge, ColumnDetector, column_of
from grading.engine.quality.detection.encoding import find_broken
from grading.engine.quality.detection.missing import find_missing
from grading.engine.quality.detection.model import Sheet, Suspicion
from grading.engine.quality.detection.numerals import find_odd_numbers
from grading.engine.quality.detection.patterns import find_strange_forms
from grading.engine.quality.detection.types import find_other_types
from grading.engine.quality.detection.units import find_units
from grading.engine.quality.detection.words import find_strange_words

COLUMN_DETECTORS: Final[tuple[ColumnDetector, ...]] = (
    find_missing,
    find_broken,
    find_units,
    find_odd_numbers,
    find_other_types,
    find_strange_forms,
    find_strange_words,
)


def find_in_columns(sheet: Sheet) -> Iterator[Suspicion]:
    """Each cell at most once: by the kind that is surest of it, the earlier detector where two are as sure."""
    for profile in sheet.study.profile.columns:
        if not profile.values and not profile.placeholders:
            continue
        column = column_of(sheet, profile)
        charges: dict[int, Charge] = {}
        for detector in COLUMN_DETECTORS:
            for charge in detector(column):
                if charge.place not in charges or charges[charge.place].confidence < charge.confidence:
                    charges[charge.place] = charge
        by_value = {column.values[place]: charge for place, charge in charges.items()}
        yield from _cells(sheet, profile.name, by_value)


def _cells(sheet: Sheet, name: str, charges: Mapping[str, Charge]) -> Iterator[Suspicion]:
    if not charges:
        return
    held = sheet.placed(name).filter(pl.col("value").is_in(list(charges)))
    for row, value in held.iter_rows():
        charge = charges[value]
        yield Suspicion(name, row, charge.kind, charge.confidence, charge.params)
