"""Values of another type than the column's: text among numbers, among dates."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from grading.engine.quality.detection.column import Charge, Column, is_time
from grading.engine.quality.detection.quantities import quantity_of

#: Share of a column's cells that numbers, or dates, must have for anything else among them to be out of place.
MOSTLY: Final = 0.55
OFTEN: Final = 0.02
"""Share of the cells from which the same text again and again is a code that somebody chose, not a slip."""
CHOSEN: Final = 0.1
"""How sure one can be of what somebody chose: hardly any of it was wrong where that is known."""
SLIPS: Final = 3
"""Cells that slips may share in any column."""
SECOND: Final = 0.005
"""Share of the cells from which exceptions that differ in their digits only are a second way of writing, not slips."""
DIGITS: Final = re.compile(r"\d+")
SUFFIXED: Final = "9A"
ENDING: Final = re.compile(r"^9[^\W\d_]$")
ONE_LETTER: Final = re.compile(r"^9?[^\W\d_]9?$")
MOST_SUFFIXED: Final = 0.8
"""Share of the numbers with a letter that have it at their end, from which it was put there: slips are anywhere."""
WITHIN: Final = re.compile(r"9[^\W\d_]+9")


def find_other_types(column: Column) -> Iterator[Charge]:
    """What is no number where most are, no date where most are."""
    numbers, times = column.numeric, column.timed
    if column.cells < SLIPS or not MOSTLY <= max(numbers, times) < 1.0:
        return
    known = column.profile.inferred_type
    lengths = _lengths(column) if numbers >= times else Counter()
    ways = _ways(column) if numbers >= times else Counter()
    named = known if known not in ("text", "structure", "empty") else "decimal" if numbers >= times else "date"
    for place in column.present:
        fits = column.numbers[place] is not None if numbers >= times else is_time(column.kinds[place])
        text = column.texts[place]
        # 02139 among post codes: half of the whole numbers at least are as long.
        if fits or (column.kinds[place] == "padded" and 2 * lengths[len(text)] >= lengths.total()):
            continue
        count = column.counts[place]
        sure = _sure(
            max(numbers, times),
            count,
            column.cells,
            dates=times > numbers,
            has_digit=any(map(str.isdigit, column.texts[place])),
        )
        if ways[_way(text)] > max(SLIPS, SECOND * column.cells):
            sure = min(sure, CHOSEN)
        params: dict[str, str | int | float] = {"value": text[:120], "count": count, "type": named}
        yield Charge(place, "type_mismatch", sure, params)


def _sure(share: float, count: int, cells: int, *, dates: bool, has_digit: bool) -> float:
    if count > max(SLIPS, OFTEN * cells):
        # Half a date is nobody's code.
        return 0.7 if dates and has_digit and count <= 2 * OFTEN * cells else CHOSEN
    sure = 0.85 if share >= 0.75 else 0.7
    return sure if has_digit or count <= SLIPS else sure - 0.15


def _lengths(column: Column) -> Counter[int]:
    """Cells by the digits of the whole number they hold."""
    lengths: Counter[int] = Counter()
    for place in column.present:
        if column.numbers[place] is not None and column.texts[place].isdecimal():
            lengths[len(column.texts[place])] += column.counts[place]
    return lengths


def _ways(column: Column) -> Counter[str]:
    """Cells that hold no number, by what stands there but for its digits; without those with letters among digits.

    `0571-9` again and again, or `9A`, was meant so; of slips each is another, and `4o7` is one however often it comes.
    A number with a unit among bare ones is out of place however often.
    """
    ways: Counter[str] = Counter()
    for place in column.present:
        if column.numbers[place] is None:
            way = _way(column.texts[place])
            if "9" in way and not _with_unit(column.texts[place]):
                ways[way] += column.counts[place]
    letters = sum(count for way, count in ways.items() if ONE_LETTER.match(way))
    if ways[SUFFIXED] < MOST_SUFFIXED * letters:
        del ways[SUFFIXED]
    for way in [way for way in ways if WITHIN.search(way)]:
        del ways[way]
    return ways


def _way(text: str) -> str:
    """The text with a 9 for its digits; `85123A` and `85123B` are one way."""
    way = DIGITS.sub("9", text)
    return SUFFIXED if ENDING.match(way) else way


def _with_unit(text: str) -> bool:
    found = quantity_of(text)
    return found is not None and found.known and found.unit != "" and not found.lettered
