"""From what was gathered of columns to their profiles: inferred types, exceptions, summaries, pictures."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import polars as pl

from grading.engine.profile.distinct import REGISTERS_ERROR, hyperloglog
from grading.engine.profile.kinds import CONFORMING, DATE_ORDERS, is_broken, is_formula
from grading.engine.profile.model import ColumnProfile, PatternCount, Quantity, ValueCount
from grading.engine.profile.parts import ColumnPart, TablePart
from grading.engine.profile.shapes import shape
from grading.engine.profile.summaries import (
    TOP_VALUES,
    far_values,
    histogram,
    length_summary,
    number_summary,
    period_summary,
)
from grading.engine.profile.tally import Tally, split
from grading.engine.profile.values import Array, Batch, Triple, Values, shown
from grading.engine.readers.table import LONGEST_NAME, ColumnHeading

#: Share of the values that must fit a type for the column to be of it; the rest are exceptions.
TYPE_SHARE: Final = 0.8
TOP_PATTERNS: Final = 5
EXCEPTIONS: Final = 20
HASH_SPACE: Final = float(2**64)
#: Drawn cells that must share a value before it passes for a frequent one: fewer may be all there are of it.
SURELY_FREQUENT: Final = 5
#: Values that are described together: of one long column, or of many short ones.
TOGETHER: Final = 65_536


@dataclass(frozen=True, slots=True)
class Cells:
    """Classified values with their counts, which stand for `scale` times as many cells of the column."""

    frame: pl.DataFrame
    scale: float


@dataclass(frozen=True, slots=True)
class Described:
    """A profile, and for the detectors that follow: a sample of the distinct values, and one of the cells.

    Where not all distinct values were kept, shares of cells are taken from the sample of rows, since a sample of
    distinct values misses the frequent ones.
    """

    profile: ColumnProfile
    values: Cells
    cells: Cells


def describe_columns(
    headings: Sequence[ColumnHeading], part: TablePart, *, progress: Callable[[float], None]
) -> list[Described]:
    """All columns, in their order. `progress` is called with the share that is done."""
    found: dict[int, Described] = {}
    for places in _together(part):
        group = _described([headings[place] for place in places], [part.columns[place] for place in places], part)
        found.update(zip(places, group, strict=True))
        progress(len(found) / len(headings))
    return [found[place] for place in range(len(headings))]


def types_of(part: TablePart) -> list[str]:
    """The inferred type of each column, and nothing else of it: a small part of what describing it costs."""
    found: dict[int, str] = {}
    for places in _together(part):
        columns = [part.columns[place] for place in places]
        samples = Batch.of([column.values for column in columns], columns[0].dtype, nested=columns[0].nested)
        _values, types = _values_and_types(columns, _tallies(columns, samples), part)
        found.update(zip(places, (inferred for inferred, _kinds in types), strict=True))
    return [found[place] for place in range(len(part.columns))]


def _values_and_types(
    columns: Sequence[ColumnPart], tallies: Sequence[Tally], part: TablePart
) -> tuple[list[int], list[tuple[str, tuple[str, ...]]]]:
    """How many values each column has that are neither absent nor placeholders, and what they are."""
    values = [
        part.rows - column.nulls - tally.total("placeholder") for column, tally in zip(columns, tallies, strict=True)
    ]
    return values, [infer_type(tally, count) for tally, count in zip(tallies, values, strict=True)]


def _together(part: TablePart) -> Iterator[list[int]]:
    """Columns of one type, all of them cut or none, that have few values together."""
    waiting: dict[tuple[pl.DataType, bool, bool], tuple[list[int], int]] = {}
    for place, column in enumerate(part.columns):
        key = (column.dtype, column.nested, column.cut)
        places, held = waiting.pop(key, ([], 0))
        more = column.values.height + (part.drawn.rows.height if column.cut else 0)
        if places and held + more > TOGETHER:
            yield places
            places, held = [], 0
        waiting[key] = ([*places, place], held + more)
    for places, _held in waiting.values():
        yield places


def _described(
    headings: Sequence[ColumnHeading], columns: Sequence[ColumnPart], part: TablePart
) -> Iterator[Described]:
    """Of columns of one type, all of them cut or none."""
    one = columns[0]
    samples = Batch.of([column.values for column in columns], one.dtype, nested=one.nested)
    cells = _drawn(headings, one, part) if one.cut else samples
    tallies = _tallies(columns, samples)
    values, types = _values_and_types(columns, tallies, part)
    texts = [place for place, (inferred, _kinds) in enumerate(types) if inferred == "text"]
    patterns = _patterns(cells, texts)
    repeating = [place for place in texts if not one.cut and 0 < columns[place].values.height <= 0.5 * values[place]]
    variants = _variants(samples, repeating)
    drawn = _drawn_only(samples, cells) if one.cut else {}
    for place, column in enumerate(columns):
        # A value is kept or not whatever its count: each kept one stands for as many as its share of the hashes says.
        share = HASH_SPACE / (column.threshold + 1) if column.cut else 1.0
        counted = int(cells.columns[place].count.sum())
        scale = (part.rows - column.nulls) / counted if one.cut and counted else 1.0
        profile = _profile(
            headings[place],
            column,
            part.rows,
            _Found(
                tallies[place],
                types[place],
                samples.columns[place],
                share,
                cells.columns[place],
                scale,
                patterns.get(place, ()),
                variants.get(place, (0, ())),
                drawn.get(place, ()),
            ),
        )
        yield Described(profile, Cells(samples.columns[place].frame, share), Cells(cells.columns[place].frame, scale))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a column's profile is put together from.

    Each of `sample` stands for `share` values, of `cells` for `scale` cells; `drawn`: frequent, not in the sample.
    """

    tally: Tally
    type: tuple[str, tuple[str, ...]]
    sample: Values
    share: float
    cells: Values
    scale: float
    patterns: Sequence[tuple[str, int]]
    variants: tuple[int, tuple[ValueCount, ...]]
    drawn: Sequence[Triple]


