"""What a profile says: frozen, JSON-safe descriptions of a table and its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grading.engine.plain import from_plain, to_plain
from grading.engine.readers.table import ReaderFinding

#: What a column's values were found to be. `text` is anything else; `structure` is nested JSON; `empty` has no values.
INFERRED_TYPES = ("boolean", "integer", "decimal", "date", "datetime", "time", "text", "structure", "empty")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count that is exact, or an estimate with the relative standard error `error`."""

    value: int
    exact: bool = True
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value, in how many cells it stands, and the first data row (from 0) that holds it."""

    value: str
    count: int
    row: int | None = None


@dataclass(frozen=True, slots=True)
class PatternCount:
    """A shape of values (see `shapes`) and how many cells have it."""

    pattern: str
    count: int


@dataclass(frozen=True, slots=True)
class HistogramBin:
    """Cells with low <= value < high (the last bin includes high). Bounds: numbers, or seconds since 1970 for time."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class NumberSummary:
    """Of the numeric cells. Quartiles are exact when the column's distinct count is; `std` is of a sample (n - 1)."""

    minimum: float
    maximum: float
    mean: float
    std: float | None
    q1: float
    median: float
    q3: float


@dataclass(frozen=True, slots=True)
class PeriodSummary:
    """Earliest and latest value as ISO 8601 text, and how the dates are written (order of their parts)."""

    earliest: str
    latest: str
    written_as: str


@dataclass(frozen=True, slots=True)
class LengthSummary:
    """Length of text values in characters."""

    minimum: int
    maximum: int
    mean: float


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column. Cells = nulls + placeholders + values; values = conforming + nonconforming to `inferred_type`.

    `nulls` are absent or empty cells, `placeholders` are values that stand for absence (N/A, -, 无 …, blanks).
    `null_row` is the first data row without a value. `exceptions` are the most frequent nonconforming values.
    `broken_text` counts cells with replacement or control characters; `variants` cells whose value differs only
    in case, width or spacing from a more frequent one, `variant_examples` shows them.
    `formulas` counts cells that a spreadsheet would run. `estimated` names the figures that come from a sample of
    the distinct values. `header` is the name as the file has it where `name` is another, made unique and plain.
    """

    name: str
    declared_type: str | None
    inferred_type: str
    rows: int
    nulls: int
    null_row: int | None
    placeholders: int
    placeholder_values: tuple[ValueCount, ...]
    values: int
    distinct: Quantity
    conforming: int
    nonconforming: int
    exceptions: tuple[ValueCount, ...]
    top_values: tuple[ValueCount, ...]
    patterns: tuple[PatternCount, ...]
    numbers: NumberSummary | None
    outliers: Quantity | None
    outlier_examples: tuple[ValueCount, ...]
    period: PeriodSummary | None
    lengths: LengthSummary | None
    histogram: tuple[HistogramBin, ...]
    broken_text: int
    broken_examples: tuple[ValueCount, ...]
    variants: int
    variant_examples: tuple[ValueCount, ...]
    estimated: tuple[str, ...] = ()
    formulas: int = 0
    formula_examples: tuple[ValueCount, ...] = ()
    header: str | None = None


@dataclass(frozen=True, slots=True)
class CandidateKey:
    """Columns whose values identify a record. Not `exact`: no repeated value was seen in a sample."""

    columns: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """A whole table. `empty_rows` have no value in any column; `duplicate_rows` repeat an earlier row exactly.

    `duplicate_examples`: where the first of those rows stands a second time.
    """

    format: str
    encoding: str | None
    delimiter: str | None
    size_bytes: int
    rows: int
    columns: tuple[ColumnProfile, ...]
    empty_rows: int
    duplicate_rows: Quantity
    duplicate_examples: tuple[int, ...]
    candidate_keys: tuple[CandidateKey, ...]
    unreadable_records: int
    reader_findings: tuple[ReaderFinding, ...]

    def column(self, name: str) -> ColumnProfile:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; `Profile.from_dict` gives an equal profile back."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Profile":
        """The profile that `to_dict` came from."""
        return from_plain(cls, data)
