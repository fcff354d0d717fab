"""Columns that must be keys, declared or not: they count the rows, are codes, or repeat far less than chance would."""

from typing import Final

import polars as pl

from grading.engine.profile import ColumnProfile, Study
from grading.engine.quality.judged import FEWEST, Judged

#: Of numbers and dates that fill their range: repeats as a share of what a draw at random from that range would have.
RARELY: Final = 0.35
#: Of numbers and dates: share of the steps from row to row that are the same, from which on they count the rows.
STEPS: Final = 0.5
#: Share of distinct values from which on a column of codes written alike, or one that counts, is a key.
OF_CODES: Final = 0.8
OF_COUNTERS: Final = 0.6
#: Digits from which on whole numbers of one length are codes, not quantities.
CODE_DIGITS: Final = 5
#: Part of the values at either end that may be wrong and stretch the range.
TRIMMED: Final = 0.05
DAY: Final = 86400.0


def repeats_of_key(study: Study, place: int, judged: Judged) -> int | None:
    """Cells that repeat an earlier value of a column that is a key; None where it is none, or that cannot be told.

    Rows that are repeated as a whole are not counted again here.
    """
    column = study.profile.columns[place]
    sample = study.samples[column.name]
    if not column.distinct.exact or not sample.complete:
        return None
    found = sample.frame.filter(pl.col("kind") != "placeholder")
    alone = max(found.height, column.values - study.profile.duplicate_rows.value)
    repeats = alone - found.height
    if alone < FEWEST:
        return None
    axis = _axis(column)
    if axis is None:
        # A column of dates or numbers with so much else in it that it passes for text is not one of codes.
        coded = column.inferred_type == "text" and judged.patterned and not judged.kinds
        return repeats if coded and found.height >= OF_CODES * alone else None
    unit = 1.0 if axis == "number" else DAY
    places = found.get_column(axis).drop_nulls().sort()
    if places.len() < FEWEST or _share(places % unit != 0) > TRIMMED:
        return None
    is_key = (
        (axis == "number" and found.height >= OF_CODES * alone and _numbered(places))
        or (found.height >= OF_COUNTERS * alone and _counts(study, place, axis, repeats))
        or _rarely(places / unit, alone)
    )
    return repeats if is_key else None


def _axis(column: ColumnProfile) -> str | None:
    if column.inferred_type in ("integer", "decimal"):
        return "number"
    if column.inferred_type == "date":
        return "compact" if column.period and column.period.written_as == "year_month_day_digits" else "instant"
    return None


def _numbered(places: pl.Series) -> bool:
    """Nearly all are of one length: numbers of something, where quantities have many lengths."""
    lengths = places.abs().cast(pl.Int64).cast(pl.String).str.len_bytes()
    usual = lengths.mode().min()
    return isinstance(usual, int) and usual >= CODE_DIGITS and _share(lengths == usual) >= 1 - TRIMMED


def _counts(study: Study, place: int, axis: str, repeats: int) -> bool:
    """From most rows to the next it is the same step, up or down; what repeats is out of step.

    Numbers that begin anew and go on in step, such as those of the lines of an order, are no key.
    """
    if study.rows.height != study.profile.rows:
        return False
    known = study.samples[study.profile.columns[place].name].frame.select("value", pl.col(axis).alias("place"))
    column = study.rows.select("row", pl.col(f"c{place}").alias("value")).sort("row")
    steps = column.join(known, on="value", how="left", maintain_order="left").get_column("place").diff().drop_nulls()
    usual = steps.mode().min() if steps.len() >= FEWEST - 1 else None
    if not isinstance(usual, float) or usual == 0.0:
        return False
    in_step = int((steps == usual).sum())
    return in_step >= STEPS * steps.len() and steps.len() - in_step >= repeats


def _rarely(places: pl.Series, values: int) -> bool:
    cut = int(TRIMMED * places.len())
    room = float(places[-1 - cut] - places[cut]) * (1 + 2 * TRIMMED) + 1
    by_chance = values - room * (1 - (1 - 1 / max(room, 2.0)) ** values)
    return by_chance >= 1 and values - places.len() <= RARELY * by_chance


def _share(chosen: pl.Series) -> float:
    return int(chosen.sum()) / chosen.len()
