"""The sub-indicators of GB/T 36344-2018 that a file and its metadata can show, as X = A / B."""

from grading.engine.quality.measures.accessibility import accessibility
from grading.engine.quality.measures.accuracy import accuracy
from grading.engine.quality.measures.completeness import completeness
from grading.engine.quality.measures.conformance import DECLARED_TYPES, conformance
from grading.engine.quality.measures.consistency import consistency
from grading.engine.quality.measures.model import Inputs, not_assessed, of_column, ratio
from grading.engine.quality.measures.timeliness import cells_outside, point_in_time, timeliness
from grading.engine.quality.model import Measure

__all__ = [
    "DECLARED_TYPES",
    "Inputs",
    "cells_outside",
    "measure_all",
    "not_assessed",
    "of_column",
    "point_in_time",
    "ratio",
]

FAMILIES = (conformance, completeness, accuracy, consistency, timeliness, accessibility)


def measure_all(inputs: Inputs) -> tuple[Measure, ...]:
    """Every sub-indicator of every dimension, at least once: measured, or not assessed with the reason."""
    return tuple(measure for family in FAMILIES for measure in family(inputs))
