"""The rules of one column, counted over its cells: how many each was asked of, how many break it, which come first."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from grading.engine.quality.declared.model import Field
from grading.engine.quality.declared.patterns import whole
from grading.engine.quality.declared.reading import decimal, limits_of, read

EXAMPLES: Final = 20
"""Values kept of those that break a rule: the first in the file."""
SHOWN: Final = 120
NEAR: Final = 1e-12
"""Doubles that differ by less, of their size, are compared digit by digit."""
KEPT: Final = ("value", "count", "row")


@dataclass(frozen=True, slots=True)
class Example:
    """A value that breaks a rule: the first row that does so, and in how many cells it stands."""

    value: str | None
    row: int
    count: int


@dataclass
class Tally:
    """One rule: `kind` of finding, `code` of its sentence, what the sentence says besides, and the counts."""

    kind: str
    code: str
    columns: tuple[str, ...]
    params: dict[str, str | int] = field(default_factory=dict)
    examined: int = 0
    broken: int = 0
    examples: dict[str | None, Example] = field(default_factory=dict)

    def add(self, examined: int, broken: pl.DataFrame) -> None:
        """Cells of later rows: `broken` has `value`, `count`, `row` of those that break the rule, a value once."""
        self.examined += examined
        if not broken.height:
            return
        self.broken += int(broken.get_column("count").sum())
        shown = broken.select(_told_apart("value"), "count", "row").sort("row")
        first = shown.head(EXAMPLES)
        known = shown.filter(pl.col("value").is_in(list(self.examples), nulls_equal=True)) if self.examples else None
        for value, count, row in (
            first if known is None else pl.concat([known, first]).unique("value").sort("row")
        ).rows():
            if value in self.examples:
                before = self.examples[value]
                self.examples[value] = Example(value, before.row, before.count + count)
            elif len(self.examples) < EXAMPLES:
                self.examples[value] = Example(value, row, count)


def _told_apart(name: str) -> pl.Expr:
    """The text, cut where it is long, with what tells it from others that begin alike."""
    text = pl.col(name)
    mark = text.str.head(SHOWN) + "…#" + text.hash(1).cast(pl.String)
    return pl.when(text.str.len_chars() > SHOWN).then(mark).otherwise(text).alias(name)


class ColumnCheck:
    """The rules of `field` for the column called `column`.

    `native`: the file's format has types of its own, and cells that are null; in text an empty cell is an empty text.
    """

    def __init__(self, field: Field, column: str, *, native: bool) -> None:
        self.field, self.native = field, native
        self.missing = list(field.missing)
        rules = field.constraints
        self.type = self._tally("rule_type", "rule_type", type=field.type, format=_named(field))
        self.required = self._tally("rule_required", "rule_required")
        limits = [(pointer.rpartition("/")[2], text) for pointer, text in limits_of(field) if "/enum/" not in pointer]
        self.limits = [
            (name, text, self._tally("rule_range", f"rule_{_snake(name)}", limit=text[:SHOWN]))
            for name, text in limits
            if name in LIMITS
        ]
        self.lengths = [
            (name, length, self._tally("rule_length", f"rule_{name}", limit=length))
            for name, length in (("min_length", rules.min_length), ("max_length", rules.max_length))
            if length is not None
        ]
        self.pattern = self._tally("rule_pattern", "rule_pattern", pattern=(rules.pattern or "")[:SHOWN])
        self.enums = [
            (choices, self._tally("rule_enum", "rule_enum"))
            for choices in (rules.enum, rules.categories)
            if choices is not None
        ]
        for tally in self.tallies():
            tally.columns = (column,)
        self._sames, self._orders = self._limits_read()

    def _tally(self, kind: str, code: str, **params: str | int) -> Tally:
        return Tally(kind, code, (), params)

    def tallies(self) -> list[Tally]:
        """Those of the rules that are declared."""
        rules = self.field.constraints
        kept = [self.type] if self.field.type != "any" and not self._takes_any() else []
        kept += [self.required] if rules.required else []
        kept += [tally for _, _, tally in self.limits] + [tally for _, _, tally in self.lengths]
        kept += [self.pattern] if rules.pattern is not None else []
        return kept + [tally for _, tally in self.enums]

    def _takes_any(self) -> bool:
        return self.field.type == "string" and self.field.format == "default"

    def _limits_read(self) -> tuple[dict[str, str], dict[str, float | int]]:
        """The values that constraints name, as the cells are read: by text, which one it is and where it lies."""
        texts = list(dict.fromkeys(text for _, text in limits_of(self.field)))
        found = read(self.field, pl.Series(texts, dtype=pl.String), native=True)
        sames, orders = found.get_column("same").to_list(), found.get_column("order").to_list()
        return dict(zip(texts, sames, strict=True)), dict(zip(texts, orders, strict=True))

    def absent(self) -> pl.Expr:
        """Whether a cell has no value."""
        return pl.col("value").is_null() | pl.col("value").is_in(self.missing)

    def read(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Of cells (`value`, text or null, each once) those with a value, with what it is (`reading.read`)."""
        present = cells.filter(~self.absent())
        found = read(self.field, present.get_column("value"), native=self.native)
        return pl.concat([present, found], how="horizontal")

    def add(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Count cells of later rows: `value`, each once, `count`, `row` (the first); what `read` says of them."""
        if self.field.constraints.required:
            self.required.add(_sum(cells), _as_one(cells.filter(self.absent())))
        found = self.read(cells)
        self.type.add(_sum(found), found.filter(~pl.col("ok")).select(KEPT))
        fitting = found.filter("ok")
        examined = _sum(fitting)
        for name, text, tally in self.limits:
            tally.add(examined, self._beyond(fitting, name, text))
        for name, length, tally in self.lengths:
            outside = pl.col("size") < length if name == "min_length" else pl.col("size") > length
            tally.add(examined, fitting.filter(outside).select(KEPT))
        if self.field.constraints.pattern is not None:
            fits = pl.col("value").str.contains(whole(self.field.constraints.pattern))
            self.pattern.add(examined, fitting.filter(~fits).select(KEPT))
        for choices, tally in self.enums:
            known = [self._sames[text] for text in choices]
            tally.add(examined, fitting.filter(~pl.col("same").is_in(known)).select(KEPT))
        return found

    def _beyond(self, cells: pl.DataFrame, name: str, text: str) -> pl.DataFrame:
        """Those of the cells that lie on the wrong side of a limit; what has no order (NaN) does."""
        order, limit = pl.col("order"), self._orders[text]
        wrong = {
            "minimum": order < limit,
            "maximum": order > limit,
            "exclusiveMinimum": order <= limit,
            "exclusiveMaximum": order >= limit,
        }[name]
        if self.field.type not in ("integer", "number"):
            return cells.filter(wrong).select(KEPT)
        unordered = order.is_nan()
        far = (order - limit).abs() > NEAR * pl.max_horizontal(order.abs(), pl.lit(abs(limit)))
        clear = cells.filter(unordered | (far & order.is_finite() & pl.lit(abs(limit) != float("inf")) & wrong))
        near = cells.filter(~unordered & ~(far & order.is_finite() & pl.lit(abs(limit) != float("inf"))))
        if not near.height:
            return clear.select(KEPT)
        exact = decimal(self._sames[text])
        broken = [LIMITS[name](decimal(same), exact) for same in near.get_column("same").to_list()]
        return pl.concat([clear, near.filter(pl.Series(broken, dtype=pl.Boolean))]).select(KEPT)


LIMITS: Final = {
    "minimum": lambda value, limit: value < limit,
    "maximum": lambda value, limit: value > limit,
    "exclusiveMinimum": lambda value, limit: value <= limit,
    "exclusiveMaximum": lambda value, limit: value >= limit,
}
"""When a number lies on the wrong side of a limit."""


def _sum(cells: pl.DataFrame) -> int:
    return int(cells.get_column("count").sum())


def _as_one(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells without a value, whatever stands in them."""
    if not cells.height:
        return cells.select(KEPT)
    return cells.select(pl.lit(None, dtype=pl.String).alias("value"), pl.col("count").sum(), pl.col("row").min())


def _named(field: Field) -> str:
    """The format in the words of the finding; nothing where it is the default one."""
    return "" if field.format == "default" else f" ({field.format})"


def _snake(name: str) -> str:
    return {"exclusiveMinimum": "above", "exclusiveMaximum": "below"}.get(name, name)
