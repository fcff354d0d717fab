"""A column as the single-column detectors see it: its distinct values with their counts, and what is known of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

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
    def cells(self) -> int:
        """Cells of the sheet with a value, placeholders left out."""
        return sum(self.counts[place] for place in self.present)


@dataclass(frozen=True, slots=True)
class Charge:
    """All cells that hold the value at `place` look wrong; the rest as in a Suspicion."""

    place: int
    kind: str
    confidence: float
    params: Mapping[str, str | int | float]


ColumnDetector = Callable[[Column], Iterable[Charge]]
"""Pure and deterministic; sees no other column and no order of rows."""


def column_of(sheet: Sheet, profile: ColumnProfile) -> Column:
    """The values that the sheet's rows have in that column."""
    name = pl.col(profile.name)
    counted = (
        sheet.cells.select(name.alias("value"))
        .filter(pl.col("value").is_not_null() & (pl.col("value") != ""))
        .group_by("value")
        .agg(pl.len().alias("count"))
        .sort(["count", "value"], descending=[True, False])
    )
    known = sheet.study.samples[profile.name].cells.frame.select(
        pl.col("value").cast(pl.String, strict=False), "kind", "number"
    )
    found = counted.join(
        known.unique("value", keep="first", maintain_order=True), on="value", how="left", maintain_order="left"
    )
    values = found.get_column("value").to_list()
    return Column(
        profile=profile,
        values=tuple(values),
        texts=tuple(value.strip() for value in values),
        counts=tuple(found.get_column("count").to_list()),
        kinds=tuple(found.get_column("kind").fill_null("text").to_list()),
        numbers=tuple(found.get_column("number").to_list()),
    )
