"""Dates, times, durations (XML Schema part 2, ISO 8601, strptime) as values that can be compared.

`order` counts microseconds: since 1970 for dates and datetimes, since midnight for times; years, months, and for
durations seconds, where a month is the mean one of the Gregorian calendar. A time without an offset is taken for UTC
in comparisons, and is never the same as one with an offset.
"""

from typing import Final

import polars as pl

from grading.engine.profile.kinds import classify
from grading.engine.quality.declared.model import Field
from grading.engine.quality.declared.strptime import parts

TEXT: Final = pl.col("text")
ZONE: Final = r"Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)"
TIME: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
DATETIME: Final = rf"^(?P<day>{DAY})T(?P<time>{TIME}|24:00:00)(?:\.(?P<fraction>[0-9]+))?(?P<zone>{ZONE})?$"
DURATION: Final = (
    r"^(?P<sign>-)?P(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?(?:(?P<days>[0-9]+)D)?"
    r"(?:T(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+(?:\.[0-9]+)?)S)?)?$"
)
MONTH_SECONDS: Final = 2_629_746.0
SECOND: Final = 1_000_000
SPELLED: Final = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
"""Dates with the names of months that `any` knows beside those of digits."""
ANY: Final = {
    "date": ("date_ymd", "date_dmy", "date_mdy", "date_either"),
    "datetime": ("datetime", "date_ymd", "date_dmy", "date_mdy", "date_either"),
    "time": ("time",),
}
"""Kinds of values (profile/kinds.py) that `any` takes for a value of the type."""
NO_SIZE: Final = pl.lit(None, dtype=pl.Int64)


def read_moment(field: Field, texts: pl.Series) -> pl.DataFrame:
    """As `reading.read`, for fields of these types."""
    frame = texts.to_frame()
    if field.type in ("date", "time", "datetime") and field.format == "any":
        return _any(field.type, texts)
    if field.type in ("date", "time", "datetime") and field.format != "default":
        return _by_format(field, frame)
    read = {
        "date": _date, "time": _time, "datetime": _datetime, "year": _year, "yearmonth": _yearmonth,
        "duration": _duration,
    }[field.type]  # fmt: skip
    return read(frame)


def _answer(frame: pl.DataFrame, order: pl.Expr, same: pl.Expr | None = None) -> pl.DataFrame:
    """Where there is an order there is a value, which is told by it unless `same` tells more."""
    told = order.cast(pl.Int64).cast(pl.String) if same is None else same
    asked = frame.select(order=order, same=told)
    return asked.select(
        ok=pl.col("order").is_not_null(),
        same=pl.when(pl.col("order").is_not_null()).then("same"),
        order="order",
        size=NO_SIZE,
    )


def _day(text: pl.Expr) -> pl.Expr:
    """Microseconds since 1970 of a day `yyyy-mm-dd`, of years from 1 on; null where there is none such."""
    form = text.str.contains(f"^{DAY}$") & ~text.str.starts_with("0000")
    return pl.when(form).then(text).str.to_date("%Y-%m-%d", strict=False).cast(pl.Int64) * (86_400 * SECOND)


def _date(frame: pl.DataFrame) -> pl.DataFrame:
    return _answer(frame, _day(TEXT))


def _clock(text: pl.Expr) -> pl.Expr:
    """Microseconds of `hh:mm:ss`."""
    hours, minutes, seconds = (text.str.slice(place, 2).cast(pl.Int64, strict=False) for place in (0, 3, 6))
    return ((hours * 60 + minutes) * 60 + seconds) * SECOND


def _time(frame: pl.DataFrame) -> pl.DataFrame:
    return _answer(frame, _clock(pl.when(TEXT.str.contains(f"^{TIME}$")).then(TEXT)))


