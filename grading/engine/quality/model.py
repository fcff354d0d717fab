"""What an assessment says (GB/T 36344-2018; exported as W3C DQV): measures, scores, findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from grading.engine.plain import from_plain, to_plain

#: Why a sub-indicator was not assessed, with the English message that surfaces translate.
NOT_ASSESSED: Mapping[str, str] = {
    "no_records": "The table has no records.",
    "no_values": "The table has no values.",
    "no_declared_types": "The listing declares no column types to compare with.",
    "no_declared_columns": "The listing describes no columns.",
    "no_rules_declared": "No business rules are declared for this table.",
    "no_reference_data": "No authoritative reference data is given to compare with.",
    "no_security_norms": "No security norms are declared for this table.",
    "no_typed_column": "No column holds numbers, dates, truth values or codes whose format can be checked.",
    "no_comparable_values": "No column repeats its values or holds enough numbers to compare them with each other.",
    "nothing_judged": "Most values are of their own kind, so that a wrong one could not be told from a right one.",
    "little_coverage": "Too little of what the quality profile weighs could be assessed.",
    "no_key_declared": "No key is declared, and no column shows by itself that it is one.",
    "no_comparable_text": "No text column repeats its values, so that spellings cannot be compared.",
    "no_relations_declared": "No relations are declared, and no column was found to depend on another.",
    "no_period_declared": "The listing declares no period that the data covers.",
    "no_date_column": "The table has no column of dates.",
    "no_modification_date": "The listing does not say when the data was last modified.",
    "no_update_frequency": "The listing does not say how often the data is updated.",
    "no_order_declared": "No order in time is declared for the records.",
    "no_metadata": "The listing gives no metadata.",
    "rules_not_checked": "The declared rules could not be checked.",
}

#: Kinds of findings with their English message templates; `confidence` says how sure the evidence makes us.
FINDINGS: Mapping[str, str] = {
    "missing_values": "%(count)s of %(rows)s cells are empty, the first in row %(row)s.",
    "placeholder": "%(count)s cells hold the placeholder “%(value)s” instead of a value.",
    "type_mismatch": "“%(value)s” stands in %(count)s cells of a column whose values are of type %(type)s.",
    "declared_type_mismatch": "%(count)s values do not fit the declared type %(type)s.",
    "inconsistent_spelling": "“%(value)s” (%(count)s cells) is another spelling of a more frequent value.",
    "broken_text": "“%(value)s” has replacement or control characters.",
    "disguised_missing": "“%(value)s” in %(count)s of %(cells)s cells looks like a stand-in for a missing value.",
    "wrong_encoding": "“%(value)s” was read in the wrong encoding (%(encoding)s); it was meant as “%(repaired)s”.",
    "mixed_units": "“%(value)s” is one of %(ways)s ways in which this column writes quantities; the most frequent, as "
    "in “%(example)s”, has %(most)s of %(cells)s cells.",
    "mixed_format": "“%(value)s” is written unlike the others: %(most)s of %(cells)s cells have the form of "
    "“%(example)s”.",
    "pattern_outlier": "“%(value)s” has the form %(form)s; %(most)s of %(cells)s cells have the form %(ruling)s, as in "
    "“%(example)s”.",
    "strange_writing": "“%(value)s” is written as no other of %(cells)s cells, at “%(part)s”.",
    "swapped_day_month": "“%(value)s” has day and month swapped: as %(meant)s it fits the other dates %(odds)s times "
    "better.",
    "spreadsheet_formula": "“%(value)s” stands in %(count)s cells: a spreadsheet runs it as a formula.",
    "numeric_outlier": "%(value)s lies far outside the range of the other values (%(q1)s to %(q3)s).",
    "future_date": "%(count)s dates lie after the day of the assessment.",
    "outside_period": "%(count)s dates lie outside the declared period.",
    "repeated_key": "%(count)s cells repeat a value of a column whose values otherwise tell the rows apart.",
    "duplicate_rows": "%(count)s rows repeat an earlier row.",
    "empty_row": "%(count)s rows have no value at all.",
    "ragged_row": "%(count)s rows have more or fewer fields than the header (%(fields)s).",
    "blank_row": "%(count)s lines are blank.",
    "duplicate_header": "The column name “%(header)s” occurs twice; the second is read as “%(name)s”.",
    "empty_header": "Column %(position)s has no name; it is read as “%(name)s”.",
    "long_header": "The name of column %(position)s is longer than %(limit)s characters and was cut.",
    "short_header": "The header has %(headings)s names for %(fields)s fields.",
    "irregular_quoting": "Quotation marks are used irregularly; the file was read the forgiving way.",
    "rows_above_header": "%(count)s rows above the header were skipped; it is row %(row)s of the sheet.",
    "other_sheets": "Only sheet %(position)s of the workbook was read; it has %(count)s others.",
    "merged_cells": "%(count)s groups of cells are merged; only the first cell of each has the value.",
    "malformed_line": "%(count)s lines are not JSON objects and were left out.",
    "nul_bytes": "The file holds %(count)s NUL bytes.",
    "embedded_line_break": "In %(count)s records a cell holds a line break.",
    "broken_encoding": "%(count)s characters are not valid %(encoding)s.",
    "dependency_break": "%(most)s of %(others)s rows with the same “%(key)s” say “%(expected)s”, not “%(value)s”.",
    "dependency_gap": "The cell is empty; %(most)s of %(others)s rows with the same “%(key)s” say “%(expected)s”.",
    "dependency_key": "The row fits “%(value)s” ill in %(count)s columns: of the others, %(most)s of %(others)s say "
    "“%(expected)s” in “%(column)s”.",
    "embedded_value": "“%(value)s” also holds “%(part)s”, a value of the column “%(column)s”, which is empty here.",
    "value_elsewhere": "The cell is empty; its value “%(part)s” seems to stand in “%(column)s”: “%(value)s”.",
    "near_duplicate": "“%(value)s” (%(count)s cells) is almost “%(expected)s” (%(expected_count)s cells).",
    "misspelt_word": "The word “%(word)s” (%(count)s cells) is almost “%(expected)s” (%(expected_count)s cells).",
}


#: Rows that a finding names.
ROWS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider declares about the data. None: not declared.

    `declared_columns` maps column names to a type (see `DECLARED_TYPES` in measures) or a description.
    `update_frequency` is a key of the quality profile's `update_days`. `table_schema` is a Table Schema descriptor
    (`quality.declared`).
    """

    title: str | None = None
    description: str | None = None
    licence: str | None = None
    declared_columns: Mapping[str, str] | None = None
    modified_on: date | None = None
    update_frequency: str | None = None
    temporal_start: date | None = None
    temporal_end: date | None = None
    keywords: tuple[str, ...] = ()
    table_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """X = A / B. `satisfied` A of `examined` B elements; `direction` says whether a high X is good.

    A is whole where it was counted. Where cells are only suspected it is what is left of B after the expected number of
    errors, the sum of the confidences, and `doubt` is its standard deviation. `seen` of the B elements were looked at,
    all of them where it is None; `estimated`: not all were, and A stands for the rest. Not assessed: A and B are 0,
    `value` is None and `reason` is a key of NOT_ASSESSED.
    """

    indicator: str
    dimension: str
    metric: str
    column: str | None
    satisfied: float
    examined: int
    value: float | None
    direction: str = "higher_is_better"
    estimated: bool = False
    reason: str | None = None
    doubt: float = 0.0
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100 with its interval; None where nothing was assessed. `coverage`: share of the weight assessed."""

    value: float | None
    low: float | None
    high: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One of the six dimensions, with its weight in the overall score."""

    dimension: str
    score: Score
    weight: float


