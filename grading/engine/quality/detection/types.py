"""Values of another type than the column's: text among numbers, among dates."""

from collections.abc import Iterator
from typing import Final

from grading.engine.quality.detection.column import Charge, Column, is_time

#: Share of a column's cells that numbers, or dates, must have for anything else among them to be out of place.
MOSTLY: Final = 0.55
OFTEN: Final = 0.02
"""Share of the cells from which the same text again and again is a code that somebody chose, not a slip."""
SLIPS: Final = 3
"""Cells that slips may share in any column."""


def find_other_types(column: Column) -> Iterator[Charge]:
    """What is no number where most are, no date where most are."""
    numbers, times = column.numeric, column.timed
    if column.cells < SLIPS or not MOSTLY <= max(numbers, times) < 1.0:
        return
    known = column.profile.inferred_type
    named = known if known not in ("text", "structure", "empty") else "decimal" if numbers >= times else "date"
    for place in column.present:
        fits = column.numbers[place] is not None if numbers >= times else is_time(column.kinds[place])
        if fits:
            continue
        count = column.counts[place]
        sure = _sure(
            max(numbers, times),
            count,
            column.cells,
            dates=times > numbers,
            has_digit=any(map(str.isdigit, column.texts[place])),
        )
        params: dict[str, str | int | float] = {"value": column.texts[place][:120], "count": count, "type": named}
        yield Charge(place, "type_mismatch", sure, params)


def _sure(share: float, count: int, cells: int, *, dates: bool, has_digit: bool) -> float:
    if count > max(SLIPS, OFTEN * cells):
        # Half a date is nobody's code.
        return 0.7 if dates and has_digit and count <= 2 * OFTEN * cells else 0.45
    sure = 0.85 if share >= 0.75 else 0.7
    return sure if has_digit or count <= SLIPS else sure - 0.15
