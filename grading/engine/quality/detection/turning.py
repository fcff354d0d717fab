"""Evidence that a date reads better with day and month exchanged, as logarithms of odds.

    calendar    months in which the column has dates that can be read in one way only
    order       the dates around it, in the order of the rows or of the numeric column that follows the dates best
    partners    the distance to other dates of the same row: an order is not shipped before it was placed
    weekday     the days of the week, and the days of the month, on which the column has dates
    groups      the months that go with a value of another column: a quarter, a term, a month's name

Each compares how often the column's sure dates are where the one reading and the other would be. Nothing is assumed of
any of them: where rows have no order, or partners no usual distance, both readings are as likely and the odds are even.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.quality.detection.dates import Dates, Numbers, Truths
from grading.engine.quality.detection.model import Sheet

Odds = npt.NDArray[np.float64]

FEWEST: Final = 20
"""Sure dates that are asked before those that can be read in two ways are asked as well."""
AROUND: Final = 3
"""Sure dates on each side of a row that tell what is usual there."""
STRAY: Final = 0.02
"""Share of dates that may lie anywhere."""
MOST_PARTNERS: Final = 6
MOST_ORDERS: Final = 12
MOST_GROUPINGS: Final = 24
"""Other columns that are asked, the first of a kind."""
GROUPS: Final = 60
"""Different values up to which a column groups the rows."""
LARGEST: Final = 6.0
"""Limit of the logarithm of the odds by one kind of evidence."""
PER_MONTH: Final = 8
"""Sure dates that the months compared must hold together, so that chance does not look like a season."""
WIDEST: Final = 11
"""Months on each side that are taken together at most: the two readings lie in one year."""
REACH: Final = 4
"""A distance in days is as usual as those around it, up to this part of it shorter or longer; a day at least."""
BY_CHANCE: Final = 20_000
"""Distances between dates of different rows, drawn at random, that tell how usual each would be by chance."""
DOUBT: Final = 0.5
"""Distances of either kind that are added, so that few of them say little."""


@dataclass(frozen=True)
class Context:
    """The sheet, its columns of dates, and what of it is asked for more than once."""

    sheet: Sheet
    columns: Sequence[Dates]
    orders: list[Numbers] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.orders.append(np.arange(self.sheet.cells.height))
        dates = {column.name for column in self.columns}
        for profile in self.sheet.study.profile.columns:
            if len(self.orders) > MOST_ORDERS:
                break
            if profile.inferred_type in ("integer", "decimal") and profile.name not in dates:
                numbers = self.sheet.texts(profile.name).cast(pl.Float64, strict=False)
                if numbers.null_count() <= 0.2 * max(1, numbers.len()) and numbers.n_unique() > 0.5 * numbers.len():
                    self.orders.append(np.argsort(numbers.fill_null(np.inf).to_numpy(), kind="stable"))


def odds_of_turning(context: Context, dates: Dates) -> Odds:
    """By row: the logarithm of how much better the exchanged reading fits; 0 where there are no two readings."""
    asked = dates.sure if np.count_nonzero(dates.sure) >= FEWEST else dates.sure | dates.either
    found = np.zeros(len(dates.as_is))
    either = dates.either
    if not either.any():
        return found
    parts = [
        _calendar(dates, asked),
        _order(context.orders, dates, asked),
        _partners(context.columns, dates),
        _weekday(dates, asked),
        _day(dates),
        _groups(context, dates, asked),
    ]
    for part in parts:
        found += np.clip(part, -LARGEST, LARGEST)
    return np.where(either, found, 0.0)


def _months(days: Numbers) -> Numbers:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _calendar(dates: Dates, asked: Truths) -> Odds:
    """By months of the calendar, taken together with as many months around as it takes to have PER_MONTH dates."""
    one, other = _months(dates.as_is), _months(dates.turned)
    if not asked.any():
        return np.zeros(len(one))
    low = int(min(one.min(), other.min()))
    size = int(max(one.max(), other.max())) - low + 1
    held = one[asked]
    begin, end = np.quantile(held, [0.01, 0.99])
    reach = int(np.ceil(PER_MONTH * (end - begin + 1) / len(held)))
    if reach > WIDEST:
        return np.zeros(len(one))
    counts = np.bincount(held - low, minlength=size).astype(np.float64)
    kernel = np.concatenate([np.arange(1, reach + 1), np.arange(reach + 1, 0, -1)]) / (reach + 1)
    smooth = np.convolve(counts, kernel)[reach : reach + size] + 0.5
    odds: Odds = np.log(smooth[other - low]) - np.log(smooth[one - low])
    return odds


def _order(orders: Sequence[Numbers], dates: Dates, asked: Truths) -> Odds:
    """By the dates around it, in the order in which the sure dates stray least, if less than by chance.

    Where rows have no order, a date in the middle of the time is nearer to those around it as well; that says nothing.
    """
    best: Odds = np.zeros(len(dates.as_is))
    shuffled = np.random.default_rng(len(best)).permutation(len(best))
    usual = _usual(shuffled, dates.as_is, asked)
    if usual is None:
        return best
    chance = least = _strays(dates.as_is - usual, asked)
    span = max(1.0, float(np.ptp(dates.as_is[asked])))
    for order in orders:
        usual = _usual(order, dates.as_is, asked)
        if usual is not None and (scale := _strays(dates.as_is - usual, asked)) < least:
            least = scale
            here, there = (
                np.log(_near(np.abs(days - usual), scale, span)) - np.log(_near(np.abs(days - usual), chance, span))
                for days in (dates.as_is, dates.turned)
            )
            best = there - here
    return best


def _strays(away: Odds, asked: Truths) -> float:
    """How far the sure dates are from those around them, in days: the scale of a Laplace distribution."""
    return max(1.0, float(np.median(np.abs(away[asked])))) / float(np.log(2))


def _near(away: Odds, scale: float, span: float) -> Odds:
    density: Odds = (1 - STRAY) * np.exp(-away / scale) / (2 * scale) + STRAY / max(span, scale)
    return density


def _usual(order: Numbers, days: Numbers, asked: Truths) -> Odds | None:
    """Of each row, the median of the sure dates around it, its own left out."""
    ranked = order[asked[order]]
    if len(ranked) < 2 * AROUND + 1:
        return None
    values = days[ranked].astype(np.float64)
    before: Numbers = np.cumsum(asked[order]) - asked[order]  # sure dates before each place
    places = before[:, None] + np.concatenate([np.arange(-AROUND, 0), np.arange(0, AROUND)])[None, :]
    places[:, AROUND:] += asked[order][:, None]  # a sure date is not its own neighbour
    outside = (places < 0) | (places >= len(values))
    around = np.where(outside, np.nan, values[np.clip(places, 0, len(values) - 1)])
    usual = np.empty(len(days))
    usual[order] = np.nanmedian(around, axis=1)
    return usual


def _partners(columns: Sequence[Dates], dates: Dates) -> Odds:
    """By the distance to the other dates of the row, so far as it is more usual there than between different rows.

    Dates that have nothing to do with each other are at many distances, some more usual than others; that says nothing.
    """
    odds: Odds = np.zeros(len(dates.as_is))
    source = np.random.default_rng(len(odds))
    others = [other for other in columns if other.name != dates.name][:MOST_PARTNERS]
    for other in others:
        both = dates.sure & other.sure
        if np.count_nonzero(both) < FEWEST:
            continue
        one, two = dates.as_is[both], other.as_is[both]
        shuffled = [source.permutation(two) - one for _ in range(max(1, BY_CHANCE // len(one)))]
        known, chance = np.sort(two - one), np.sort(np.concatenate(shuffled))
        here, there = (_fit(known, chance, other, days) for days in (dates.as_is, dates.turned))
        held = other.sure | other.either
        odds = odds + np.where(held, np.clip(np.log(there) - np.log(here), -LARGEST, LARGEST), 0.0)
    return odds


def _fit(known: Numbers, chance: Numbers, other: Dates, days: Numbers) -> Odds:
    """How much more usual the distance is among the `known` ones than by `chance`, each in order.

    Whichever way the other date is to be read.
    """

    def at(there: Numbers) -> Odds:
        away = there - days
        reach = np.maximum(1, np.abs(away) // REACH)
        held, expected = (
            np.searchsorted(ordered, away + reach, side="right") - np.searchsorted(ordered, away - reach, side="left")
            for ordered in (known, chance)
        )
        ratio: Odds = (held + DOUBT) / (expected * (len(known) / len(chance)) + DOUBT)
        return ratio

    fit: Odds = np.where(other.either, 0.9 * at(other.as_is) + 0.1 * at(other.turned), at(other.as_is))
    return fit


def _weekday(dates: Dates, asked: Truths) -> Odds:
    counts = np.bincount((dates.as_is[asked] + 3) % 7, minlength=7) + 0.5
    odds: Odds = np.log(counts[(dates.turned + 3) % 7]) - np.log(counts[(dates.as_is + 3) % 7])
    return odds


def _day(dates: Dates) -> Odds:
    """By the day of the month, where the column has few of them: reports of the first, pay days."""
    held = dates.sure | dates.either
    counts = np.bincount(np.clip(dates.day[held], 0, 31), minlength=32).astype(np.float64)
    if counts.max() < 0.5 * counts.sum():
        return np.zeros(len(dates.as_is))
    counts += 0.5
    odds: Odds = np.log(counts[np.clip(dates.month, 0, 31)]) - np.log(counts[np.clip(dates.day, 0, 31)])
    return odds


def _groups(context: Context, dates: Dates, asked: Truths) -> Odds:
    """By the months that go with a value of the column that tells most of them."""
    best: Odds = np.zeros(len(dates.as_is))
    most = 0.0
    known = {column.name for column in context.columns}
    profiles = (
        profile
        for profile in context.sheet.study.profile.columns
        if profile.name not in known and 2 <= profile.distinct.value <= GROUPS
    )
    month, day = (np.clip(part, 1, 12) - 1 for part in (dates.month, dates.day))
    for profile in islice(profiles, MOST_GROUPINGS):
        ranks = context.sheet.texts(profile.name).fill_null("").rank("dense")
        groups = ranks.to_numpy().astype(np.int64) - 1
        table = np.zeros((int(np.max(groups, initial=0)) + 1, 12))
        np.add.at(table, (groups[asked], month[asked]), 1.0)
        told = _told(table)
        if told > most:
            most = told
            best = _by_group(table, groups, month, day)
    return best


def _told(table: npt.NDArray[np.float64]) -> float:
    """How much more the groups tell of the months than chance: the G statistic beyond its degrees of freedom."""
    rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    expected = rows * columns / max(1.0, float(table.sum()))
    ratio = np.divide(table, expected, out=np.ones_like(table), where=table > 0)
    statistic = 2.0 * float((table * np.log(ratio)).sum())
    freedom = max(1, (int(np.count_nonzero(rows)) - 1) * (int(np.count_nonzero(columns)) - 1))
    return statistic - freedom if statistic > 2 * freedom + 10 else 0.0


def _by_group(table: npt.NDArray[np.float64], groups: Numbers, month: Numbers, day: Numbers) -> Odds:
    """Of the month in its group beside the month anywhere, for either reading."""
    overall = (table.sum(axis=0) + 0.5) / (table.sum() + 6.0)
    share = (table + 2.0 * overall) / (table.sum(axis=1, keepdims=True) + 2.0)
    share = 0.98 * share + 0.02 / 12
    odds: Odds = np.log(share[groups, day] / overall[day]) - np.log(share[groups, month] / overall[month])
    return odds
