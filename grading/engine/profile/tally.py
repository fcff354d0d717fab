"""Exact totals over the cells of a column, merged from parts: kinds, moments, extremes, examples."""

from dataclasses import dataclass, field

import polars as pl

from grading.engine.profile.kinds import is_broken, is_formula

EXAMPLES = 20


@dataclass
class Moments:
    """Number, mean, sum of squared deviations and extremes of numbers (Chan, Golub & LeVeque 1983)."""

    cells: int = 0
    mean: float = 0.0
    squares: float = 0.0
    minimum: float | None = None
    maximum: float | None = None

    def add(self, other: "Moments") -> None:
        """Take in the moments of other cells."""
        if not other.cells:
            return
        together = self.cells + other.cells
        gap = other.mean - self.mean
        self.mean += gap * other.cells / together
        self.squares += other.squares + gap * gap * self.cells * other.cells / together
        self.cells = together
        self.minimum = _least(self.minimum, other.minimum)
        self.maximum = _most(self.maximum, other.maximum)

    @classmethod
    def of(cls, frame: pl.DataFrame, column: str) -> "Moments":
        """Of a column of numbers weighted by `count`; nulls are left out."""
        held = frame.select(column, "count").drop_nulls()
        if not held.height:
            return cls()
        weight, value = pl.col("count"), pl.col(column)
        cells, mean = held.select(weight.sum(), (value * weight).sum() / weight.sum()).row(0)
        squares = held.select((((value - mean) ** 2) * weight).sum()).item()
        low, high = held.select(value.min().alias("low"), value.max().alias("high")).row(0)
        return cls(cells, mean, squares, low, high)


@dataclass
class Tally:
    """Totals of a column's cells.

    `kinds` counts cells by kind, `periods` gives (earliest, latest) instant by kind, `examples` the most frequent
    values of each kind, of broken text and of formulas.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    compact_dates: int = 0
    broken: int = 0
    formulas: int = 0
    numbers: Moments = field(default_factory=Moments)
    periods: dict[str, tuple[float, float]] = field(default_factory=dict)
    examples: pl.DataFrame | None = None

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Tally":
        """Of a classified frame of values."""
        by_kind = frame.group_by("kind").agg(
            pl.col("count").sum(), pl.col("instant").min().alias("early"), pl.col("instant").max().alias("late")
        )
        periods = {kind: (early, late) for kind, _, early, late in by_kind.rows() if early is not None}
        compact = frame.filter(pl.col("compact").is_not_null()) if "compact" in frame.columns else frame.clear()
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
            numbers=Moments.of(frame, "number"),
            periods=periods,
            examples=_examples(
                pl.concat(
                    [
                        frame.select("kind", "text", "count", "row"),
                        broken.select(pl.lit("broken").alias("kind"), "text", "count", "row"),
                        formulas.select(pl.lit("formula").alias("kind"), "text", "count", "row"),
                    ]
                )
            ),
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
        self.numbers.add(other.numbers)
        parts = [part for part in (self.examples, other.examples) if part is not None]
        self.examples = _examples(pl.concat(parts)) if parts else None

    def total(self, *kinds: str) -> int:
        """Cells of any of the kinds."""
        return sum(self.kinds.get(kind, 0) for kind in kinds)

    def examples_of(self, kinds: set[str]) -> list[tuple[str, int, int]]:
        """(value, count, first row) of the given kinds, the most frequent first."""
        if self.examples is None:
            return []
        chosen = self.examples.filter(pl.col("kind").is_in(sorted(kinds)))
        return chosen.sort(["count", "row"], descending=[True, False]).select("text", "count", "row").rows()


def _examples(frame: pl.DataFrame) -> pl.DataFrame:
    summed = frame.group_by("kind", "text").agg(pl.col("count").sum(), pl.col("row").min())
    return summed.sort(["count", "row"], descending=[True, False]).group_by("kind", maintain_order=True).head(EXAMPLES)


def _least(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else min(one, other)


def _most(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else max(one, other)
