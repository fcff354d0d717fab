"""What single values are: number, date, placeholder …, decided for a whole frame of distinct values at once.

A frame of values has the columns `value`, `count` (cells holding it) and `row` (first data row holding it).
`classify` adds `text` (stripped), `kind`, `number` (Float64) and `instant` (seconds since 1970, Float64).
"""

import polars as pl

from grading.engine.formulas import looks_planted

#: Values that stand for a missing one, compared in lower case. A lone 0 or an empty list is not among them.
PLACEHOLDERS = (
    "n/a", "na", "#n/a", "n.a.", "n.a", "nan", "null", "none", "nil", "nul", "(null)", "<null>", "<na>", "\\n",
    "-", "--", "---", "—", "——", "–", ".", "..", "...", "?", "??", "???", "*", "/", "tbd", "tba", "unknown",
    "unk", "unspecified", "not available", "not applicable", "missing", "(blank)", "blank", "#ref!", "#value!",
    "#div/0!", "#name?", "#null!", "无", "未知", "不详", "不明", "空", "暂无", "缺失", "没有", "无数据",
    "未填", "未填写", "待定", "待补充", "其它未知", "不适用",
)  # fmt: skip
TRUTH = ("true", "false", "yes", "no", "y", "n", "t", "f", "是", "否")

#: Kinds that satisfy each inferred type.
CONFORMING: dict[str, tuple[str, ...]] = {
    "boolean": ("boolean",),
    "integer": ("integer",),
    "decimal": ("integer", "decimal"),
    "date": ("date_ymd", "date_dmy", "date_mdy", "date_either", "date_compact"),
    "datetime": ("datetime", "date_ymd"),
    "time": ("time",),
}
DATE_ORDERS = ("date_ymd", "date_dmy", "date_mdy", "date_compact")
#: Every kind that `classify` gives.
KINDS = (
    "placeholder", "boolean", "long_digits", "integer", "padded", "decimal", "time", "datetime", "date_ymd", "date_dmy",
    "date_mdy", "date_either", "text", "structure",
)  # fmt: skip

INTEGER = r"^[+-]?(0|[1-9]\d{0,17})$"
GROUPED_INTEGER = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
#: Leading zeros: a code such as a postal code, not a quantity.
PADDED = r"^0\d+$"
#: More digits than a double keeps: what is so long is the name of something (resident IDs, cards), not a quantity.
LONG_DIGITS = r"^\d{16,}$"
DECIMAL = r"^[+-]?(\d+\.\d*|\.\d+|\d+(\.\d*)?[eE][+-]?\d{1,3}|[1-9]\d{0,2}(,\d{3})+\.\d+)$"
DATE_LIKE = r"^\d{1,4}([-/.])\d{1,2}([-/.])\d{1,4}$|^\d{4}年\d{1,2}月\d{1,2}日?$"
COMPACT_DATE = r"^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"
DATETIME_LIKE = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?$"
TIME_LIKE = r"^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?$"
#: Numbers beyond this have no variance that a double can hold.
LARGEST = 1e150
BROKEN = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffd]"


def classify(frame: pl.DataFrame, dtype: pl.DataType, *, nested: bool = False) -> pl.DataFrame:
    """Add `text`, `kind`, `number`, `instant` to a frame of distinct values (no nulls among them)."""
    if dtype == pl.String:
        return _structures(frame) if nested else _classify_text(frame)
    return _classify_typed(frame, dtype)


def is_broken() -> pl.Expr:
    """True where the text has replacement or control characters other than tab and line ends."""
    return pl.col("text").str.contains(BROKEN)


def is_formula(dtype: pl.DataType) -> pl.Expr:
    """True where a spreadsheet would run the cell; a tab before it, which `text` has lost, counts."""
    return looks_planted(pl.col("value")) if dtype == pl.String else pl.lit(False)


def _structures(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        text=pl.col("value"),
        kind=pl.lit("structure"),
        number=pl.lit(None, dtype=pl.Float64),
        instant=pl.lit(None, dtype=pl.Float64),
        compact=pl.lit(None, dtype=pl.Float64),
    )


