"""Round places on an axis of numbers or of time, with their labels."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

Tick = tuple[float, str]
EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - times of data have no zone
MINUTE, HOUR, DAY = 60, 3600, 86_400
SECONDS: Final = (1, 2, 5, 10, 15, 30)
CLOCK: Final = (
    *SECONDS, *(MINUTE * step for step in (1, 2, 5, 10, 15, 30)), *(HOUR * step for step in (1, 2, 3, 6, 12)),
    *(DAY * step for step in (1, 2, 5, 10)),
)  # fmt: skip
MONTHS: Final = (1, 2, 3, 6)
YEARS: Final = tuple(digit * 10**power for power in range(4) for digit in (1, 2, 5))


def number_ticks(low: float, high: float, most: int = 5) -> list[Tick]:
    """At most `most` round numbers from low to high: 1, 2 or 5 times a power of ten apart."""
    apart = (high - low) / most
    if not low < high or not 1e-300 < apart < math.inf:
        return [(low, number(low))]
    power = 10.0 ** math.floor(math.log10(apart))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            break
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(place * step, _label(place * step, decimals)) for place in range(first, last + 1)]


def time_ticks(low: float, high: float, most: int = 4) -> list[Tick]:
    """At most `most` round instants from low to high, both in seconds since 1970 without a zone."""
    try:
        start, end = EPOCH + timedelta(seconds=low), EPOCH + timedelta(seconds=high)
    except OverflowError:
        return []
    for step in CLOCK:
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first < most:
            shown = slice(0, 10) if step >= DAY else slice(5, 16) if step >= MINUTE else slice(11, 19)
            return [(float(place * step), _written(place * step)[shown]) for place in range(first, last + 1)]
    days: list[datetime] = []
    for step in (*MONTHS, *(12 * years for years in YEARS)):
        days = list(_firsts(start, end, step, most + 1))
        if len(days) <= most:
            shown = slice(0, 7) if step < 12 else slice(0, 4)
            return [((day - EPOCH).total_seconds(), day.isoformat()[shown]) for day in days]
    return []


def number(value: float) -> str:
    """A number as it is written beside a picture: whole from a million on, else at most six digits that count."""
    if abs(value) < 1e12 and (abs(value) >= 1e6 or value == round(value)):
        return f"{value:,.0f}"
    return f"{value:.6g}"


def instant(seconds: float) -> str:
    """An instant beside a picture: its day, with the time to minutes where it is not midnight."""
    try:
        written = _written(seconds)
    except OverflowError:
        return number(seconds)
    return written[:10] if written[11:19] == "00:00:00" else written[:16]


def _written(seconds: float) -> str:
    return (EPOCH + timedelta(seconds=seconds)).isoformat(" ")


def _label(value: float, decimals: int) -> str:
    if abs(value) >= 1e12 or decimals > 6:
        return f"{value:.4g}"
    return f"{value + 0.0:,.{decimals}f}"


def _firsts(start: datetime, end: datetime, step: int, most: int) -> Iterator[datetime]:
    """The first days of months, `step` months apart, from start to end; no more than `most`."""
    place = math.ceil((start.year * 12 + start.month - 1) / step) * step
    while most and place <= end.year * 12 + end.month - 1:
        day = datetime(max(place, 12) // 12, place % 12 + 1, 1)  # noqa: DTZ001
        if start <= day <= end and place >= 12:  # the calendar begins with the year 1
            yield day
            most -= 1
        place += step