def _profile(heading: ColumnHeading, part: ColumnPart, rows: int, found: _Found) -> ColumnProfile:
    tally, sample, cells = found.tally, found.sample, found.cells
    inferred, kinds = found.type
    examples = partial(_examples_kept, tally.examples) if part.cut else partial(_examples_of, sample)
    placeholders = tally.total("placeholder")
    values = rows - part.nulls - placeholders
    conforming = tally.compact_dates if kinds == ("date_compact",) else tally.total(*kinds)
    others = set(tally.kinds) - set(kinds) - {"placeholder"}
    if inferred in ("text", "structure", "empty"):
        conforming, others = values, set()
    numbers = number_summary(tally, cells, inferred)
    outliers, far = far_values(numbers, tally, sample, cells, found.share, exact=not part.cut)
    axis = {"integer": "number", "decimal": "number", "date": "instant", "datetime": "instant"}.get(inferred)
    if kinds == ("date_compact",):
        axis = "compact"
    return ColumnProfile(
        name=heading.name,
        declared_type=heading.declared_type,
        inferred_type=inferred,
        rows=rows,
        nulls=part.nulls,
        null_row=part.null_row,
        placeholders=placeholders,
        placeholder_values=examples({"placeholder"}, TOP_VALUES) if placeholders else (),
        values=values,
        distinct=count_distinct(part),
        conforming=conforming,
        nonconforming=values - conforming,
        exceptions=examples(others, EXCEPTIONS) if others else (),
        top_values=_frequent(part, sample, found.drawn, found.scale),
        patterns=tuple(PatternCount(pattern, round(count * found.scale)) for pattern, count in found.patterns),
        numbers=numbers,
        outliers=outliers,
        outlier_examples=far,
        period=period_summary(tally, inferred, kinds),
        lengths=length_summary(tally.lengths) if part.dtype == pl.String else None,
        histogram=histogram(tally, cells, found.scale, axis, kinds),
        broken_text=tally.broken,
        broken_examples=examples({"broken"}, TOP_VALUES) if tally.broken else (),
        variants=found.variants[0],
        variant_examples=found.variants[1],
        estimated=("quartiles", "histogram", "patterns", "top_values") if part.cut else (),
        formulas=tally.formulas,
        formula_examples=examples({"formula"}, TOP_VALUES) if tally.formulas else (),
        header=None if heading.original == heading.name else heading.original[:LONGEST_NAME],
    )


def _drawn(headings: Sequence[ColumnHeading], one: ColumnPart, part: TablePart) -> Batch:
    """The columns' cells in the sample of rows."""
    drawn = part.drawn.rows
    cells = [drawn.get_column(heading.key) for heading in headings]
    return Batch.drawn(cells, drawn.get_column("row"), one.dtype, nested=one.nested)


def _tallies(columns: Sequence[ColumnPart], samples: Batch) -> list[Tally]:
    known = [column.tally for column in columns]
    if any(tally is None for tally in known):
        counted = Tally.each(samples.frame, samples.places, len(columns), examples=False)
        return [new if tally is None else tally for tally, new in zip(known, counted, strict=True)]
    return [tally for tally in known if tally is not None]


def _examples_of(sample: Values, kinds: Set[str], most: int) -> tuple[ValueCount, ...]:
    """Values of the given kinds, or broken ones, or formulas: the most frequent first."""
    if "broken" in kinds or "formula" in kinds:
        sign = is_broken() if "broken" in kinds else is_formula(sample.frame.schema["value"])
        chosen: Array = sample.frame.select(sign).to_series().to_numpy()
    else:
        chosen = sample.are(*kinds)
    return sample.shown(sample.most(chosen, most))


def _examples_kept(kept: pl.DataFrame | None, kinds: Set[str], most: int) -> tuple[ValueCount, ...]:
    """The same of the few that were kept."""
    if kept is None:
        return ()
    chosen = kept.filter(pl.col("kind").is_in(sorted(kinds)))
    ordered = chosen.sort(["count", "row"], descending=[True, False]).head(most)
    return shown(ordered.select("text", "count", "row").rows())


