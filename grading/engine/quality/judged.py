"""The columns of which a table itself shows what is right in them: they have a type, a pattern or repeated values.

In a column of free text where no value occurs twice, or in one of a handful of values, no error can be told from a
right value: it is not judged, and not held to be right. Nor is one judged that is split between numbers, dates and
texts so that none of them rules it: but there it shows that much is wrong, and that counts.

Each rule asks what most cells do, so that a table's errors change their number before they change the rule.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from grading.engine.profile import ColumnProfile, Sample, Study
from grading.engine.profile.kinds import CONFORMING
from grading.engine.quality.naming import Named, named

#: Types whose format can be checked value by value.
CHECKED_TYPES: Final = frozenset({"integer", "decimal", "boolean", "date", "datetime", "time"})
#: Share of the values from which on a kind, a pattern or values that repeat rule a column.
RULING_KIND: Final = 0.5
RULING_PATTERN: Final = 0.5
REPEATING: Final = 1 / 3
#: Share of numbers, dates and times from which on a column of texts, no two alike, is split, and not one of texts.
SPLIT: Final = 0.1
#: Different words that are stand-ins among at least as many different numbers or dates.
FEW_WORDS: Final = 10
#: Share from which on a kind or a pattern rules for certain, as in the profile; how certain it is at RULING_KIND.
CERTAIN: Final = 0.8
AT_HALF: Final = 0.6
#: Values below which nothing can be said of a column.
FEWEST: Final = 5
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
#: Kinds that words are of, and kinds that are a sort of value by themselves.
WORDS: Final = ("text", "boolean", "padded", "long_digits")
SORTS: Final = (
    "integer", "decimal", "time", "datetime", "date_ymd", "date_dmy", "date_mdy", "date_either", "date_compact",
)  # fmt: skip
WRITTEN: Final[Mapping[str, tuple[str, ...]]] = {
    "year_month_day": ("date_ymd",),
    "day_month_year": ("date_dmy", "date_either"),
    "month_day_year": ("date_mdy", "date_either"),
}
#: Texts that are written as a date, of this or the last centuries, or as a date and time; what is one is no text.
_DATE: Final = r"^(1[5-9]|20)\d{2}(-\d\d?-|/\d\d?/|\.\d\d?\.|年\d\d?月)\d\d?日?$"
_DATE_LAST: Final = r"^\d\d?(-\d\d?-|/\d\d?/|\.\d\d?\.)(1[5-9]|20)\d{2}$"
_DATETIME: Final = r"^(1[5-9]|20)\d{2}(-\d\d?-|/\d\d?/)\d\d?[T ]\d\d?:\d\d(:\d\d([.,]\d{1,9})?)?\s?(Z|[+-]\d\d:?\d\d)?$"
_IMPOSSIBLE: Final[Mapping[str, str]] = {"date": f"{_DATE}|{_DATE_LAST}", "datetime": _DATETIME}
_NAMED: Final[Mapping[Named, frozenset[str]]] = {
    "number": frozenset(CONFORMING["decimal"]),
    "day": frozenset(CONFORMING["date"]) | frozenset(CONFORMING["datetime"]),
}
#: A number first, or after one word, by itself or before Chinese: `about 5 kg`, `$4 (pint)`, `25岁`, `Spring 2019`.
_BEGINS_WITH_NUMBER: Final = r"^(\pL+\.?\s+)?[^\pL\pN]*\d[\d.,]*($|[^\pL\pN]|\p{Han})"
_RUN: Final = re.compile(r"([Aa9文])\1+\+?")
_PLAIN: Final = frozenset("Aa文+ ")
_LETTERS: Final = frozenset("Aa文")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a column lets itself be judged by.

    `kinds`: those of its values that have its format, empty where no kind rules; `irregular`: how many values have not,
    as far as that speaks against them. `repeats`: many values occur more than once. `patterned`: most are written
    alike. `numeric`: there are enough numbers to compare. `split`: several kinds share the column and none rules it.
    """

    kinds: frozenset[str]
    irregular: float
    repeats: bool
    patterned: bool
    numeric: bool
    split: bool = False

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
    showing = (column for column in study.profile.columns if judged[column.name].somehow)
    seen = sum(column.values for column in showing if not judged[column.name].split)
    return round(seen / values, 6) if values else 0.0


def _judged(column: ColumnProfile, sample: Sample) -> Judged:
    if column.values < FEWEST or column.inferred_type in ("structure", "empty"):
        return NOT_AT_ALL
    counts = sample.cells.frame.select("kind", "count")
    if column.inferred_type in CHECKED_TYPES:
        numeric = column.inferred_type in ("integer", "decimal") and column.values >= COMPARABLE_NUMBERS
        repeats = _repeated_share(counts, counts) >= REPEATING
        return Judged(conforming_kinds(column), float(column.nonconforming), repeats, False, numeric)
    # Numbers and dates that repeat in a column that is not of them are no words that repeat.
    words = counts.filter(pl.col("kind").is_in(WORDS))
    repeats = _repeated_share(words, counts) >= REPEATING
    pattern, share = _pattern(column)
    ruling = _ruling(column, sample)
    if not ruling.kinds and (not repeats or _among_few_words(counts, words, FEW_WORDS)):
        ruling = _split(column, ruling, pattern, share)
    if not ruling.kinds and share < RULING_PATTERN and (wanted := named(column.name)):
        if repeats and words.height == 1:
            return NOT_AT_ALL  # a single word in the place of all numbers
        if not repeats or _among_few_words(counts, words, FEWEST):
            ruling = _renamed(column, sample, wanted)
    return Judged(ruling.kinds, ruling.irregular, repeats, share >= RULING_PATTERN, False, ruling.split)


