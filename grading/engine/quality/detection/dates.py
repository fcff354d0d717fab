"""Columns of dates as numbers: what stands in the place of the month, what in that of the day.

Which place is which is decided by the dates that can be read in one way only: 25/03/2024 has the day first. A date
whose two numbers are both at most 12 can be read in two ways; one whose number in the place of the month is above 12 is
wrong as it stands, and right when the two are exchanged.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.profile import ColumnProfile
from grading.engine.quality.detection.model import Sheet

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

YEAR_FIRST: Final = (
    r"^(?P<y>[12]\d{3})(?:-(?P<m1>\d{1,2})-|/(?P<m2>\d{1,2})/|\.(?P<m3>\d{1,2})\.|年(?P<m4>\d{1,2})月)"
    r"(?P<n1>\d{1,2})(?:日|$|[ T])"
)
YEAR_LAST: Final = (
    r"^(?P<m1>\d{1,2})(?:-(?P<n1>\d{1,2})-|/(?P<n2>\d{1,2})/|\.(?P<n3>\d{1,2})\.)(?P<y>\d{4}|\d{2})(?:$|[ T,])"
)
COMPACT: Final = r"^(?P<y>(?:19|20)\d{2})(?P<m1>\d{2})(?P<n1>\d{2})$"
MOSTLY: Final = 0.8
"""Share of the filled cells that must be dates of one order of parts."""
LIKELY: Final = 0.6
TRIED: Final = 200
"""Share of a column's first cells that must be dates before all of them are looked at, and how many these are."""
TWO_DIGITS: Final = 69
"""Years of two digits below it are of this century (POSIX)."""


@dataclass(frozen=True)
class Dates:
    """One column, an element a row of the sheet. `year`, `month`, `day` are 0 where there is no date.

    `as_is` and `turned` are days since 1970 as written and with day and month exchanged. `sure` can be read in one way
    only, `either` in two different ways, `wrong` only when exchanged. `day_first`: the order that the column has.
    """

    name: str
    values: list[str | None]
    month: Numbers
    day: Numbers
    as_is: Numbers
    turned: Numbers
    sure: Truths
    either: Truths
    wrong: Truths


def dates_of(sheet: Sheet, profile: ColumnProfile) -> Dates | None:
    """The column's dates; None where it is not a column of dates, or nothing tells the order of its parts."""
    if profile.inferred_type not in ("date", "datetime", "text", "integer"):
        return None
    cells = sheet.texts(profile.name)
    tried = [cell.strip() for cell in cells.head(TRIED).to_list() if cell] or [cell for cell in cells.to_list() if cell]
    patterns = (COMPACT,) if profile.inferred_type == "integer" else (YEAR_FIRST, YEAR_LAST, COMPACT)
    found = next((form for form in patterns if _fitting(form, tried) >= LIKELY * len(tried)), None)
    if found is None or not tried:
        return None
    texts = cells.str.strip_chars()
    filled = texts.filter(texts.is_not_null() & (texts != ""))
    parts = texts.str.extract_groups(found).struct.unnest()
    numbers = parts.select(
        pl.coalesce(name for name in parts.columns if name[0] == part)
        .cast(pl.Int64, strict=False)
        .fill_null(0)
        .alias(part)
        for part in "ymn"
    )
    year, one, two = (numbers.get_column(name).to_numpy() for name in "ymn")
    if np.count_nonzero(one) < MOSTLY * filled.len():
        return None
    year = np.where((year < 100) & (one > 0), np.where(year < TWO_DIGITS, 2000 + year, 1900 + year), year)
    ones, twos = int(np.count_nonzero((one > 12) & (two <= 12))), int(np.count_nonzero((two > 12) & (one <= 12)))
    if not ones and not twos and found == YEAR_LAST:
        # Of dates that all fall on one day, as those of months do, the day is what stays.
        ones, twos = _steady(one), _steady(two)
        if max(ones, twos) < max(0.5 * np.count_nonzero(one), 1.5 * min(ones, twos)):
            return None
    month, day = (two, one) if ones > twos else (one, two)
    return _judged(profile.name, texts.to_list(), year, month, day)


def _fitting(pattern: str, texts: list[str]) -> int:
    form = re.compile(pattern)
    return sum(form.match(text) is not None for text in texts)


def _steady(part: Numbers) -> int:
    """Cells with the most frequent number."""
    return int(np.bincount(part[part > 0], minlength=1).max(initial=0))


def _judged(name: str, values: list[str | None], year: Numbers, month: Numbers, day: Numbers) -> Dates:
    held = (month > 0) & (day > 0)
    as_is, fits = _days(year, month, day)
    turned, fits_turned = _days(year, day, month)
    return Dates(
        name=name,
        values=values,
        month=month,
        day=day,
        as_is=as_is,
        turned=turned,
        sure=held & fits & ((day > 12) | (day == month)),
        either=held & (day <= 12) & (month <= 12) & (day != month),
        wrong=held & ~fits & fits_turned & (month > 12),
    )


def _days(year: Numbers, month: Numbers, day: Numbers) -> tuple[Numbers, Truths]:
    """(days since 1970, whether there is such a day)."""
    fits = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (np.where(fits, year, 1970) - 1970) * 12 + np.where(fits, month, 1) - 1
    begin = months.astype("datetime64[M]")
    days = begin.astype("datetime64[D]") + (np.where(fits, day, 1) - 1)
    fits &= days.astype("datetime64[M]") == begin
    return days.astype(np.int64), fits
