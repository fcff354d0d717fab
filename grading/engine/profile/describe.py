"""From what was gathered of a column to its profile: inferred type, exceptions, summaries, pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from grading.engine.profile.distinct import REGISTERS_ERROR, hyperloglog
from grading.engine.profile.kinds import CONFORMING, DATE_ORDERS, classify, is_broken, is_formula
from grading.engine.profile.model import (
    ColumnProfile,
    HistogramBin,
    LengthSummary,
    NumberSummary,
    PatternCount,
    PeriodSummary,
    Quantity,
    ValueCount,
)
from grading.engine.profile.parts import ColumnPart
from grading.engine.profile.shapes import shape
from grading.engine.profile.tally import Lengths, Tally, exampled
from grading.engine.readers.table import LONGEST_NAME, ColumnHeading

#: Share of the values that must fit a type for the column to be of it; the rest are exceptions.
TYPE_SHARE = 0.8
TOP_VALUES = 10
TOP_PATTERNS = 5
BINS = 20
SHAPED_VALUES = 10_000
DISPLAYED = 120
#: Tukey's far fence. Where more cells than OUTLIER_SHARE lie beyond it, the distribution is heavy-tailed instead.
FENCE = 3.0
OUTLIER_SHARE = 0.005
OUTLIER_CELLS = 50
#: A far value that occurs more often than this is a feature of the data, not an error.
OUTLIER_REPEATS = 3
HASH_SPACE = float(2**64)
#: Drawn cells that must share a value before it passes for a frequent one: fewer may be all there are of it.
SURELY_FREQUENT = 5


@dataclass(frozen=True, slots=True)
class Cells:
    """Classified values with their counts, which stand for `scale` times as many cells of the column."""

    frame: pl.DataFrame
    scale: float


def describe_column(
    heading: ColumnHeading, part: ColumnPart, rows: int, drawn: pl.DataFrame
) -> tuple[ColumnProfile, Cells, Cells]:
    """The profile, and for the detectors that follow: a sample of the distinct values, and one of the cells.

    `drawn`: the column's cells in the sample of rows, `value` and `row`. Where not all distinct values were kept,
    shares of cells are taken from it, since a sample of distinct values misses the frequent ones.
    """
    sample = classify(part.values.sort("row"), part.dtype, nested=part.nested)
    present = rows - part.nulls
    # A value is kept or not whatever its count: each kept one stands for as many as its share of the hashes says.
    scale = HASH_SPACE / (part.threshold + 1) if part.cut else 1.0
    cells = _cells(part, present, drawn) if part.cut else Cells(sample, 1.0)
    tally = part.tally if part.tally is not None else Tally.of(sample, examples=False)
    examples = Examples(tally.examples) if part.cut else Examples(_headed(sample))
    placeholders = tally.total("placeholder")
    values = present - placeholders
    inferred, kinds = infer_type(tally, values)
    conforming = tally.compact_dates if kinds == ("date_compact",) else tally.total(*kinds)
    others = set(tally.kinds) - set(kinds) - {"placeholder"}
    if inferred in ("text", "structure", "empty"):
        conforming, others = values, set()
    numbers, outliers, far = _numbers(tally, sample, scale, cells, inferred, exact=not part.cut)
    variants, variant_examples = (0, ()) if part.cut else _variants(sample, inferred, values)
    axis = {"integer": "number", "decimal": "number", "date": "instant", "datetime": "instant"}.get(inferred)
    if kinds == ("date_compact",):
        axis = "compact"
    profile = ColumnProfile(
        name=heading.name,
        declared_type=heading.declared_type,
        inferred_type=inferred,
        rows=rows,
        nulls=part.nulls,
        null_row=part.null_row,
        placeholders=placeholders,
        placeholder_values=examples.of({"placeholder"}, TOP_VALUES),
        values=values,
        distinct=count_distinct(part),
        conforming=conforming,
        nonconforming=values - conforming,
        exceptions=examples.of(others, EXCEPTIONS),
        top_values=_frequent(part, cells),
        patterns=_patterns(cells) if inferred == "text" else (),
        numbers=numbers,
        outliers=outliers,
        outlier_examples=far,
        period=_period(tally, inferred, kinds),
        lengths=_lengths(tally.lengths) if part.dtype == pl.String else None,
        histogram=_histogram(tally, cells, axis, kinds),
        broken_text=tally.broken,
        broken_examples=examples.of({"broken"}, TOP_VALUES),
        variants=variants,
        variant_examples=variant_examples,
        estimated=("quartiles", "histogram", "patterns", "top_values") if part.cut else (),
        formulas=tally.formulas,
        formula_examples=examples.of({"formula"}, TOP_VALUES),
        header=None if heading.original == heading.name else heading.original[:LONGEST_NAME],
    )
    return profile, Cells(sample, scale), cells


@dataclass(frozen=True, slots=True)
class Examples:
    """Values by kind."""

    frame: pl.DataFrame | None

    def of(self, kinds: set[str], most: int) -> tuple[ValueCount, ...]:
        """Those of the given kinds, the most frequent first."""
        if self.frame is None or not kinds:
            return ()
        chosen = self.frame.filter(pl.col("kind").is_in(sorted(kinds)))
        ordered = chosen.sort(["count", "row"], descending=[True, False]).head(most)
        return shown(ordered.select("text", "count", "row").rows())


def _headed(sample: pl.DataFrame) -> pl.DataFrame:
    return exampled(sample, sample.filter(is_broken()), sample.filter(is_formula(sample.schema["value"])))


def _cells(part: ColumnPart, present: int, drawn: pl.DataFrame) -> Cells:
    """The drawn cells of a column that have a value, by value."""
    filled = drawn.filter(pl.col("value").is_not_null())
    if part.dtype == pl.String:
        filled = filled.filter(pl.col("value") != "")
    counted = filled.group_by("value").agg(pl.len().cast(pl.Int64).alias("count"), pl.col("row").min())
    frame = classify(counted.sort("row"), part.dtype, nested=part.nested)
    return Cells(frame, present / filled.height if filled.height else 1.0)


def _frequent(part: ColumnPart, cells: Cells) -> tuple[ValueCount, ...]:
    """The most frequent values; of a sample, counts are exact where the value is among those kept.

    Others are estimated from the drawn cells, and left out where these are too few: a count that is shown must never
    be above one that so many cells do not have (`grading.engine.redact` goes by it).
    """
    top = cells.frame.select("value", "count", "row")
    if part.cut:
        exact = part.values.select("value", "count", "row")
        drawn = top.filter(pl.col("count") >= SURELY_FREQUENT).join(exact, on="value", how="anti", nulls_equal=True)
        estimated = (pl.col("count") * cells.scale).round().cast(pl.Int64)
        top = pl.concat([exact, drawn.with_columns(count=estimated)])
    top = top.sort(["count", "row"], descending=[True, False]).head(TOP_VALUES)
    texts = top.get_column("value").cast(pl.String, strict=False).fill_null("").to_list()
    return shown(zip(texts, top.get_column("count").to_list(), top.get_column("row").to_list(), strict=True))


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


EXCEPTIONS = 20


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


def shown(triples: Iterable[tuple[str, int, int]]) -> tuple[ValueCount, ...]:
    """Values cut to a displayable length."""
    return tuple(ValueCount(value[:DISPLAYED], count, row) for value, count, row in triples)


def _date_kinds(tally: Tally) -> tuple[str, ...]:
    """The order most dates are written in; `date_either` fits both orders of day and month."""
    order = max(DATE_ORDERS[:3], key=lambda kind: tally.total(kind))
    if order == "date_ymd" and tally.total("date_ymd"):
        return ("date_ymd",) if not tally.total("date_dmy", "date_mdy") else ("date_ymd", "date_either")
    if not tally.total(order):
        order = "date_mdy"
    return (order, "date_either")


def _numbers(
    tally: Tally, sample: pl.DataFrame, scale: float, cells: Cells, inferred: str, *, exact: bool
) -> tuple[NumberSummary | None, Quantity | None, tuple[ValueCount, ...]]:
    moments = tally.numbers
    if inferred not in ("integer", "decimal") or moments.minimum is None or moments.maximum is None:
        return None, None, ()
    q1, median, q3 = _quartiles(cells.frame) or (moments.minimum, moments.mean, moments.maximum)
    std = moments.std
    summary = NumberSummary(
        moments.minimum, moments.maximum, _rounded(moments.mean), None if std is None else _rounded(std), q1, median, q3
    )
    spread = q3 - q1
    if spread <= 0 or moments.cells < OUTLIER_CELLS:
        return summary, None, ()
    low, high = q1 - FENCE * spread, q3 + FENCE * spread
    far = sample.filter(((pl.col("number") < low) | (pl.col("number") > high)) & (pl.col("count") <= OUTLIER_REPEATS))
    count = round(int(far.get_column("count").sum()) * scale)
    if count > OUTLIER_SHARE * moments.cells:
        return summary, Quantity(0, exact), ()
    far = far.with_columns(distance=(pl.col("number") - median).abs()).sort(
        ["distance", "row"], descending=[True, False]
    )
    return summary, Quantity(count, exact), shown(far.select("text", "count", "row").head(TOP_VALUES).rows())


def _quartiles(frame: pl.DataFrame) -> tuple[float, float, float] | None:
    held = frame.filter(pl.col("number").is_not_null()).sort("number")
    if not held.height:
        return None
    until = held.get_column("count").cum_sum()
    places = [until.search_sorted(share * until[-1], side="left") for share in (0.25, 0.5, 0.75)]
    q1, median, q3 = (float(held.get_column("number")[place]) for place in places)
    return q1, median, q3


def _variants(sample: pl.DataFrame, inferred: str, values: int) -> tuple[int, tuple[ValueCount, ...]]:
    """Cells whose spelling differs from the most frequent one of the same value in case, width or spacing only."""
    if inferred != "text" or not 0 < sample.height <= 0.5 * values:
        return 0, ()
    plain = pl.col("text").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    spelled = (
        sample.filter((pl.col("kind") == "text") & (pl.col("text").str.len_chars() <= 100))
        .select("value", "count", "row", plain.alias("plain"))
        .sort(["count", "row"], descending=[True, False])
        .with_columns(place=pl.int_range(pl.len()).over("plain"))
        .filter(pl.col("place") > 0)
        .sort(["count", "row"], descending=[True, False])
    )
    return int(spelled.get_column("count").sum()), shown(
        spelled.select("value", "count", "row").head(TOP_VALUES).rows()
    )


def _patterns(cells: Cells) -> tuple[PatternCount, ...]:
    texts = cells.frame.filter(pl.col("kind") != "placeholder").sort(["count", "row"], descending=[True, False])
    shapes = (
        texts.head(SHAPED_VALUES)
        .select(shape(pl.col("text")).alias("shape"), "count")
        .group_by("shape")
        .agg(pl.col("count").sum())
        .sort(["count", "shape"], descending=[True, False])
        .head(TOP_PATTERNS)
    )
    return tuple(PatternCount(pattern, round(count * cells.scale)) for pattern, count in shapes.rows())


def _period(tally: Tally, inferred: str, kinds: tuple[str, ...]) -> PeriodSummary | None:
    spans = [tally.periods[kind] for kind in kinds if kind in tally.periods]
    if inferred not in ("date", "datetime") or not spans:
        return None
    early, late = min(span[0] for span in spans), max(span[1] for span in spans)
    order = {"date_dmy": "day_month_year", "date_mdy": "month_day_year", "date_compact": "year_month_day_digits"}
    return PeriodSummary(
        _instant_text(early, inferred), _instant_text(late, inferred), order.get(kinds[0], "year_month_day")
    )


def _instant_text(seconds: float, inferred: str) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.date().isoformat() if inferred == "date" else moment.replace(tzinfo=None).isoformat()


def _lengths(lengths: Lengths) -> LengthSummary | None:
    if lengths.minimum is None or lengths.maximum is None:
        return None
    return LengthSummary(lengths.minimum, lengths.maximum, _rounded(lengths.total / lengths.cells))


def _histogram(tally: Tally, cells: Cells, axis: str | None, kinds: tuple[str, ...]) -> tuple[HistogramBin, ...]:
    """Bins of equal width from the least to the most, which are exact also where the counts are not."""
    if axis is None:
        return ()
    held = cells.frame if axis == "compact" else cells.frame.filter(pl.col("kind").is_in(list(kinds)))
    held = held.select(pl.col(axis).alias("place"), "count").drop_nulls()
    if not held.height:
        return ()
    low, high = _ends(tally, axis, kinds)
    bins = min(BINS, held.get_column("place").n_unique())
    if bins == 1 or high <= low:
        return (HistogramBin(low, high, round(int(held.get_column("count").sum()) * cells.scale)),)
    width = (high - low) / bins
    counted = (
        held.select(((pl.col("place") - low) / width).floor().clip(0, bins - 1).cast(pl.Int64).alias("bin"), "count")
        .group_by("bin")
        .agg(pl.col("count").sum())
    )
    counts = dict(counted.rows())
    edges = [_rounded(low + width * place) for place in range(bins)] + [high]
    return tuple(
        HistogramBin(edges[place], edges[place + 1], round(counts.get(place, 0) * cells.scale)) for place in range(bins)
    )


def _ends(tally: Tally, axis: str, kinds: tuple[str, ...]) -> tuple[float, float]:
    if axis == "number":
        low, high = tally.numbers.minimum, tally.numbers.maximum
        return low or 0.0, high or 0.0  # there are numbers among the cells
    spans = [tally.periods[kind] for kind in kinds if kind in tally.periods]
    return min(early for early, _ in spans), max(late for _, late in spans)


def _rounded(number: float) -> float:
    """Twelve significant digits: what survives a different order of summation."""
    return float(f"{number:.12g}")