def _classify_text(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    frame = frame.with_columns(text=pl.col("value").str.strip_chars())
    lowered = text.str.to_lowercase()
    # A date or time has few characters and a digit; the cheap test spares the expensive ones.
    short = (text.str.len_bytes() <= 40) & text.str.contains(r"\d")
    kind = (
        pl.when(text == "")
        .then(pl.lit("placeholder"))
        .when(lowered.is_in(PLACEHOLDERS))
        .then(pl.lit("placeholder"))
        .when(lowered.is_in(TRUTH))
        .then(pl.lit("boolean"))
        .when(text.str.contains(LONG_DIGITS))
        .then(pl.lit("long_digits"))
        .when(short & text.str.contains(INTEGER))
        .then(pl.lit("integer"))
        .when(short & text.str.contains(PADDED))
        .then(pl.lit("padded"))
        .when(short & text.str.contains(GROUPED_INTEGER))
        .then(pl.lit("integer"))
        .when(short & text.str.contains(DECIMAL))
        .then(pl.lit("decimal"))
        .when(short & text.str.contains(TIME_LIKE))
        .then(pl.lit("time"))
        .when(short & text.str.contains(DATETIME_LIKE))
        .then(pl.lit("datetime"))
        .when(short & text.str.contains(DATE_LIKE))
        .then(pl.lit("date_like"))
        .otherwise(pl.lit("text"))
    )
    frame = frame.with_columns(kind=kind)
    numeric = pl.col("kind").is_in(["integer", "decimal"])
    frame = frame.with_columns(
        number=pl.when(numeric).then(text.str.replace_all(",", "", literal=True)).cast(pl.Float64, strict=False)
    )
    # Numbers like 1e999 cannot be reckoned with: they are text that looks like a number.
    usable = pl.col("number").abs() <= LARGEST
    frame = frame.with_columns(
        kind=pl.when(numeric & ~usable.fill_null(False)).then(pl.lit("text")).otherwise(pl.col("kind")),
        number=pl.when(usable).then(pl.col("number")),
    )
    return _with_instants(frame)


def _with_instants(frame: pl.DataFrame) -> pl.DataFrame:
    kinds = set(frame.get_column("kind").unique().to_list())
    frame = frame.with_columns(instant=pl.lit(None, dtype=pl.Float64))
    if "datetime" in kinds:
        iso = (
            pl.when(pl.col("kind") == "datetime")
            .then(pl.col("text"))
            .str.replace_all("/", "-", literal=True)
            .str.replace("T", " ", literal=True)
            .str.replace(r"[.,]\d+", "")
            .str.replace(r"\s?(Z|[+-]\d{2}:?\d{2})$", "")
        )
        stamp = pl.coalesce(
            iso.str.to_datetime(form, strict=False, time_unit="ms") for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
        )
        frame = frame.with_columns(instant=stamp.dt.epoch("ms") / 1000.0).with_columns(
            kind=pl.when((pl.col("kind") == "datetime") & pl.col("instant").is_null())
            .then(pl.lit("text"))
            .otherwise(pl.col("kind"))
        )
    if "date_like" in kinds:
        frame = _with_dates(frame)
    if "integer" in kinds:
        compact = (pl.col("kind") == "integer") & pl.col("text").str.contains(COMPACT_DATE)
        day = pl.when(compact).then(pl.col("text")).str.to_date("%Y%m%d", strict=False)
        frame = frame.with_columns(compact=_seconds(day))
    else:
        frame = frame.with_columns(compact=pl.lit(None, dtype=pl.Float64))
    return frame


def _with_dates(frame: pl.DataFrame) -> pl.DataFrame:
    like = pl.col("kind") == "date_like"
    dashed = pl.when(like).then(pl.col("text")).str.replace_all("[/.年月]", "-").str.replace("日", "", literal=True)
    ymd, dmy, mdy = (dashed.str.to_date(form, strict=False) for form in ("%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y"))
    # %Y accepts years of one or two digits; only four-digit years are taken as certain.
    four = dashed.str.contains(r"^\d{4}-|-\d{4}$")
    frame = frame.with_columns(
        _ymd=pl.when(four & dashed.str.contains(r"^\d{4}-")).then(ymd),
        _dmy=pl.when(four & dashed.str.contains(r"-\d{4}$")).then(dmy),
        _mdy=pl.when(four & dashed.str.contains(r"-\d{4}$")).then(mdy),
    )
    has_dmy, has_mdy = pl.col("_dmy").is_not_null(), pl.col("_mdy").is_not_null()
    return frame.with_columns(
        kind=pl.when(~like)
        .then(pl.col("kind"))
        .when(pl.col("_ymd").is_not_null())
        .then(pl.lit("date_ymd"))
        .when(has_dmy & has_mdy)
        .then(pl.lit("date_either"))
        .when(has_dmy)
        .then(pl.lit("date_dmy"))
        .when(has_mdy)
        .then(pl.lit("date_mdy"))
        .otherwise(pl.lit("text")),
        instant=pl.coalesce(
            pl.col("instant"), _seconds(pl.col("_ymd")), _seconds(pl.col("_mdy")), _seconds(pl.col("_dmy"))
        ),
    ).drop("_ymd", "_dmy", "_mdy")


def _seconds(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Datetime("ms")).dt.epoch("ms") / 1000.0


def _classify_typed(frame: pl.DataFrame, dtype: pl.DataType) -> pl.DataFrame:
    value = pl.col("value")
    nothing = pl.lit(None, dtype=pl.Float64)
    number, instant = nothing, nothing
    kind = pl.lit("text")
    if dtype == pl.Boolean:
        kind = pl.lit("boolean")
    elif dtype.is_integer():
        kind, number = pl.lit("integer"), value.cast(pl.Float64)
    elif dtype.is_float():
        usable = value.is_finite() & (value.abs() <= LARGEST)
        absent = pl.when(value.is_finite()).then(pl.lit("text")).otherwise(pl.lit("placeholder"))
        kind = pl.when(usable).then(pl.lit("decimal")).otherwise(absent)
        number = pl.when(usable).then(value.cast(pl.Float64))
    elif dtype.is_decimal():
        kind, number = pl.lit("decimal"), value.cast(pl.Float64)
    elif dtype == pl.Date:
        kind, instant = pl.lit("date_ymd"), _seconds(value)
    elif dtype == pl.Datetime:
        kind, instant = pl.lit("datetime"), value.dt.epoch("ms") / 1000.0
    elif dtype == pl.Time:
        kind = pl.lit("time")
    return frame.with_columns(
        text=value.cast(pl.String, strict=False).fill_null(""),
        kind=kind,
        number=number,
        instant=instant,
        compact=nothing,
    )