def _frequent(part: ColumnPart, sample: Values, drawn: Sequence[Triple], scale: float) -> tuple[ValueCount, ...]:
    """The most frequent values; of a sample, counts are exact where the value is among those kept.

    Others are estimated from the drawn cells, and left out where these are too few: a count that is shown must never
    be above one that so many cells do not have (`grading.engine.redact` goes by it).
    """
    places = sample.most(np.ones(len(sample.row), np.bool_), TOP_VALUES)
    top = sample.triples(places, _said(part.dtype))
    top += [(text, round(count * scale), row) for text, count, row in drawn]
    return shown(sorted(top, key=lambda triple: (-triple[1], triple[2]))[:TOP_VALUES])


def _said(dtype: pl.DataType) -> str:
    """The column that has values as they are written."""
    return "value" if dtype == pl.String else "text"


def _drawn_only(samples: Batch, cells: Batch) -> dict[int, list[Triple]]:
    """Values that are frequent among the drawn cells and not among the kept ones, by column."""
    often = cells.placed().filter(pl.col("count") >= SURELY_FREQUENT)
    if not often.height:
        return {}
    left = often.join(samples.placed(), on=["place", "value"], how="anti", nulls_equal=True).sort("place")
    columns = (_said(left.schema["value"]), "count", "row")
    return {place: list(frame.select(columns).rows()) for place, frame in split(left)}


def count_distinct(part: ColumnPart) -> Quantity:
    """Distinct values: exact, or estimated from the smallest hash left out (Beyer et al. 2007), or from registers."""
    kept = part.values.height
    if not part.cut:
        return Quantity(kept)
    if part.registers is not None:
        return Quantity(round(hyperloglog(part.registers)), False, REGISTERS_ERROR)
    if kept < 3:
        return Quantity(kept, False, 1.0)
    return Quantity(round(kept * HASH_SPACE / (part.threshold + 1)), False, round(1.0 / (kept - 1) ** 0.5, 4))


def infer_type(tally: Tally, values: int) -> tuple[str, tuple[str, ...]]:
    """(inferred type, kinds that conform to it). At least TYPE_SHARE of the values conform.

    Digits with leading zeros, or more than 15 of them, make a column of digits a code, that is text.
    """
    if values <= 0:
        return "empty", ()
    if tally.total("structure"):
        return "structure", ("structure",)
    needed = TYPE_SHARE * values
    codes = tally.total("padded", "long_digits")
    if codes and codes + tally.total("integer") >= needed:
        return "text", ()
    integers = tally.total("integer")
    if integers >= needed:
        if tally.compact_dates >= 0.98 * values and integers >= 20:
            return "date", ("date_compact",)
        if not tally.total("decimal"):
            return "integer", CONFORMING["integer"]
    for name in ("decimal", "boolean", "datetime", "time", "date"):
        if tally.total(*CONFORMING[name]) < needed:
            continue
        if name == "datetime" and not tally.total("datetime"):
            continue
        return name, _date_kinds(tally) if name == "date" else CONFORMING[name]
    return "text", ()


def _date_kinds(tally: Tally) -> tuple[str, ...]:
    """The order most dates are written in; `date_either` fits both orders of day and month."""
    order = max(DATE_ORDERS[:3], key=lambda kind: tally.total(kind))
    if order == "date_ymd" and tally.total("date_ymd"):
        return ("date_ymd",) if not tally.total("date_dmy", "date_mdy") else ("date_ymd", "date_either")
    if not tally.total(order):
        order = "date_mdy"
    return (order, "date_either")


def _variants(samples: Batch, columns: Sequence[int]) -> dict[int, tuple[int, tuple[ValueCount, ...]]]:
    """Cells whose spelling differs from the most frequent one of the same value in case, width or spacing only."""
    plain = pl.col("text").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    spelled = samples.placed(columns).filter((pl.col("kind") == "text") & (pl.col("text").str.len_chars() <= 100))
    if not spelled.height:
        return {}
    again = (
        spelled.select("place", "value", "count", "row", plain.alias("plain"))
        .sort(["place", "count", "row"], descending=[False, True, False])
        .filter(pl.int_range(pl.len()).over("place", "plain") > 0)
    )
    return {
        place: (
            int(frame.get_column("count").sum()),
            shown(frame.select("value", "count", "row").head(TOP_VALUES).rows()),
        )
        for place, frame in split(again)
    }


def _patterns(cells: Batch, columns: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """The most frequent shapes of the columns' values, with the cells that have them.

    All values that were kept count: they are bounded, and shares of some of them would not be shares of the column.
    """
    texts = cells.placed(columns).filter(pl.col("kind") != "placeholder")
    if not texts.height:
        return {}
    shapes = (
        texts.select("place", shape(pl.col("text")).alias("shape"), "count")
        .group_by("place", "shape")
        .agg(pl.col("count").sum())
        .sort(["place", "count", "shape"], descending=[False, True, False])
        .group_by("place", maintain_order=True)
        .head(TOP_PATTERNS)
    )
    return {place: frame.rows() for place, frame in split(shapes)}
