"""Exact totals over the cells of a column, put together from parts: kinds, moments, extremes, lengths, examples."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from grading.engine.kernel import exact_sums
from grading.engine.kernel.library import BIAS
from grading.engine.profile.kinds import is_broken, is_formula

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
    def of(cls, frame: pl.DataFrame) -> "Moments":
        """Of the column `number` weighted by `count`; nulls are left out."""
        held = frame.select("number", "count").drop_nulls()
        if not held.height:
            return cls()
        numbers = held.get_column("number")
        total, squares = exact_sums(numbers.to_numpy(), held.get_column("count").to_numpy())
        return cls(int(held.get_column("count").sum()), total, squares, numbers.min(), numbers.max())  # type: ignore[arg-type]


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

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Lengths":
        """Of the column `characters` weighted by `count`; nothing where there is no such column."""
        if "characters" not in frame.columns or not frame.height:
            return cls()
        size, count = pl.col("characters"), pl.col("count")
        return cls(
            *frame.select(
                size.min().alias("a"), size.max().alias("b"), (size * count).sum().alias("c"), count.sum()
            ).row(0)
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
    def of(cls, frame: pl.DataFrame, *, examples: bool = True) -> "Tally":
        """Of a classified frame of values with `hash` (and `characters` where their lengths count)."""
        by_kind = frame.group_by("kind").agg(
            pl.col("count").sum(), pl.col("instant").min().alias("early"), pl.col("instant").max().alias("late")
        )
        periods = {kind: (early, late) for kind, _, early, late in by_kind.rows() if early is not None}
        compact = frame.filter(pl.col("compact").is_not_null())
        if compact.height:
            early, late = compact.select(pl.col("compact").min().alias("a"), pl.col("compact").max().alias("b")).row(0)
            periods["date_compact"] = (early, late)
        broken = frame.filter(is_broken())
        formulas = frame.filter(is_formula(frame.schema["value"]))
        return cls(
            kinds={kind: count for kind, count, _, _ in by_kind.sort("kind").rows()},
            compact_dates=int(compact.get_column("count").sum()),
            broken=int(broken.get_column("count").sum()),
            formulas=int(formulas.get_column("count").sum()),
            numbers=Moments.of(frame),
            lengths=Lengths.of(frame),
            periods=periods,
            examples=_fewest(exampled(frame, broken, formulas)) if examples else None,
        )

    def add(self, other: "Tally") -> None:
        """Take in the totals of other cells."""
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
        parts = [part for part in (self.examples, other.examples) if part is not None]
        self.examples = _fewest(pl.concat(parts)) if parts else None

    def total(self, *kinds: str) -> int:
        """Cells of any of the kinds."""
        return sum(self.kinds.get(kind, 0) for kind in kinds)


def exampled(frame: pl.DataFrame, broken: pl.DataFrame, formulas: pl.DataFrame) -> pl.DataFrame:
    """Values under each heading they are an example of: their kind, `broken`, `formula`."""
    columns = ("text", "count", "row", "hash")
    return pl.concat(
        [
            frame.select("kind", *columns),
            broken.select(pl.lit("broken").alias("kind"), *columns),
            formulas.select(pl.lit("formula").alias("kind"), *columns),
        ]
    )


def _fewest(frame: pl.DataFrame) -> pl.DataFrame:
    """The EXAMPLES values of each kind with the smallest hashes: whatever the parts, these are the same."""
    summed = frame.group_by("kind", "hash").agg(pl.col("text").first(), pl.col("count").sum(), pl.col("row").min())
    few = summed.sort("hash").group_by("kind", maintain_order=True).head(EXAMPLES)
    return few.select("kind", "text", "count", "row", "hash")
