"""Exact totals over the cells of a column, put together from parts: kinds, moments, extremes, lengths, examples."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.kernel import exact_sums
from grading.engine.kernel.library import BIAS
from grading.engine.profile.kinds import is_broken, is_formula

Places = npt.NDArray[np.int64]
EXAMPLES: Final = 64
"""Values kept of each kind where not all are: those with the smallest hashes, whose counts are exact."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Numbers: cells, sum and sum of squares without rounding (in units of 2^-BIAS), extremes."""

    cells: int = 0
    total: int = 0
    squares: int = 0
    minimum: float | None = None
    maximum: float | None = None

    @property
    def mean(self) -> float:
        """The mean, correctly rounded; of cells > 0."""
        return self.total / (self.cells << BIAS)

    @property
    def std(self) -> float | None:
        """The standard deviation of a sample (n - 1); None for a single cell."""
        if self.cells < 2:
            return None
        spread = (self.squares * self.cells << BIAS) - self.total * self.total
        return float((spread / (self.cells * (self.cells - 1) << 2 * BIAS)) ** 0.5)

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            self.cells + other.cells,
            self.total + other.total,
            self.squares + other.squares,
            min((low for low in (self.minimum, other.minimum) if low is not None), default=None),
            max((high for high in (self.maximum, other.maximum) if high is not None), default=None),
        )

    @classmethod
    def of(cls, numbers: npt.NDArray[np.float64], counts: Places) -> "Moments":
        """Of numbers weighted by counts; those that are NaN are left out."""
        there = ~np.isnan(numbers)
        if not there.any():
            return cls()
        numbers, counts = numbers[there] + 0.0, counts[there]  # no negative zero among the extremes
        total, squares = exact_sums(numbers, counts)
        return cls(int(counts.sum()), total, squares, float(numbers.min()), float(numbers.max()))


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of text cells in characters."""

    minimum: int | None = None
    maximum: int | None = None
    total: int = 0
    cells: int = 0

    def __add__(self, other: "Lengths") -> "Lengths":
        return Lengths(
            min((low for low in (self.minimum, other.minimum) if low is not None), default=None),
            max((high for high in (self.maximum, other.maximum) if high is not None), default=None),
            self.total + other.total,
            self.cells + other.cells,
        )


@dataclass(slots=True)
class Tally:
    """Totals of a column's cells.

    `kinds` counts cells by kind, `periods` gives (earliest, latest) instant by kind, `examples` has values (`kind`,
    `text`, `count`, `row`, `hash`) of each kind, of broken text and of formulas.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    compact_dates: int = 0
    broken: int = 0
    formulas: int = 0
    numbers: Moments = field(default_factory=Moments)
    lengths: Lengths = field(default_factory=Lengths)
    periods: dict[str, tuple[float, float]] = field(default_factory=dict)
    examples: pl.DataFrame | None = None

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Tally":
        """Of a classified frame of values with `hash` (and `characters` where their lengths count)."""
        (tally,) = cls.each(frame, np.zeros(frame.height, np.int64), 1)
        return tally

    @classmethod
    def each(cls, frame: pl.DataFrame, places: Places, columns: int, *, examples: bool = True) -> "list[Tally]":
        """Of several columns whose values stand in one frame, column by column: `places` says whose each is."""
        marked = frame.with_columns(
            pl.Series("place", places),
            broken=is_broken() if frame.schema["value"] == pl.String else pl.lit(False),
            formula=is_formula(frame.schema["value"]),
        )
        found = [cls() for _column in range(columns)]
        for tally, moments in zip(found, _moments(marked, places, columns), strict=True):
            tally.numbers = moments
        for place, kind, count, early, late in _by_kind(marked).iter_rows():
            found[place].kinds[kind] = count
            if early is not None:
                found[place].periods[kind] = (early, late)
        for place, broken, formulas, compact, early, late, *lengths in _by_place(marked).iter_rows():
            tally = found[place]
            tally.broken, tally.formulas, tally.compact_dates = broken, formulas, compact
            if compact:
                tally.periods["date_compact"] = (early, late)
            if lengths:
                tally.lengths = Lengths(*lengths)
        if examples:
            few = _fewest(_exampled(marked), "place", "kind")
            for tally in found:
                tally.examples = few.clear().drop("place")
            for place, frame in split(few.sort("place", maintain_order=True)):
                found[place].examples = frame
        return found

    def add(self, other: "Tally") -> None:
        """Take in the totals of other cells."""
        self.add_each([self], [other])

    @staticmethod
    def add_each(tallies: "Sequence[Tally]", others: "Sequence[Tally]") -> None:
        """The same of several columns."""
        for tally, other in zip(tallies, others, strict=True):
            tally._add_totals(other)
        few = [(place, tally.examples) for one in (tallies, others) for place, tally in enumerate(one)]
        frames = [frame.with_columns(place=pl.lit(place)) for place, frame in few if frame is not None]
        if frames:
            for place, frame in split(_fewest(pl.concat(frames), "place", "kind").sort("place", maintain_order=True)):
                tallies[place].examples = frame

    def _add_totals(self, other: "Tally") -> None:
        for kind, count in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count
        for kind, (early, late) in other.periods.items():
            mine = self.periods.get(kind, (early, late))
            self.periods[kind] = (min(mine[0], early), max(mine[1], late))
        self.compact_dates += other.compact_dates
        self.broken += other.broken
        self.formulas += other.formulas
        self.numbers += other.numbers
        self.lengths += other.lengths

    def total(self, *kinds: str) -> int:
        """Cells of any of the kinds."""
        return sum(self.kinds.get(kind, 0) for kind in kinds)


