"""The columns of which a table itself shows what is right in them: they have a type, a pattern or repeated values.

In a column of free text where no value occurs twice, or in one so broken that nothing rules it any more, no error can
be told from a right value: it is not judged, and not held to be right.

Each rule asks what most cells do, so that a table's errors change their number before they change the rule.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from grading.engine.profile import ColumnProfile, Sample, Study
from grading.engine.profile.kinds import CONFORMING

#: Types whose format can be checked value by value.
CHECKED_TYPES: Final = frozenset({"integer", "decimal", "boolean", "date", "datetime", "time"})
#: Share of the values from which on a kind, a pattern or values that repeat rule a column.
RULING_KIND: Final = 0.5
RULING_PATTERN: Final = 0.5
REPEATING: Final = 1 / 3
#: Numbers that it takes to say of one that it is far from the others.
COMPARABLE_NUMBERS: Final = 20
#: Kinds of values that share a format.
FAMILIES: Final[tuple[frozenset[str], ...]] = (
    frozenset(CONFORMING["decimal"]),
    frozenset(CONFORMING["date"]) - {"date_compact"},
    frozenset(CONFORMING["datetime"]),
    frozenset(CONFORMING["time"]),
    frozenset(CONFORMING["boolean"]),
)
WRITTEN: Final[Mapping[str, tuple[str, ...]]] = {
    "year_month_day": ("date_ymd",),
    "day_month_year": ("date_dmy", "date_either"),
    "month_day_year": ("date_mdy", "date_either"),
}
_RUN: Final = re.compile(r"([Aa9文])\1+\+?")
_PLAIN: Final = frozenset("Aa文+ ")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a column lets itself be judged by.

    `kinds`: those of its values that have its format, empty where no kind rules; `irregular`: how many values have not,
    as far as that speaks against them. `repeats`: many values occur more than once. `patterned`: most are written
    alike. `numeric`: there are enough numbers to compare.
    """

    kinds: frozenset[str]
    irregular: float
    repeats: bool
    patterned: bool
    numeric: bool

    @property
    def formed(self) -> bool:
        """There is a format that values can fail."""
        return bool(self.kinds) or self.patterned

    @property
    def compared(self) -> bool:
        """There are values that others can be compared with."""
        return self.repeats or self.numeric

    @property
    def somehow(self) -> bool:
        """An error of some kind would show."""
        return self.formed or self.compared


NOT_AT_ALL: Final = Judged(frozenset(), 0.0, False, False, False)


def judge_columns(study: Study) -> dict[str, Judged]:
    """By column."""
    return {column.name: _judged(column, study.samples[column.name]) for column in study.profile.columns}


def judged_share(study: Study, judged: Mapping[str, Judged]) -> float:
    """Share of the values that stand in columns where an error of some kind would show."""
    values = sum(column.values for column in study.profile.columns)
    seen = sum(column.values for column in study.profile.columns if judged[column.name].somehow)
    return round(seen / values, 6) if values else 0.0


def _judged(column: ColumnProfile, sample: Sample) -> Judged:
    if not column.values or column.inferred_type in ("structure", "empty"):
        return NOT_AT_ALL
    repeats = _repeated_share(sample) >= REPEATING
    if column.inferred_type in CHECKED_TYPES:
        numeric = column.inferred_type in ("integer", "decimal") and column.values >= COMPARABLE_NUMBERS
        return Judged(conforming_kinds(column), float(column.nonconforming), repeats, False, numeric)
    kinds, irregular = _majority(column, sample)
    return Judged(kinds, irregular, repeats, _patterned(column), False)


def conforming_kinds(column: ColumnProfile) -> frozenset[str]:
    """Kinds of values that the profile takes for conforming to the type that it inferred."""
    kinds = frozenset(CONFORMING.get(column.inferred_type, ()))
    if column.inferred_type != "date" or column.period is None:
        return kinds
    if column.period.written_as == "year_month_day_digits":
        return frozenset({"integer"})
    written = frozenset(WRITTEN[column.period.written_as])
    return written | {"date_either"} if column.nonconforming else written


def _repeated_share(sample: Sample) -> float:
    counts = sample.cells.frame.get_column("count").to_numpy()
    total = float(counts.sum())
    return float(counts[counts > 1].sum()) / total if total else 0.0


def _majority(column: ColumnProfile, sample: Sample) -> tuple[frozenset[str], float]:
    """The kinds that more than half of the values are of, in a column that the profile calls text for too many others.

    The fewer values agree, the less it says against one that it does not: from certain at the profile's own bound, four
    fifths, to .6 at one half. So their number still grows with each value that does not agree.
    """
    frame = sample.cells.frame
    counted = frame.group_by("kind").agg(pl.col("count").sum())
    by_kind: dict[str, int] = dict(counted.rows())
    total = sum(count for kind, count in by_kind.items() if kind != "placeholder")
    if not total or by_kind.get("padded", 0) + by_kind.get("long_digits", 0) > 0.1 * total:
        return frozenset(), 0.0
    best = max(FAMILIES, key=lambda family: sum(by_kind.get(kind, 0) for kind in family))
    share = sum(by_kind.get(kind, 0) for kind in best) / total
    if share < RULING_KIND:
        return frozenset(), 0.0
    sure = min(1.0, 1.0 - (0.8 - share) / 0.3 * 0.4)
    return best, column.values * (1.0 - share) * sure


def _patterned(column: ColumnProfile) -> bool:
    """Runs of one class count as one sign; letters and spaces alone are words, not a pattern."""
    merged: dict[str, int] = {}
    for item in column.patterns:
        runs = _RUN.sub(r"\1+", item.pattern)
        merged[runs] = merged.get(runs, 0) + item.count
    return any(
        count >= RULING_PATTERN * column.values and not _PLAIN.issuperset(pattern) for pattern, count in merged.items()
    )
