"""Whether a record stands where the header should: names of columns that are values of these columns.

Asked of samples, whose names are kept and searched for while their values are not. A name is taken for a value where
the values below it are of the same kind: a date above dates, a person's name above names, a number among numbers, a
code above codes of its shape, or one of the few values that the column repeats. What is above no values, or above
others, is a name: the days and years of a wide table, 高度 above heights; so is a header that the file repeats.
"""

import re
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
DIGITS: Final = 3
"""A code has so many digits at least."""
_LETTERS: Final = re.compile("[A-Za-z]+")
_DIGIT: Final = re.compile(r"\d")
_NO_PERSON: Final = re.compile("[人者员名色]$")
"""What begins with a surname and names nobody: 申请人, 应聘者, 曾用名, 颜色."""
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
    if _one_of_few(names, columns):
        return True
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
            if (said and _alike(said, columns[place], lexicons)) or _of_its_shape(text, columns[place]):
                return True
    return len(alone) > 1


def _said(text: str, lexicons: Lexicons) -> set[str]:
    """What a text may be as a value of persons."""
    said = {"name"} if may_be_name(text, lexicons) and not _NO_PERSON.search(text) else set()
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


def _one_of_few(names: Sequence[str], columns: Sequence[ColumnPart]) -> bool:
    """Whether a name is among the few values that its column repeats, unless one record has all names in their places.

    The few fill at least twice as many cells as they are, and the name's own two.
    """
    found: list[bool] = []
    rows: set[int | None] = set()
    for name, column in zip(names, columns, strict=True):
        text = name.strip().lower()
        if not text:
            continue
        if column.dtype != pl.String or column.nested:
            return False  # of a file that knows the types of its columns, and so its header
        values = column.values
        same = values.filter(pl.col("value").str.strip_chars().str.to_lowercase() == text)
        rows.add(same.get_column("row").min() if same.height else None)  # type: ignore[arg-type]
        found.append(same.get_column("count").sum() >= 2 and values.get_column("count").sum() >= 2 * values.height)
    return any(found) and (None in rows or len(rows) > 1)


def _of_its_shape(text: str, column: ColumnPart) -> bool:
    """Whether most values of a column are text of the same digits, letters and signs in the same order: LUP-NV-016.

    Letters are the same, or as different among the values as they are from the name's.
    """
    if column.dtype != pl.String or len(_DIGIT.findall(text)) < DIGITS:
        return False
    values = [str(value).strip() for value in column.values.get_column("value").head(VALUES).to_list()]
    exact = [_DIGIT.sub("0", value) for value in values]
    if exact.count(_DIGIT.sub("0", text)) >= ALIKE * max(1, len(exact)):
        return True
    like = [shape for shape in exact if _LETTERS.sub("a", shape) == _LETTERS.sub("a", _DIGIT.sub("0", text))]
    return len(like) >= ALIKE * max(1, len(exact)) and len(set(like)) > 1


def _among(number: float | None, column: ColumnPart) -> bool:
    """Whether a number lies within those of a column."""
    values = column.values.get_column("value").cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)
    low, high = values.min(), values.max()
    if number is None or not isinstance(low, float) or not isinstance(high, float):
        return False
    return low <= number <= high and number not in YEARS


def _scale(numbers: Iterable[float | None]) -> bool:
    """Whether numbers among the names count columns, from 0 or 1 on, or ascend side by side, each of them."""
    found = list(numbers)
    said = [number for number in found if number is not None]
    if said and said in ([*range(len(said))], [*range(1, len(said) + 1)]):
        return True
    runs, last = [0], None
    for number in found:
        if number is None or last is None or number <= last:
            runs.append(0)
        runs[-1] += number is not None
        last = number
    return bool(said) and all(run >= STEPS for run in runs if run)