def _datetime(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.select(found=TEXT.str.extract_groups(DATETIME)).unnest("found")
    fraction = pl.col("fraction").fill_null("").str.strip_chars_end("0")
    zone = pl.col("zone")
    minutes = zone.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + zone.str.slice(4, 2).cast(pl.Int64, strict=False)
    east = pl.when(zone.str.starts_with("-")).then(-minutes).otherwise(minutes).fill_null(0)
    late = (pl.col("time") == "24:00:00") & (fraction != "")
    seconds = pl.when(~late).then(_day(pl.col("day")) + _clock(pl.col("time")) - east * (60 * SECOND))
    order = seconds + fraction.str.slice(0, 6).str.pad_end(6, "0").cast(pl.Int64, strict=False)
    written = seconds.cast(pl.String) + "." + fraction
    return _answer(frame, order, written + pl.when(zone.is_null()).then(pl.lit("")).otherwise(pl.lit("Z")))


def _year(frame: pl.DataFrame) -> pl.DataFrame:
    year = TEXT.str.extract(rf"^(-?(?:[0-9]{{4}}|[1-9][0-9]{{4,8}}))(?:{ZONE})?$")
    return _answer(frame, year.cast(pl.Int64, strict=False))


def _yearmonth(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.select(
        found=TEXT.str.extract_groups(
            rf"^(?P<year>-?(?:[0-9]{{4}}|[1-9][0-9]{{4,8}}))-(?P<month>0[1-9]|1[0-2])(?:{ZONE})?$"
        )
    ).unnest("found")
    year, month = (pl.col(name).cast(pl.Int64, strict=False) for name in ("year", "month"))
    return _answer(frame, year * 12 + month)


def _duration(frame: pl.DataFrame) -> pl.DataFrame:
    said = TEXT.str.contains("[YMDHS]$")
    frame = frame.select("text", found=pl.when(said).then(TEXT).str.extract_groups(DURATION)).unnest("found")
    years, months, days, hours, minutes, seconds = (
        pl.col(name).cast(pl.Float64, strict=False).fill_null(0.0)
        for name in ("years", "months", "days", "hours", "minutes", "seconds")
    )
    fits = pl.any_horizontal(pl.col("years", "months", "days", "hours", "minutes", "seconds").is_not_null())
    sign = pl.when(pl.col("sign").is_null()).then(1.0).otherwise(-1.0)
    all_months, rest = sign * (years * 12 + months), sign * (((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    order = pl.when(fits).then(all_months * MONTH_SECONDS + rest)
    exact = all_months.is_finite() & rest.is_finite()
    written = pl.format("{}/{}", _unsigned_zero(all_months), _unsigned_zero(rest))
    return _answer(frame, order, pl.when(exact).then(written).otherwise("text"))


def _unsigned_zero(number: pl.Expr) -> pl.Expr:
    return pl.when(number == 0).then(0.0).otherwise(number)


def _by_format(field: Field, frame: pl.DataFrame) -> pl.DataFrame:
    """What `strptime` makes of it: what the format does not say is of 1900-01-01, 00:00:00."""
    frame = frame.select(said=parts(TEXT, field.format)).unnest("said")
    year, month, day = (
        pl.col(name).fill_null(default).cast(pl.String).str.pad_start(width, "0")
        for name, default, width in (("year", 1900, 4), ("month", 1, 2), ("day", 1, 2))
    )
    date = _day(pl.when("fits").then(pl.concat_str(year, month, day, separator="-")))
    hour, minute, second, fraction = (
        pl.col(name).fill_null(0).cast(pl.Int64) for name in ("hour", "minute", "second", "microsecond")
    )
    clock = (((hour * 60 + minute) * 60 + second) * SECOND) + fraction
    offset = pl.col("offset").fill_null(0).cast(pl.Int64) * SECOND
    if field.type == "date":
        return _answer(frame, date)
    # a second 60 or 61 is read by strptime, but no time has it
    moment = pl.when(second <= 59).then(date + clock - offset)
    order = moment if field.type == "datetime" else pl.when(moment.is_not_null()).then(clock - offset)
    zone = pl.when(pl.col("offset").is_null()).then(pl.lit("")).otherwise(pl.lit("Z"))
    return _answer(frame, order, order.cast(pl.String) + zone)


def _any(kind: str, texts: pl.Series) -> pl.DataFrame:
    """The default form, or any that the profile takes for the type; names of months in English."""
    counted = texts.alias("value").to_frame().with_columns(count=pl.lit(1), row=pl.lit(0))
    known = classify(counted, pl.String()).select("text", "kind", "instant", "compact")
    own = {"date": _date, "time": _time, "datetime": _datetime}[kind](known.select("text"))
    found = (pl.col("instant") * SECOND).cast(pl.Int64)
    if kind == "time":
        clock = TEXT.str.pad_start(8 if "s" in kind else 5, "0")
        found = _clock(pl.when(clock.str.len_chars() >= 5).then(clock.str.slice(0, 5) + ":00"))
    taken = pl.when(pl.col("kind").is_in(list(ANY[kind]))).then(found)
    ways = [own.get_column("order").cast(pl.Int64).alias("own"), known.select(taken.alias("taken")).to_series()]
    if kind != "time":
        ways.append(known.select((pl.col("compact") * SECOND).cast(pl.Int64).alias("compact")).to_series())
        ways += [
            _by_format(Field(0, "", "date", written), known.select("text")).get_column("order").alias(written)
            for written in SPELLED
        ]
    return _answer(pl.DataFrame(ways), pl.coalesce(pl.all()))