@dataclass(frozen=True, slots=True)
class Finding:
    """`row` is a data row from 0 (the first concerned), `count` the cells or rows concerned, confidence 0 to 1.

    `rows`: the first of them, at most ROWS_KEPT, where they are known. `estimated`: a sample of the rows was looked at,
    and `count` is what it stands for.
    """

    row: int | None
    column: str | None
    kind: str
    confidence: float
    evidence_code: str
    params: Mapping[str, str | int | float]
    count: int
    rows: tuple[int, ...] = ()
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """`verdict` is `assessed` or `insufficient_evidence` (then `overall.value` is None, and `reason` says why).

    `judged` is the share of the values in columns that let errors be told from right values; `interval_level` the
    probability that the intervals are made for. Assessments of before had neither, nor any doubt in their measures.
    `finding_totals` counts concerned cells or rows by kind, findings beyond the kept ones included.
    """

    overall: Score
    verdict: str
    dimensions: tuple[DimensionScore, ...]
    measures: tuple[Measure, ...]
    findings: tuple[Finding, ...]
    finding_totals: Mapping[str, int]
    interval_method: str
    assessed_on: date
    profile_code: str
    profile_version: str
    judged: float = 1.0
    interval_level: float = 0.95
    reason: str | None = None

    def dimension(self, code: str) -> DimensionScore:
        """The score of one dimension; KeyError if there is none of that code."""
        for item in self.dimensions:
            if item.dimension == code:
                return item
        raise KeyError(code)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; `Assessment.from_dict` gives an equal assessment back."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Assessment":
        """The assessment that `to_dict` came from."""
        return from_plain(cls, data)
