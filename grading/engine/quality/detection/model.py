"""What detectors of errors look at, and what they say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import polars as pl

from grading.engine.profile import Study

ROW: Final = "row"
"""The column of row numbers."""


@dataclass(frozen=True)
class Sheet:
    """A table as detectors see it: rows as text, and the study for what is known of all rows.

    `cells`: ROW (data row from 0), then a String column for each of `names`, in their order; null where the cell is
    empty. It is called c0, c1, …, never by its name: to Polars a name such as `*` or `^a.*$` stands for many columns.
    All rows, or a uniform sample of them (`complete` says which). `memo`: what was worked out of it for one reader and
    serves another. Holds the data itself: never store it.
    """

    cells: pl.DataFrame
    names: tuple[str, ...]
    study: Study
    complete: bool
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        return {name: f"c{place}" for place, name in enumerate(self.names)}

    @property
    def rows(self) -> pl.Series:
        """The numbers of the rows, ascending."""
        return self.cells.get_column(ROW)

    def texts(self, name: str) -> pl.Series:
        """The cells of a column, a row each; KeyError where there is none of that name."""
        return self.cells.get_column(self._keys[name])

    def placed(self, name: str) -> pl.DataFrame:
        """The cells of a column with their places: `row`, `value`."""
        return pl.DataFrame([self.rows.alias("row"), self.texts(name).alias("value")])


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A cell that looks wrong. `confidence` (0 to 1) is the share of such cells that are, as far as measured.

    `kind` is a key of FINDINGS, whose message `params` fill: the evidence in words.
    """

    column: str
    row: int
    kind: str
    confidence: float
    params: Mapping[str, str | int | float]


Detector = Callable[[Sheet], Iterable[Suspicion]]
"""Pure and deterministic: the same sheet gives the same suspicions in the same order. No setting for any one file."""
