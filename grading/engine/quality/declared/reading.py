"""Texts of cells as values of a field: whether they are any, which are the same, which come first, how long they are.

`read` answers for a whole column: `ok`; `same`, one text for all ways to write one value; `order`, a number that grows
as the values do (null where they have no order, exact but for decimals, for which `same` decides near a limit); `size`,
the characters of a string, the members of an object, the items of a list.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

import polars as pl

from grading.engine.quality.declared.model import Field, Problem
from grading.engine.quality.declared.structured import read_structure
from grading.engine.quality.declared.temporal import read_moment

TEXT: Final = pl.col("text")
NOTHING: Final = pl.lit(None, dtype=pl.Float64)
NUMBER: Final = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
INTEGER: Final = r"^[+-]?[0-9]+$"
WORDS: Final[Mapping[str, str]] = {"nan": "nan", "inf": "inf", "+inf": "inf", "-inf": "-inf"}
PLAIN_DIGITS: Final = 1_000
"""A number with an exponent is written out where it has no more digits than this."""
_LABEL: Final = r"[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?"
_ATOM: Final = r"[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+"
_SIGNS: Final = r"[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2}"
STRINGS: Final[Mapping[str, str]] = {
    "email": rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+$",  # RFC 5321, RFC 6531: without quotes, with a domain
    "uri": rf"^[A-Za-z][A-Za-z0-9+.-]*:(?://(?:[^/?#@\[\]]*@)?\[[0-9A-Fa-f:.]+\])?(?:{_SIGNS})*(?:#(?:{_SIGNS})*)?$",
    "binary": r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",  # RFC 4648
    "uuid": r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",  # RFC 9562
}
"""Format → expression. A URI (RFC 3986) has a scheme and no characters beyond ASCII."""


def read(field: Field, texts: pl.Series, *, native: bool = False) -> pl.DataFrame:
    """`ok`, `same`, `order`, `size` of each text; there are no nulls among them.

    `native`: the file's format has types of its own, so that a value may also be written in its type's default form.
    """
    found = _read(field, texts.alias("text"))
    plain = as_default(field)
    if not native or plain == field or found.get_column("ok").all():
        return found
    other = _read(plain, texts.alias("text"))
    rows = pl.concat([found, other.rename(lambda name: f"other_{name}")], how="horizontal")
    names = [name for name in found.columns if name != "size"]
    return rows.select(
        *(pl.when("ok").then(pl.col(name)).otherwise(pl.col(f"other_{name}")).alias(name) for name in names), "size"
    )


def as_default(field: Field) -> Field:
    """The field with its type's values written as they are where nothing else is said."""
    if field.type in ("string", "object", "array", "list", "geojson", "geopoint", "any"):
        return field
    bare = Field(field.place, field.name, field.type)
    return replace(bare, missing=field.missing, constraints=field.constraints)


def _read(field: Field, texts: pl.Series) -> pl.DataFrame:
    match field.type:
        case "object" | "array" | "geojson" | "geopoint":
            return read_structure(field, texts)
        case "list":
            return _list(field, texts)
        case "date" | "time" | "datetime" | "year" | "yearmonth" | "duration":
            return read_moment(field, texts)
        case "integer" | "number":
            return _number(field, texts)
        case "boolean":
            return _boolean(field, texts)
    fits = TEXT.str.contains(STRINGS[field.format]) if field.format in STRINGS else pl.lit(value=True)
    if field.format == "email":
        fits = fits & (TEXT.str.len_bytes() <= 254)
    return texts.to_frame().select(
        ok=fits, same=TEXT, order=NOTHING, size=TEXT.str.len_chars().cast(pl.Int64)
    )  # fmt: skip


def _boolean(field: Field, texts: pl.Series) -> pl.DataFrame:
    true, false = TEXT.is_in(list(field.true_values)), TEXT.is_in(list(field.false_values))
    same = pl.when(true).then(pl.lit("true")).when(false).then(pl.lit("false"))
    return texts.to_frame().select(ok=true | false, same=same, order=NOTHING, size=pl.lit(None, dtype=pl.Int64))


def _number(field: Field, texts: pl.Series) -> pl.DataFrame:
    """XML Schema decimals with an exponent, `NaN`, `INF`; of any length, without rounding."""
    whole = field.type == "integer"
    frame = texts.str.strip_chars().to_frame()
    word = pl.lit(None, dtype=pl.String)
    if not whole:
        word = TEXT.str.to_lowercase().replace_strict(list(WORDS), list(WORDS.values()), default=None)
    # words are short; the cheap test spares what is long
    frame = frame.with_columns(word=pl.when(TEXT.str.len_bytes() <= 4).then(word), text=_bare(field))
    frame = frame.with_columns(ok=TEXT.str.contains(INTEGER if whole else NUMBER).fill_null(value=False))
    digits = TEXT.str.extract(r"^[+-]?0*([0-9]*)").fill_null("")
    fraction = TEXT.str.extract(r"\.([0-9]*?)0*$").fill_null("")
    size = pl.when(digits == "").then(pl.lit("0")).otherwise(digits)
    size = pl.when(fraction == "").then(size).otherwise(size + "." + fraction)
    minus = pl.when(TEXT.str.starts_with("-") & (size != "0")).then(pl.lit("-")).otherwise(pl.lit(""))
    frame = frame.with_columns(same=pl.when("ok").then(minus + size))
    if not whole:
        raised = pl.col("ok") & TEXT.str.contains("[eE]")
        if frame.select(raised.any()).item():
            frame = frame.with_columns(
                same=pl.when(raised).then(TEXT.map_elements(_written_out, return_dtype=pl.String)).otherwise("same")
            )
        frame = frame.with_columns(same=pl.coalesce("same", "word"), ok=pl.col("ok") | pl.col("word").is_not_null())
    order = pl.col("same").cast(pl.Float64, strict=False)
    # what no double can hold lies beyond all that one can
    order = pl.coalesce(order, pl.when(pl.col("same").str.starts_with("-")).then(-float("inf")).otherwise(float("inf")))
    return frame.select("ok", "same", order=pl.when("ok").then(order), size=pl.lit(None, dtype=pl.Int64))