def split(frame: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Of a frame whose column `place` is in order: each place, and its rows without it."""
    places, firsts = np.unique(frame.get_column("place").to_numpy(), return_index=True)
    rest = frame.drop("place")
    for place, (first, end) in zip(places.tolist(), itertools.pairwise([*firsts.tolist(), frame.height]), strict=True):
        yield place, rest.slice(first, end - first)


def _moments(frame: pl.DataFrame, places: Places, columns: int) -> Iterator[Moments]:
    if not frame.get_column("number").count():
        yield from itertools.repeat(Moments(), columns)
        return
    numbers, counts = frame.get_column("number").to_numpy(), frame.get_column("count").to_numpy()
    edges = np.searchsorted(places, np.arange(columns + 1)).tolist()
    for first, end in itertools.pairwise(edges):
        yield Moments.of(numbers[first:end], counts[first:end])


def _by_kind(frame: pl.DataFrame) -> pl.DataFrame:
    """`place`, `kind`, its cells, the earliest and the latest instant."""
    instant = pl.col("instant")
    summed = frame.group_by("place", "kind").agg(
        pl.col("count").sum(), instant.min().alias("early"), instant.max().alias("late")
    )
    return summed.sort("place", "kind")


def _by_place(frame: pl.DataFrame) -> pl.DataFrame:
    """`place`, cells of broken text, of formulas, of dates in digits, the earliest and the latest of these, lengths."""
    count, compact, size = pl.col("count"), pl.col("compact"), pl.col("characters")
    lengths = (size.min().alias("a"), size.max().alias("b"), (size * count).sum().alias("c"), count.sum().alias("d"))
    return frame.group_by("place").agg(
        count.filter("broken").sum().alias("broken"),
        count.filter("formula").sum().alias("formula"),
        count.filter(compact.is_not_null()).sum(),
        compact.min().alias("early"),
        compact.max().alias("late"),
        *(lengths if "characters" in frame.columns else ()),
    )


def _exampled(frame: pl.DataFrame) -> pl.DataFrame:
    """Values under each heading they are an example of: their kind, `broken`, `formula`."""
    columns = ("text", "count", "row", "hash")
    return pl.concat(
        [
            frame.select("place", "kind", *columns),
            frame.filter("broken").select("place", pl.lit("broken").alias("kind"), *columns),
            frame.filter("formula").select("place", pl.lit("formula").alias("kind"), *columns),
        ]
    )


def _fewest(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """The EXAMPLES values of each kind with the smallest hashes: whatever the parts, these are the same."""
    summed = frame.group_by(*keys, "hash").agg(pl.col("text").first(), pl.col("count").sum(), pl.col("row").min())
    few = summed.sort("hash").group_by(*keys, maintain_order=True).head(EXAMPLES)
    return few.select(*keys, "text", "count", "row", "hash")
