"""Whether a record stands where the header should: names of columns that are values of these columns.

Asked of samples, whose names are kept and searched for while their values are not. A name is taken for a value where
the values below it are of the same kind: a date above dates, a person's name above names, a number among numbers.
What is above no values, or above others, is a name: the days and years of a wide table, 高度 above heights.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from grading.engine.profile.kinds import COMPACT_DATE, CONFORMING, classify
from grading.engine.profile.parts import ColumnPart
from grading.engine.sensitivity.addresses import is_address
from grading.engine.sensitivity.embedded import PHONE_TOKEN, identifiers
from grading.engine.sensitivity.names import may_be_name

LEXICONS: Final = (
    "surnames_zh", "common_surnames_zh", "compound_surnames_zh", "given_signs_zh", "surnames_pinyin", "street_words",
)  # fmt: skip
"""The word lists of a taxonomy that are needed."""
ALIKE: Final = 0.6
"""So many of a column's values are of the kind that its name is."""
VALUES: Final = 200
"""Distinct values of a column that are looked at."""
YEARS: Final = range(1900, 2101)
STEPS: Final = 3
"""So many numbers side by side that ascend are a scale, which wide tables have in their header."""
_DATES: Final = {*CONFORMING["date"], *CONFORMING["datetime"]}

Lexicons = Mapping[str, frozenset[str]]


def record_in_header(
    names: Sequence[str], columns: Sequence[ColumnPart], types: Sequence[str], lexicons: Lexicons
) -> bool:
    """Whether any of the `names` is a value of its column. `types` are the inferred ones.

    Where there are no values at all, names of two different kinds say so.
    """
    named = classify(
        pl.DataFrame({"value": [name.strip() for name in names]}, schema={"value": pl.String}), pl.String()
    )
    kinds, numbers = named.get_column("kind").to_list(), named.get_column("number").to_list()
    scale = _scale(numbers)
    alone: set[str] = set()
    for place, (name, kind, inferred) in enumerate(zip(names, kinds, types, strict=True)):
        text = name.strip()
        if next(identifiers(text), None) is not None or PHONE_TOKEN.fullmatch(text):
            return True
        if inferred == "empty":
            alone |= {"date"} if kind in _DATES else _said(text, lexicons)
        elif inferred in ("date", "datetime"):
            if kind in _DATES or pl.Series([text]).str.contains(COMPACT_DATE).all():
                return True
        elif inferred in ("integer", "decimal"):
            if not scale and kind in CONFORMING["decimal"] and _among(numbers[place], columns[place]):
                return True
        elif inferred == "text":
            said = _said(text, lexicons) | ({"date"} if kind in _DATES else set())
            if said and _alike(said, columns[place], lexicons):
                return True
    return len(alone) > 1


def _said(text: str, lexicons: Lexicons) -> set[str]:
    """What a text may be as a value of persons."""
    said = {"name"} if may_be_name(text, lexicons) else set()
    return said | ({"address"} if is_address(text, lexicons["street_words"]) else set())


def _alike(said: set[str], column: ColumnPart, lexicons: Lexicons) -> bool:
    """Whether most values of a column are of one of these kinds."""
    if column.dtype != pl.String:
        return False
    values = classify(column.values.select("value").head(VALUES), pl.String()).filter(pl.col("kind") != "placeholder")
    if "date" in said:
        return values.get_column("kind").is_in(_DATES).sum() >= ALIKE * max(1, values.height)
    texts = [_said(text, lexicons) for text in values.get_column("text").to_list()]
    return any(sum(kind in found for found in texts) >= ALIKE * max(1, len(texts)) for kind in said)


def _among(number: float | None, column: ColumnPart) -> bool:
    """Whether a number lies within those of a column."""
    values = column.values.get_column("value").cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)
    low, high = values.min(), values.max()
    if number is None or not isinstance(low, float) or not isinstance(high, float):
        return False
    return low <= number <= high and number not in YEARS


def _scale(numbers: Iterable[float | None]) -> bool:
    """Whether numbers among the names count columns, from 0 or 1 on, or ascend side by side."""
    found = list(numbers)
    said = [number for number in found if number is not None]
    if said and said in ([*range(len(said))], [*range(1, len(said) + 1)]):
        return True
    run, last = 0, None
    for number in found:
        run = run + 1 if number is not None and last is not None and number > last else int(number is not None)
        if run >= STEPS:
            return True
        last = number
    return False
