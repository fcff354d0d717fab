"""What detectors of errors look at, and what they say."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from grading.engine.profile import Study

ROW: Final = "\0row"
"""The column of row numbers; no column of a table has this name, since names have no control characters."""


@dataclass(frozen=True)
class Sheet:
    """A table as detectors see it: rows as text, and the study for what is known of all rows.

    `cells`: ROW (data row from 0), then a String column for each column of the table, by its name in `names`; null
    where the cell is empty or holds a placeholder that the profile knows. All rows, or a uniform sample of them
    (`complete` says which). `memo`: what was worked out of it for one reader and serves another. Holds the data itself:
    never store it.
    """

    cells: pl.DataFrame
    names: tuple[str, ...]
    study: Study
    complete: bool
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


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
