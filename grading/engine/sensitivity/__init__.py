"""Sensitive columns: validators, grammars and lexicons over a bounded sample of distinct values."""

from grading.engine.sensitivity.detect import ColumnVerdict, detect, names_a_person
from grading.engine.sensitivity.evidence import EVIDENCE, Evidence
from grading.engine.sensitivity.taxonomy import (
    InvalidTaxonomy,
    SensitiveType,
    Taxonomy,
    load_taxonomy,
    parse_taxonomy,
)

__all__ = [
    "EVIDENCE",
    "ColumnVerdict",
    "Evidence",
    "InvalidTaxonomy",
    "SensitiveType",
    "Taxonomy",
    "detect",
    "load_taxonomy",
    "names_a_person",
    "parse_taxonomy",
]