def _among_few_words(counts: pl.DataFrame, words: pl.DataFrame, least: int) -> bool:
    """Whether `least` different numbers or dates, and more than words, stand among a few words that come again.

    These are no categories then, but stand in the place of other numbers.
    """
    sorts = counts.filter(pl.col("kind").is_in(SORTS)).height
    return words.height <= FEW_WORDS and sorts >= max(least, 2 * words.height)


def conforming_kinds(column: ColumnProfile) -> frozenset[str]:
    """Kinds of values that the profile takes for conforming to the type that it inferred."""
    kinds = frozenset(CONFORMING.get(column.inferred_type, ()))
    if column.inferred_type != "date" or column.period is None:
        return kinds
    if column.period.written_as == "year_month_day_digits":
        return frozenset({"integer"})
    written = frozenset(WRITTEN[column.period.written_as])
    return written | {"date_either"} if column.nonconforming else written


def _repeated_share(chosen: pl.DataFrame, all_cells: pl.DataFrame) -> float:
    """Share of all cells whose values are among the chosen ones and occur more than once."""
    total = int(all_cells.get_column("count").sum())
    counts = chosen.get_column("count")
    return int(counts.filter(counts > 1).sum()) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class _Ruling:
    """Kinds that rule a column of text, and values against it; `sorts`: share of numbers, dates and times together."""

    kinds: frozenset[str] = frozenset()
    irregular: float = 0.0
    split: bool = False
    sorts: float = 0.0
    best: frozenset[str] = frozenset()
    share: float = 0.0


def _ruling(column: ColumnProfile, sample: Sample) -> _Ruling:
    """The kinds that more than half of the values are of, in a column that the profile calls text for too many others.

    The fewer values agree, the less it says against one that it does not: from certain at CERTAIN, the profile's own
    bound, to AT_HALF at one half. So their number still grows with each value that does not agree. What is written as
    a date and is none is wrong for certain, and shows that the column is one of dates.
    """
    frame = sample.cells.frame
    by_kind: dict[str, int] = dict(frame.group_by("kind").agg(pl.col("count").sum()).rows())
    total = sum(count for kind, count in by_kind.items() if kind != "placeholder")
    if not total or by_kind.get("padded", 0) + by_kind.get("long_digits", 0) > 0.1 * total:
        return _Ruling()
    texts = frame.filter(pl.col("kind") == "text")
    impossible = {
        kind: int(texts.filter(pl.col("text").str.contains(form)).get_column("count").sum()) / total
        for kind, form in _IMPOSSIBLE.items()
    }
    shares = {
        family: sum(by_kind.get(kind, 0) for kind in family) / total
        + sum(share for kind, share in impossible.items() if family == _family(kind))
        for family in FAMILIES
    }
    best = max(FAMILIES, key=lambda family: shares[family])
    if shares[best] >= RULING_KIND:
        wrong = sum(share for kind, share in impossible.items() if best in (_family(kind), _family("datetime")))
        return _Ruling(best, column.values * ((1.0 - shares[best]) * _sure(shares[best]) + min(wrong, shares[best])))
    # Letters and words that are truth values elsewhere are as often codes: they alone split no column.
    sorts = sum(by_kind.get(kind, 0) for kind in SORTS) / total + sum(impossible.values())
    sorted_families = [family for family in FAMILIES if family != _family("boolean")]
    best = max(sorted_families, key=lambda family: shares[family])
    return _Ruling(sorts=sorts, best=best, share=shares[best])


def _split(column: ColumnProfile, ruling: _Ruling, pattern: str, share: float) -> _Ruling:
    """Values of several kinds none of which rules: those not of the most frequent one speak against the column.

    Texts that repeat are categories, and those written with digits and signs alone may be numbers of another form.
    """
    if share >= RULING_PATTERN:
        if share >= CERTAIN or ruling.sorts < 1 - CERTAIN or _LETTERS.isdisjoint(pattern):
            return ruling
        return _Ruling(frozenset({"text"}), column.values * ruling.sorts * _sure(share), True)
    if ruling.sorts < SPLIT:
        return ruling
    return _Ruling(ruling.best, column.values * (1.0 - ruling.share) * AT_HALF, True)


def _renamed(column: ColumnProfile, sample: Sample, wanted: Named) -> _Ruling:
    """Texts no two alike, in a column that is named as one of numbers or days: what is none of these is out of place.

    So the score of a column that errors fill does not come back with the last of its right values.
    """
    family = _NAMED[wanted]
    counts = sample.cells.frame.filter(pl.col("kind") != "placeholder")
    fitting = counts.filter(pl.col("kind").is_in(list(family)) | pl.col("text").str.contains(_BEGINS_WITH_NUMBER))
    share = int(fitting.get_column("count").sum()) / max(1, int(counts.get_column("count").sum()))
    return _Ruling(family, column.values * (1.0 - share) * AT_HALF, True)


def _sure(share: float) -> float:
    return min(1.0, 1.0 - (CERTAIN - share) / (CERTAIN - RULING_KIND) * (1.0 - AT_HALF))


def _family(kind: str) -> frozenset[str]:
    return next(family for family in FAMILIES if {"date": "date_ymd"}.get(kind, kind) in family)


def _pattern(column: ColumnProfile) -> tuple[str, float]:
    """The most frequent pattern and its share of the values.

    Runs of one class count as one sign; letters and spaces alone are words, not a pattern.
    """
    merged: dict[str, int] = {}
    for item in column.patterns:
        runs = _RUN.sub(r"\1+", item.pattern)
        if not _PLAIN.issuperset(runs):
            merged[runs] = merged.get(runs, 0) + item.count
    if not merged:
        return "", 0.0
    pattern = max(merged, key=lambda one: merged[one])
    return pattern, merged[pattern] / column.values
