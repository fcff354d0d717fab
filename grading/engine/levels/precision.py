"""Precision 精度 and persons, measured: how fine coordinates, times and amounts are, and how many persons columns name.

Values finer than those of a tenth of the cells play no part: a few slips of a converter make no precise data.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

from grading.engine.levels.elements import COARSEST_AMOUNT, FINEST, IDENTIFIERS, TIME_UNITS, Precision
from grading.engine.profile import Sample, Study
from grading.engine.sensitivity import ColumnVerdict

COORDINATES: Final = frozenset({"geolocation", "location_track"})
AMOUNTS: Final = frozenset({"trade_price", "personal_finance"})
TIMES: Final = frozenset({"datetime", "time"})
#: Share of the cells that have to be so fine.
PART: Final = 0.1
DEGREES: Final = r"\d\.\d+"
CLOCK: Final = r"\d{1,2}:(\d{2})(?::(\d{2}))?"


def measure_precision(study: Study, verdicts: Iterable[ColumnVerdict]) -> Precision:
    """Of all columns the finest: an added column never makes it coarser."""
    kinds = {verdict.column: verdict.sensitive_type for verdict in verdicts}
    coordinates: list[int | None] = []
    times: list[int | None] = []
    amounts: list[int | None] = []
    for column in study.profile.columns:
        sample, kind = study.samples[column.name], kinds.get(column.name)
        if kind in COORDINATES:
            coordinates.append(_coordinates(sample))
        elif kind in AMOUNTS:
            amounts.append(_amounts(sample))
        if column.inferred_type in TIMES:
            times.append(_time(sample))
        elif column.inferred_type == "date":
            times.append(TIME_UNITS.index("day"))
    finest = _finest(times)
    return Precision(_finest(coordinates), None if finest is None else TIME_UNITS[finest], _finest(amounts))


def count_persons(study: Study, verdicts: Iterable[ColumnVerdict]) -> int | None:
    """Different values of the column that tells most persons apart; None where no column identifies them."""
    identifying = {
        verdict.column
        for verdict in verdicts
        if verdict.personal and verdict.dominant and verdict.sensitive_type in IDENTIFIERS
    }
    counts = [column.distinct.value for column in study.profile.columns if column.name in identifying]
    return max(counts, default=None)


def _finest(found: Iterable[int | None]) -> int | None:
    return max((value for value in found if value is not None), default=None)


def _coordinates(sample: Sample) -> int | None:
    """Decimals of a degree; zeros at the end say nothing, and beyond seven (a centimetre) nothing is asked."""
    parts = sample.frame.select("count", part=pl.col("text").str.extract_all(DEGREES)).explode("part").drop_nulls()
    digits = pl.col("part").str.strip_chars_end("0").str.len_chars().cast(pl.Int64) - len("0.")
    return _reached(parts.select("count", level=digits), most=int(FINEST.coordinates or 0))


def _time(sample: Sample) -> int | None:
    """A place in TIME_UNITS: that of the finest part of the clock that is not nought."""
    clock = sample.frame.select(
        "count",
        hour=pl.col("text").str.extract(r"(\d{1,2}):\d{2}", 1).cast(pl.Int64, strict=False),
        minute=pl.col("text").str.extract(CLOCK, 1).cast(pl.Int64, strict=False),
        second=pl.col("text").str.extract(CLOCK, 2).cast(pl.Int64, strict=False),
    ).drop_nulls("hour")
    level = (
        pl.when(pl.col("second") > 0)
        .then(TIME_UNITS.index("second"))
        .when(pl.col("minute") > 0)
        .then(TIME_UNITS.index("minute"))
        .when(pl.col("hour") > 0)
        .then(TIME_UNITS.index("hour"))
        .otherwise(TIME_UNITS.index("day"))
    )
    return _reached(clock.select("count", level=level), most=len(TIME_UNITS) - 1)


def _amounts(sample: Sample) -> int | None:
    """Decimals that amounts need; below 0 for amounts that are rounded, noughts left out."""
    most = int(FINEST.amounts or 0)
    numbers = sample.frame.select("count", "number").drop_nulls().filter(pl.col("number") != 0)
    level = pl.lit(COARSEST_AMOUNT)
    for decimals in range(COARSEST_AMOUNT + 1, most + 1):
        scaled = pl.col("number").abs() * 10.0 ** (decimals - 1)
        # of numbers as long as a double can hold the last places are not the amount's own
        needed = (scaled - scaled.round()).abs() > 1e-9 * scaled.clip(lower_bound=1.0)
        level = pl.when(needed).then(decimals).otherwise(level)
    return _reached(numbers.select("count", level=level), most=most)


def _reached(found: pl.DataFrame, *, most: int) -> int | None:
    """The highest level that PART of the cells reach; None without cells."""
    counted = found.group_by("level").agg(pl.col("count").sum()).sort("level", descending=True)
    total, reached = int(counted.get_column("count").sum() or 0), 0
    for level, count in counted.select("level", "count").iter_rows():
        reached += int(count)
        if reached >= PART * total:
            return min(int(level), most)
    return None
