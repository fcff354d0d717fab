"""A table held against its schema: every cell, in bounded memory, in at most one further pass (wide tables: several).

A column of which the study has every distinct value is judged by those, with their counts and first rows; the others,
and what keys are made of, are read again. The rows read must be those of the study: where the file reads differently
the second time, the forgiving way is taken, and where that differs too nothing is said of what was read.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import polars as pl

from grading.engine.profile import Study
from grading.engine.quality.declared.columns import ColumnCheck, Tally
from grading.engine.quality.declared.header import Difference, Matched, match_header
from grading.engine.quality.declared.lookups import Lookup, lookups
from grading.engine.quality.declared.model import TableSchema
from grading.engine.readers import Table, UnreadableFile

Progress = Callable[[float], None]
NATIVE: Final = frozenset({"parquet", "json", "jsonl", "xlsx"})
"""Formats that have types of their own."""
TOGETHER: Final = 512
"""Columns read in one pass: of more, batches would have too few rows to be worth their while."""
CERTAINLY_KEPT: Final = 128
"""Characters of a text that the study has kept whole: it keeps 512 bytes."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was counted: `tallies` of the rules of columns and keys, how the header differs from the fields.

    `unchecked` has codes of why rules could not be checked.
    """

    tallies: tuple[Tally, ...]
    differences: tuple[Difference, ...]
    names: int
    unchecked: tuple[str, ...] = ()


def check_table(
    table: Table, study: Study, schema: TableSchema, *, progress: Progress = lambda _share: None
) -> Checked:
    """Hold the table against the schema; `study` is of the same table."""
    matched = match_header(schema, [column.original.strip() or column.name for column in table.columns])
    for source in _ways(table):
        attempt = _Attempt(source, study, schema, matched)
        with suppress(UnreadableFile):
            if not attempt.read(progress):
                continue
            tallies = [tally for check in attempt.checks.values() for tally in check.tallies()]
            tallies += [tally for lookup in attempt.lookups for tally in lookup.result()]
            return Checked(tuple(tallies), matched.differences, matched.names, attempt.unchecked)
    return Checked((), matched.differences, matched.names, ("rules_unread",))


def _ways(table: Table) -> Iterator[Table]:
    """As the table was opened, then the forgiving way, whose temporary files the table owns."""
    yield table
    while table.repair is not None:
        table = table.repair()
        yield table


class _Attempt:
    """One way of reading the table: the checks of its columns by place, and the keys to look up."""

    def __init__(self, table: Table, study: Study, schema: TableSchema, matched: Matched) -> None:
        self.table, self.study = table, study
        self.native = table.format in NATIVE
        self.checks = {
            place: ColumnCheck(schema.fields[number], table.names[place], native=self.native)
            for number, place in matched.columns.items()
        }
        places: dict[str, int] = {}
        for number, place in matched.columns.items():
            places.setdefault(schema.fields[number].name, place)
        self.lookups, self.unchecked = lookups(schema, places, table.names, table.scratch)

    def read(self, progress: Progress) -> bool:
        """Count everything. False where the rows are not those of the study."""
        told = {place: cells for place in self.checks if (cells := self._from_study(place)) is not None}
        found = {place: self.checks[place].add(cells) for place, cells in told.items()}
        looked_up = [lookup for lookup in self.lookups if not lookup.answer(found, self._absent(told))]
        passing = {place for place, check in self.checks.items() if place not in told and check.tallies()}
        keyed = sorted({place for lookup in looked_up for place in lookup.places})
        rest = sorted(passing - set(keyed))
        room = max(0, TOGETHER - len(keyed))
        groups = [keyed + rest[:room], *(rest[at : at + TOGETHER] for at in range(room, len(rest), TOGETHER))]
        groups = [group for group in groups if group]
        for number, group in enumerate(groups):
            done = partial(_part_of, progress, number, len(groups))
            if not self._pass(group, passing, [] if number else looked_up, done):
                return False
        return True

    def _pass(self, places: list[int], passing: set[int], looked_up: list[Lookup], progress: Progress) -> bool:
        """Read some columns once. False where the rows are not those of the study."""
        rows, total = 0, self.study.profile.rows
        for batch in self._batches(places):
            readings = {place: self._count(batch, place, rows, counted=place in passing) for place in places}
            for lookup in looked_up:
                lookup.add(readings, rows)
            rows += batch.height
            progress(min(1.0, rows / max(1, total)))
        return rows == total

    def _batches(self, places: list[int]) -> Iterator[pl.DataFrame]:
        columns = tuple(self.table.columns[place] for place in places)
        keys = [column.key for column in columns]
        return replace(self.table, frame=self.table.frame.select(keys), columns=columns).batches()

    def _texts(self, values: pl.Series) -> pl.Series:
        texts = as_text(values)
        return texts if self.native else texts.fill_null("")

    def _count(self, batch: pl.DataFrame, place: int, begin: int, *, counted: bool) -> pl.DataFrame:
        """Of each row of a column: `same` (null: no value of the type), and whether the cell is `absent`."""
        check = self.checks[place]
        values = self._texts(batch.get_column(self.table.columns[place].key)).alias("value").to_frame()
        cells = (
            values.with_row_index("row", offset=0)
            .group_by("value")
            .agg(pl.len().cast(pl.Int64).alias("count"), pl.col("row").min().cast(pl.Int64) + begin)
            .select("value", "count", "row")
        )
        found = check.add(cells) if counted else check.read(cells)
        known = found.filter("ok").select("value", "same")
        return values.join(known, on="value", how="left", maintain_order="left").select("same", absent=check.absent())

    def _from_study(self, place: int) -> pl.DataFrame | None:
        """All cells of a column by value, if the study has them whole: `value`, `count`, `row`."""
        profile = self.study.profile.columns[place]
        sample = self.study.samples[profile.name]
        long = profile.lengths is not None and profile.lengths.maximum > CERTAINLY_KEPT
        if not sample.complete or long:
            return None
        cells = sample.frame.select(self._texts(sample.frame.get_column("value")).alias("value"), "count", "row")
        if profile.nulls:
            empty = pl.DataFrame(
                {"value": [None if self.native else ""], "count": [profile.nulls], "row": [profile.null_row or 0]},
                schema=cells.schema,
            )
            cells = pl.concat([cells, empty])
        return cells.group_by("value").agg(pl.col("count").sum(), pl.col("row").min()).select("value", "count", "row")

    def _absent(self, told: dict[int, pl.DataFrame]) -> dict[int, pl.DataFrame]:
        return {place: cells.filter(self.checks[place].absent()) for place, cells in told.items()}


def _part_of(progress: Progress, number: int, passes: int, share: float) -> None:
    progress((number + share) / passes)


def as_text(values: pl.Series) -> pl.Series:
    """Values of a type in the form that is its default one in the standard; times without fractions of a second."""
    column, kind = pl.col("value"), values.dtype
    text = column.cast(pl.String, strict=False)
    if kind == pl.String:
        return values
    if kind.is_float():
        whole = (column == column.floor()) & (column.abs() < 2.0**53)
        text = pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(text)
    elif isinstance(kind, pl.Datetime):
        utc = column if kind.time_zone is None else column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        text = utc.dt.to_string("%Y-%m-%dT%H:%M:%S%.f") + ("" if kind.time_zone is None else "Z")
    elif kind == pl.Time:
        text = column.dt.to_string("%H:%M:%S")
    return values.alias("value").to_frame().select(text).to_series()
