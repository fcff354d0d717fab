"""From what was gathered of a column to its profile: inferred type, exceptions, summaries, pictures."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import polars as pl

from grading.engine.profile.gather import ColumnGatherer
from grading.engine.profile.kinds import CONFORMING, DATE_ORDERS
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
from grading.engine.profile.shapes import shape
from grading.engine.profile.tally import Tally
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


def describe_column(heading: ColumnHeading, gathered: ColumnGatherer) -> tuple[ColumnProfile, pl.DataFrame, float]:
    """The profile, and the classified sample of distinct values with its scale, for the detectors that follow."""
    sample, scale = gathered.sample()
    tally = gathered.tally() if gathered.spilled else Tally.of(sample)
    placeholders = tally.total("placeholder")
    values = gathered.rows - gathered.nulls - placeholders
    inferred, kinds = infer_type(tally, values)
    conforming = tally.compact_dates if kinds == ("date_compact",) else tally.total(*kinds)
    others = set(tally.kinds) - set(kinds) - {"placeholder"}
    if inferred in ("text", "structure", "empty"):
        conforming, others = values, set()
    distinct, error = gathered.distinct()
    estimated = ["quartiles", "histogram", "patterns", "top_values"] if gathered.spilled else []
    numbers, outliers, examples = _numbers(tally, sample, scale, inferred, exact=not gathered.spilled)
    variants, variant_examples = (0, ()) if gathered.spilled else _variants(sample, inferred, values)
    axis = {"integer": "number", "decimal": "number", "date": "instant", "datetime": "instant"}.get(inferred)
    if kinds == ("date_compact",):
        axis = "compact"
    top = gathered.frequent(TOP_VALUES)
    top_texts = top.get_column("value").cast(pl.String, strict=False).fill_null("").to_list()
    profile = ColumnProfile(
        name=heading.name,
        declared_type=heading.declared_type,
        inferred_type=inferred,
        rows=gathered.rows,
        nulls=gathered.nulls,
        null_row=gathered.null_row,
        placeholders=placeholders,
        placeholder_values=shown(tally.examples_of({"placeholder"})[:TOP_VALUES]),
        values=values,
        distinct=Quantity(distinct, error == 0.0, error),
        conforming=conforming,
        nonconforming=values - conforming,
        exceptions=shown(tally.examples_of(others)[:EXCEPTIONS]) if others else (),
        top_values=shown(
            zip(top_texts, top.get_column("count").to_list(), top.get_column("row").to_list(), strict=True)
        ),
        patterns=_patterns(sample, scale) if inferred == "text" else (),
        numbers=numbers,
        outliers=outliers,
        outlier_examples=examples,
        period=_period(tally, inferred, kinds),
        lengths=_lengths(gathered),
        histogram=_histogram(sample, axis, kinds, scale),
        broken_text=tally.broken,
        broken_examples=shown(tally.examples_of({"broken"})[:TOP_VALUES]),
        variants=variants,
        variant_examples=variant_examples,
        estimated=tuple(estimated),
        formulas=tally.formulas,
        formula_examples=shown(tally.examples_of({"formula"})[:TOP_VALUES]),
        header=None if heading.original == heading.name else heading.original[:LONGEST_NAME],
    )
    return profile, sample, scale


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
    tally: Tally, sample: pl.DataFrame, scale: float, inferred: str, *, exact: bool
) -> tuple[NumberSummary | None, Quantity | None, tuple[ValueCount, ...]]:
    moments = tally.numbers
    if inferred not in ("integer", "decimal") or moments.minimum is None or moments.maximum is None:
        return None, None, ()
    held = sample.filter(pl.col("number").is_not_null()).sort("number")
    total = int(held.get_column("count").sum())
    cumulated = held.with_columns(until=pl.col("count").cum_sum())
    q1, median, q3 = (
        float(cumulated.filter(pl.col("until") >= share * total).get_column("number")[0]) for share in (0.25, 0.5, 0.75)
    )
    std = (moments.squares / (moments.cells - 1)) ** 0.5 if moments.cells > 1 else None
    summary = NumberSummary(
        moments.minimum, moments.maximum, _rounded(moments.mean), None if std is None else _rounded(std), q1, median, q3
    )
    spread = q3 - q1
    if spread <= 0 or total < OUTLIER_CELLS:
        return summary, None, ()
    low, high = q1 - FENCE * spread, q3 + FENCE * spread
    far = held.filter(((pl.col("number") < low) | (pl.col("number") > high)) & (pl.col("count") <= OUTLIER_REPEATS))
    count = round(int(far.get_column("count").sum()) * scale)
    if count > OUTLIER_SHARE * moments.cells:
        return summary, Quantity(0, exact), ()
    far = far.with_columns(distance=(pl.col("number") - median).abs()).sort(
        ["distance", "row"], descending=[True, False]
    )
    return summary, Quantity(count, exact), shown(far.select("text", "count", "row").head(TOP_VALUES).rows())


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


def _patterns(sample: pl.DataFrame, scale: float) -> tuple[PatternCount, ...]:
    texts = sample.filter(pl.col("kind") != "placeholder").sort(["count", "row"], descending=[True, False])
    shapes = (
        texts.head(SHAPED_VALUES)
        .select(shape(pl.col("text")).alias("shape"), "count")
        .group_by("shape")
        .agg(pl.col("count").sum())
        .sort(["count", "shape"], descending=[True, False])
        .head(TOP_PATTERNS)
    )
    return tuple(PatternCount(pattern, round(count * scale)) for pattern, count in shapes.rows())


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


def _lengths(gathered: ColumnGatherer) -> LengthSummary | None:
    lengths = gathered.lengths
    if lengths.minimum is None or lengths.maximum is None:
        return None
    return LengthSummary(lengths.minimum, lengths.maximum, _rounded(lengths.total / lengths.cells))


def _histogram(
    sample: pl.DataFrame, axis: str | None, kinds: tuple[str, ...], scale: float
) -> tuple[HistogramBin, ...]:
    if axis is None:
        return ()
    held = sample if axis == "compact" else sample.filter(pl.col("kind").is_in(list(kinds)))
    held = held.select(pl.col(axis).alias("place"), "count").drop_nulls()
    if not held.height:
        return ()
    low, high = held.select(pl.col("place").min().alias("low"), pl.col("place").max().alias("high")).row(0)
    bins = min(BINS, held.get_column("place").n_unique())
    if bins == 1 or high <= low:
        return (HistogramBin(low, high, round(int(held.get_column("count").sum()) * scale)),)
    width = (high - low) / bins
    counted = (
        held.select(((pl.col("place") - low) / width).floor().clip(0, bins - 1).cast(pl.Int64).alias("bin"), "count")
        .group_by("bin")
        .agg(pl.col("count").sum())
    )
    counts = dict(counted.rows())
    edges = [_rounded(low + width * place) for place in range(bins)] + [high]
    return tuple(
        HistogramBin(edges[place], edges[place + 1], round(counts.get(place, 0) * scale)) for place in range(bins)
    )


def _rounded(number: float) -> float:
    """Twelve significant digits: what survives a different order of summation."""
    return float(f"{number:.12g}")
