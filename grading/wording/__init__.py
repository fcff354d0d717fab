"""From codes and parameters of grading to words in the reader's language."""

from grading.wording.differences import difference_lines
from grading.wording.words import (
    CELLS,
    NAMES,
    category_name,
    cell_name,
    level_name,
    name,
    names,
    origin_name,
    sensitive_type_name,
    sentence,
    sentences,
)

__all__ = [
    "CELLS",
    "NAMES",
    "category_name",
    "cell_name",
    "difference_lines",
    "level_name",
    "name",
    "names",
    "origin_name",
    "sensitive_type_name",
    "sentence",
    "sentences",
]
