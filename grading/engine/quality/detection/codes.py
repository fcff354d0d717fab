"""A sheet as whole numbers: each column's cells by the place of their value among the column's distinct values."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.profile import ColumnProfile
from grading.engine.quality.detection.model import Sheet

Numbers = npt.NDArray[np.int64]
MISSING: Final = -1


@dataclass(frozen=True, eq=False)
class Coded:
    """A column. `codes`: one a row, MISSING where the cell is empty or a placeholder.

    Two spellings of a value that differ in case, width or white space have one code. `values` and
    `counts` by code, in the order of first appearance; `shown` is a value as it was first written, `also` has the other
    ways.
    """

    name: str
    codes: Numbers
    values: tuple[str, ...]
    shown: tuple[str, ...]
    counts: Numbers
    also: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @property
    def distinct(self) -> int:
        """How many values differ."""
        return len(self.values)


def coded_columns(sheet: Sheet) -> tuple[Coded, ...]:
    """All columns of the sheet, in its order. A placeholder that the profile knows is MISSING: it is nobody's value."""
    return tuple(
        _coded(column.name, sheet.texts(column.name).to_list(), _placeholders(sheet, column))
        for column in sheet.study.profile.columns
    )


def spelt_column(sheet: Sheet, place: int, known: Coded) -> tuple[Coded, frozenset[int]]:
    """The column of `coded_columns` with placeholders as values, too, and their codes.

    A word that says nothing decides nothing, but it is spelt like any other: `UKN` is a slip where most say `UNK`.
    """
    column = sheet.study.profile.columns[place]
    placeholders = _placeholders(sheet, column)
    if not placeholders:
        return known, frozenset()
    found = _coded(column.name, sheet.texts(column.name).to_list(), ())
    said = {plain(text) for text in placeholders}
    return found, frozenset(code for code, value in enumerate(found.values) if value in said)


def _placeholders(sheet: Sheet, column: ColumnProfile) -> list[str]:
    if not column.placeholders:
        return []
    known = sheet.study.samples[column.name].cells.frame
    return known.filter(pl.col("kind") == "placeholder").get_column("value").cast(pl.String, strict=False).to_list()


def plain(text: str) -> str:
    """The text without what spelling may vary in: case, width, white space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split()).casefold()


def _coded(name: str, cells: Sequence[str | None], placeholders: Sequence[str]) -> Coded:
    places: dict[str, int] = {}
    raw: dict[str | None, int] = dict.fromkeys([None, *placeholders], MISSING)
    shown: list[str] = []
    also: dict[int, list[str]] = {}
    codes = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        code = raw.get(cell)
        if code is None:
            value = plain(cell or "")
            code = places.setdefault(value, len(places)) if value else MISSING
            if code == len(shown):
                shown.append(cell or "")
            elif code != MISSING:
                also.setdefault(code, []).append(cell or "")
            raw[cell] = code
        codes[row] = code
    counts = np.bincount(codes[codes >= 0], minlength=len(places)).astype(np.int64)
    return Coded(name, codes, tuple(places), tuple(shown), counts, also)
