"""A column as the single-column detectors see it: its distinct values with their counts, and what is known of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from grading.engine.profile import ColumnProfile
from grading.engine.quality.detection.model import Sheet


@dataclass(frozen=True)
class Column:
    """Distinct values, the most frequent first; equally frequent ones by their text, whatever the order of the rows.

    `texts` are stripped of white space around them, `kinds` and `numbers` are those of the profile. Of at most as many
    rows as the sheet has, whose cells are at most 512 characters long.
    """

    profile: ColumnProfile
    values: tuple[str, ...]
    texts: tuple[str, ...]
    counts: tuple[int, ...]
    kinds: tuple[str, ...]
    numbers: tuple[float | None, ...]

    @cached_property
    def present(self) -> tuple[int, ...]:
        """Places of the values that are none of the placeholders that the profile knows."""
        return tuple(place for place, kind in enumerate(self.kinds) if kind != "placeholder")

    @cached_property
    def joined(self) -> str:
        """All texts in one, for what can be asked of them together."""
        return "\n".join(self.texts)

    @cached_property
    def numeric(self) -> float:
        """Share of the cells that are numbers, placeholders left out."""
        held = sum(self.counts[place] for place in self.present if self.numbers[place] is not None)
        return held / self.cells if self.cells else 0.0

    @cached_property
    def timed(self) -> float:
        """Share of the cells that are dates or times, placeholders left out."""
        held = sum(self.counts[place] for place in self.present if is_time(self.kinds[place]))
        return held / self.cells if self.cells else 0.0

    @cached_property
    def cells(self) -> int:
        """Cells of the sheet with a value, placeholders left out."""
        return sum(self.counts[place] for place in self.present)


def is_time(kind: str) -> bool:
    """A kind of dates or times of day."""
    return kind.startswith("date") or kind == "time"


@dataclass(frozen=True, slots=True)
class Charge:
    """All cells that hold the value at `place` look wrong; the rest as in a Suspicion."""

    place: int
    kind: str
    confidence: float
    params: Mapping[str, str | int | float]


UNKNOWN: Final = ("text", None)

ColumnDetector = Callable[[Column], Iterable[Charge]]
"""Pure and deterministic; sees no other column and no order of rows."""


def column_of(sheet: Sheet, profile: ColumnProfile) -> Column:
    """The values that the sheet's rows have in that column."""
    counts = Counter(sheet.texts(profile.name).to_list())
    for nothing in (None, ""):
        counts.pop(nothing, None)
    values = sorted(sorted(counts), key=counts.__getitem__, reverse=True)
    known = sheet.study.samples[profile.name].cells.frame
    texts = known.get_column("value").cast(pl.String, strict=False).to_list()
    kinds, numbers = known.get_column("kind").to_list(), known.get_column("number").to_list()
    facts = dict(zip(texts, zip(kinds, numbers, strict=True), strict=True))
    found = [facts.get(value, UNKNOWN) for value in values]
    return Column(
        profile=profile,
        values=tuple(values),
        texts=tuple(value.strip() for value in values),
        counts=tuple(counts[value] for value in values),
        kinds=tuple(kind for kind, _number in found),
        numbers=tuple(number for _kind, number in found),
    )