def _bare(field: Field) -> pl.Expr:
    """The number in a text, with a point and without groups; null where groups are not between digits."""
    text = TEXT
    point, group = field.decimal_char, field.group_char
    if not field.bare_number:
        start = f"[0-9]|{_literal(point)}[0-9]"
        text = text.str.extract(rf"^[^0-9]*?((?:[+-]?(?:{start})).*?)[^0-9]*$")
    if group:
        mark = _literal(group)
        apart = rf"^[+-]?{mark}|{mark}[^0-9]|{mark}$|{_literal(point)}.*{mark}"
        text = pl.when(~text.str.contains(apart)).then(text.str.replace_all(group, "", literal=True))
    if point != ".":
        text = pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(point, ".", literal=True))
    return text


def _literal(text: str) -> str:
    """As an expression that matches it alone."""
    return "".join(f"\\x{{{ord(sign):x}}}" for sign in text)


def _written_out(text: str) -> str | None:
    """A number with an exponent without one, if it has PLAIN_DIGITS at most; None where there is no exponent."""
    mantissa, mark, exponent = text.lower().partition("e")
    if not mark:
        return None
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return "0"
    if len(exponent) > 15:  # nobody means it; the text stands for itself
        return f"{sign}{digits}e{exponent}"
    point = len(digits) - len(fraction) + int(exponent)  # digits before the point
    digits = digits.rstrip("0")
    if not -PLAIN_DIGITS <= point <= PLAIN_DIGITS:
        return f"{sign}{digits}e{point - len(digits)}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if len(digits) <= point:
        return sign + digits.ljust(point, "0")
    return f"{sign}{digits[:point]}.{digits[point:]}"


def _list(field: Field, texts: pl.Series) -> pl.DataFrame:
    """Items between delimiters, each a value of the item type in its default form."""
    items = texts.to_frame().with_row_index("place").select("place", TEXT.str.split(field.delimiter)).explode("text")
    found = _read(Field(field.place, field.name, field.item_type), items.get_column("text"))
    return (
        pl.concat([items.select("place"), found.select("ok", "same")], how="horizontal")
        .group_by("place", maintain_order=True)
        .agg(pl.col("ok").all(), pl.col("same").str.join("\x1f"), pl.len().cast(pl.Int64).alias("size"))
        .select("ok", "same", order=NOTHING, size="size")
    )


def limits_of(field: Field) -> Iterator[tuple[str, str]]:
    """(pointer, text) of each value that the constraints name."""
    rules, below = field.constraints, f"{field.pointer}/constraints"
    named = {
        "minimum": rules.minimum,
        "maximum": rules.maximum,
        "exclusiveMinimum": rules.exclusive_minimum,
        "exclusiveMaximum": rules.exclusive_maximum,
    }
    for name, text in named.items():
        if text is not None:
            yield f"{below}/{name}", text
    for place, text in enumerate(rules.enum or ()):
        yield f"{below}/enum/{place}", text
    for place, text in enumerate(rules.categories or ()):
        yield f"{field.pointer}/categories/{place}", text


def spelling(field: Field) -> Field:
    """How the field's values are written, and nothing else of it."""
    return Field(
        0, "", field.type, field.format, (), decimal_char=field.decimal_char, group_char=field.group_char,
        bare_number=field.bare_number, true_values=field.true_values, false_values=field.false_values,
        delimiter=field.delimiter, item_type=field.item_type,
    )  # fmt: skip


def unreadable_limits(fields: Iterable[Field]) -> Iterator[Problem]:
    """A problem for each limit that is no value of its field; fields that are written alike are read together."""
    alike: dict[Field, list[tuple[str, str]]] = {}
    for field in fields:
        alike.setdefault(spelling(field), []).extend(limits_of(field))
    for field, limits in alike.items():
        if not limits:
            continue
        found = read(field, pl.Series([text for _, text in limits], dtype=pl.String), native=True)
        for (pointer, text), fits, same in zip(limits, found.get_column("ok"), found.get_column("same"), strict=True):
            if not fits or ("enum" not in pointer and same == "nan"):
                yield Problem(pointer, "bad_limit", {"value": text[:100]})


def decimal(same: str) -> Decimal:
    """The number that `same` writes, without rounding; zero or infinity beyond what decimals hold."""
    try:
        return Decimal(same)
    except ArithmeticError:
        tiny = same.partition("e")[2].startswith("-")
        return Decimal(0) if tiny else Decimal("-Infinity" if same.startswith("-") else "Infinity")
