"""Formats of `strptime` (C, Python) as expressions that read a whole column at once, in the C locale.

As Python does it: the first way in which a text fits the format is the only one tried, and all of the text must be
used by it. Directives of which no date follows (weeks of the year, names of time zones) are refused.
"""

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT: Final[Mapping[str, str]] = {
    "F": "%Y-%m-%d",
    "T": "%H:%M:%S",
    "R": "%H:%M",
    "D": "%m/%d/%y",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
    "c": "%a %b %d %H:%M:%S %Y",
    "e": "%d",
}
"""Directives that stand for others."""
_DAY: Final = "3[0-1]|[1-2][0-9]|0[1-9]|[1-9]| [1-9]"
DIRECTIVES: Final[Mapping[str, str]] = {
    "Y": "[0-9][0-9][0-9][0-9]",
    "y": "[0-9][0-9]",
    "m": "1[0-2]|0[1-9]|[1-9]",
    "d": _DAY,
    "b": "|".join(MONTHS),
    "B": "|".join(LONG_MONTHS),
    "a": "|".join(day[:3] for day in DAYS),
    "A": "|".join(DAYS),
    "j": "36[0-6]|3[0-5][0-9]|[1-2][0-9][0-9]|0[1-9][0-9]|00[1-9]|[1-9][0-9]|0[1-9]|[1-9]",
    "H": "2[0-3]|[0-1][0-9]|[0-9]",
    "I": "1[0-2]|0[1-9]|[1-9]| [1-9]",
    "p": "am|pm",
    "M": "[0-5][0-9]|[0-9]",
    "S": "6[0-1]|[0-5][0-9]|[0-9]",
    "f": "[0-9]{1,6}",
    "z": r"[+-][0-9][0-9]:?[0-5][0-9](?::?[0-5][0-9](?:\.[0-9]{1,6})?)?|z",
    "%": "%",
    **dict.fromkeys(SHORT, ""),
}
"""Directive → what it matches, in lower case."""


def is_pattern(written: str) -> bool:
    """Whether all directives are known, each but `%%` once, and there is at least one that says something."""
    used = re.findall(r"%(.?)", _expanded(written), re.DOTALL)
    said = [sign for sign in used if sign != "%"]
    return bool(said) and set(used) <= set(DIRECTIVES) and len(set(said)) == len(said)


def parts(text: pl.Expr, written: str) -> pl.Expr:
    """What a text of the format says: a struct of Int32, null where it says nothing or does not fit.

    `year`, `month`, `day`, `hour`, `minute`, `second`, `microsecond`, `offset` (seconds east of UTC, null: none), and
    `fits`. Whether there is such a day is not asked here.
    """
    expression, named = _expression(written)
    found = text.str.extract_groups(expression)

    def number(sign: str) -> pl.Expr:
        if sign not in named:
            return pl.lit(None, dtype=pl.Int32)
        return found.struct.field(f"d_{ord(sign)}").str.strip_chars(" ").cast(pl.Int32, strict=False)

    def word(sign: str) -> pl.Expr:
        if sign not in named:
            return pl.lit(None, dtype=pl.String)
        return found.struct.field(f"d_{ord(sign)}").str.to_lowercase()

    year = number("Y")
    if "y" in named:  # POSIX: 69 to 99 are of the last century
        year = pl.coalesce(year, number("y") + pl.when(number("y") >= 69).then(1900).otherwise(2000))
    month = number("m")
    if "b" in named or "B" in named:
        spelled = pl.coalesce(word("b"), word("B").str.slice(0, 3))
        month = pl.coalesce(
            month, spelled.replace_strict(MONTHS, list(range(1, 13)), default=None, return_dtype=pl.Int32)
        )
    hour = number("H")
    if "I" in named:
        half = number("I") % 12 + pl.when(word("p") == "pm").then(12).otherwise(0)
        hour = pl.coalesce(hour, half)
    day = number("d")
    if "j" in named and "d" not in named:
        first = pl.date(pl.coalesce(year, pl.lit(1900, dtype=pl.Int32)), 1, 1)
        counted = first.dt.offset_by(pl.format("{}d", pl.coalesce(number("j"), pl.lit(1, dtype=pl.Int32)) - 1))
        month, day = counted.dt.month().cast(pl.Int32), counted.dt.day().cast(pl.Int32)
    fraction = pl.lit(None, dtype=pl.Int32)
    if "f" in named:
        fraction = word("f").str.pad_end(6, "0").cast(pl.Int32, strict=False)
    return pl.struct(
        fits=(found.struct.field("all") == text).fill_null(value=False),
        year=year,
        month=month,
        day=day,
        hour=hour,
        minute=number("M"),
        second=number("S"),
        microsecond=fraction,
        offset=_offset(word("z")) if "z" in named else pl.lit(None, dtype=pl.Int32),
    )


def _offset(text: pl.Expr) -> pl.Expr:
    """Seconds of `+hh:mm`, `+hhmm`, `z`."""
    plain = text.str.replace_all(":", "", literal=True)
    hours, minutes = (plain.str.slice(place, 2).cast(pl.Int32, strict=False) for place in (1, 3))
    seconds = pl.coalesce(plain.str.slice(5, 2).cast(pl.Int32, strict=False), pl.lit(0, dtype=pl.Int32))
    sign = pl.when(plain.str.starts_with("-")).then(-1).otherwise(1)
    return pl.when(plain == "z").then(0).otherwise(sign * (hours * 3600 + minutes * 60 + seconds)).cast(pl.Int32)


def _expanded(written: str) -> str:
    return re.sub(r"%(.)", lambda found: SHORT.get(found[1], found[0]), written, flags=re.DOTALL)


def _expression(written: str) -> tuple[str, frozenset[str]]:
    """The expression, and the directives in it."""
    out: list[str] = []
    named: set[str] = set()
    for literal, sign in re.findall(r"([^%]+)|%(.)", _expanded(written), re.DOTALL):
        if literal:  # any white space stands for any other
            out.append(r"\s+".join(map(re.escape, re.split(r"\s+", literal))))
        elif sign == "%":
            out.append("%")
        else:
            named.add(sign)
            out.append(f"(?P<d_{ord(sign)}>{DIRECTIVES[sign]})")
    return f"^(?P<all>(?i:{''.join(out)}))", frozenset(named)
