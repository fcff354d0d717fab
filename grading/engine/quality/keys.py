"""Columns that must be keys, declared or not: their values repeat far less than chance would make them."""

from typing import Final

import polars as pl

from grading.engine.profile import ColumnProfile, Sample
from grading.engine.quality.judged import Judged

#: Values below which nothing can be said of repeats.
FEWEST: Final = 5
#: Of numbers and dates that fill their range: repeats as a share of what a draw at random from that range would have.
RARELY: Final = 0.35
#: Share of distinct values from which on a column of codes written alike is a key.
OF_CODES: Final = 0.8
#: Digits from which on whole numbers of one length are codes, not quantities.
CODE_DIGITS: Final = 5
#: Part of the values at either end that may be wrong and stretch the range.
TRIMMED: Final = 0.05


def repeats_of_key(column: ColumnProfile, sample: Sample, judged: Judged) -> int | None:
    """Cells that repeat an earlier value of a column that is a key; None where it is none, or that cannot be told."""
    if column.values < FEWEST or not column.distinct.exact or not sample.complete:
        return None
    found = sample.frame.filter(pl.col("kind") != "placeholder")
    repeats = column.values - found.height
    if column.inferred_type == "text":
        coded = judged.patterned and found.height >= OF_CODES * column.values
        return repeats if coded else None
    if column.inferred_type in ("integer", "decimal"):
        axis = "number"
    elif column.inferred_type == "date":
        axis = "compact" if column.period and column.period.written_as == "year_month_day_digits" else "instant"
    else:
        return None
    unit = 86400.0 if axis == "instant" else 1.0
    places = found.get_column(axis).drop_nulls().sort()
    if places.len() < FEWEST or _share(places % unit != 0) > TRIMMED:
        return None
    if axis == "number" and _numbered(places) and found.height >= OF_CODES * column.values:
        return repeats
    cut = int(TRIMMED * places.len())
    room = float(places[-1 - cut] - places[cut]) / unit * (1 + 2 * TRIMMED) + 1
    by_chance = column.values - room * (1 - (1 - 1 / max(room, 2.0)) ** column.values)
    return repeats if by_chance >= 1 and repeats <= RARELY * by_chance else None


def _numbered(places: pl.Series) -> bool:
    """Nearly all are of one length: numbers of something, where quantities have many lengths."""
    lengths = places.abs().cast(pl.Int64).cast(pl.String).str.len_bytes()
    usual = lengths.mode().min()
    return isinstance(usual, int) and usual >= CODE_DIGITS and _share(lengths == usual) >= 1 - TRIMMED


def _share(chosen: pl.Series) -> float:
    return int(chosen.sum()) / chosen.len()
