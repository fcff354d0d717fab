"""The keys that a schema declares: unique fields, unique and primary keys, references within the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from grading.engine.quality.declared.columns import EXAMPLES, Example, Tally
from grading.engine.quality.declared.keys import Keys, Repeats
from grading.engine.quality.declared.model import TableSchema
from grading.engine.readers.scratch import Scratch

KEY_BYTES: Final = 96 << 20
"""Memory for the keys of all rules together."""


@dataclass
class Lookup:
    """A key: the places of its columns, and of those it refers to where it does.

    Rows without a value in one of the columns, or with one that is none of the type, have no key. `absent`: those
    without a value, which a primary key counts.
    """

    columns: tuple[int, ...]
    reference: tuple[int, ...]
    tally: Tally
    store: Keys
    absent: Tally | None = None
    repeats: Repeats | None = field(default=None, repr=False)

    @property
    def places(self) -> tuple[int, ...]:
        """Of all columns that it looks at."""
        return tuple(dict.fromkeys((*self.columns, *self.reference)))

    def answer(self, found: Mapping[int, pl.DataFrame], absent: Mapping[int, pl.DataFrame]) -> bool:
        """Whether the distinct values of single columns answer it, as far as they are known, by place."""
        if len(self.columns) != 1 or not set(self.places) <= set(found):
            return False
        (place,) = self.columns
        cells = found[place].filter("ok")
        if self.reference:
            known = found[self.reference[0]].filter("ok").get_column("same")
            lost = cells.filter(~pl.col("same").is_in(known.implode())).sort("row")
            first = tuple(lost.select("row", "count").head(EXAMPLES).rows())
            self.repeats = Repeats(int(lost.get_column("count").sum()), first)
        elif cells.get_column("same").n_unique() < int(cells.get_column("count").sum()):
            return False  # which rows repeat a value is not known
        else:
            self.repeats = Repeats(0, ())
        self.tally.examined = int(cells.get_column("count").sum())
        if self.absent is not None:
            self.absent.examined = self.tally.examined + int(
                found[place].filter(~pl.col("ok")).get_column("count").sum()
            )
            empty = absent[place].select(pl.lit(None, dtype=pl.String).alias("value"), "count", "row")
            self.absent.add(int(empty.get_column("count").sum()), empty)
        return True

    def add(self, readings: Mapping[int, pl.DataFrame], begin: int) -> None:
        """The rows from `begin` on: of each column `same` and `absent`."""
        keys = self._keys(readings, self.columns, begin)
        self.tally.examined += keys.height
        self.store.add(keys)
        if self.reference:
            self.store.add(self._keys(readings, self.reference, begin), there=True)
        if self.absent is not None:
            empty = pl.DataFrame([readings[place].get_column("absent").alias(str(place)) for place in self.columns])
            rows = empty.with_row_index("row").filter(pl.any_horizontal(pl.exclude("row")))
            value = pl.lit(None, dtype=pl.String).alias("value")
            first = rows.select(
                value, pl.len().cast(pl.Int64).alias("count"), pl.col("row").min().cast(pl.Int64) + begin
            )
            self.absent.add(empty.height, first if rows.height else first.clear())

    def _keys(self, readings: Mapping[int, pl.DataFrame], places: Sequence[int], begin: int) -> pl.DataFrame:
        parts = [
            readings[place].get_column("same").alias(name) for place, name in zip(places, self.store.parts, strict=True)
        ]
        return pl.DataFrame(parts).with_row_index("row", offset=begin).drop_nulls()

    def result(self) -> list[Tally]:
        """The counts, once all rows were added."""
        if self.repeats is None:
            self.repeats = self.store.astray(EXAMPLES) if self.reference else self.store.repeats(EXAMPLES)
        self.tally.broken = self.repeats.rows
        self.tally.examples = {str(row): Example(None, row, count) for row, count in self.repeats.first}
        return [self.tally] if self.absent is None else [self.tally, self.absent]


def lookups(
    schema: TableSchema, places: Mapping[str, int], names: Sequence[str], scratch: Scratch
) -> tuple[list[Lookup], tuple[str, ...]]:
    """All keys of the schema whose columns are there, and codes of why others cannot be looked up.

    `places`: of the columns, by the names of their fields; `names`: of the columns.
    """
    wanted: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
        ("rule_unique", "rule_unique", (field.name,), ()) for field in schema.fields if field.constraints.unique
    ]
    wanted += [("rule_unique", "rule_unique_together", key, ()) for key in schema.unique_keys]
    wanted += [("primary_key", "primary_key", schema.primary_key, ())] if schema.primary_key else []
    wanted += [
        ("foreign_key", "foreign_key", key.fields, key.reference) for key in schema.foreign_keys if key.resource is None
    ]
    unchecked = ["resource_not_given"] if any(key.resource is not None for key in schema.foreign_keys) else []
    budget = KEY_BYTES // max(1, len(wanted))
    found = []
    for kind, code, key, reference in wanted:
        if not {*key, *reference} <= set(places):
            unchecked.append("key_without_column")
            continue
        columns = tuple(places[name] for name in key)
        told = tuple(names[place] for place in columns)
        params: dict[str, str | int] = {"columns": ", ".join(told)[:200]}
        tally = Tally(kind, code, told, params)
        absent = Tally(kind, "primary_key_missing", told, dict(params)) if kind == "primary_key" else None
        store = Keys(len(columns), scratch, budget=budget)
        found.append(Lookup(columns, tuple(places[name] for name in reference), tally, store, absent))
    return found, tuple(dict.fromkeys(unchecked))
