"""The distinct values of columns, classified: of many columns in one go, since short columns cost calls, not values."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.profile.kinds import KINDS, classify
from grading.engine.profile.model import ValueCount

DISPLAYED: Final = 120
CODES: Final = {kind: code for code, kind in enumerate(KINDS)}
Array = npt.NDArray[Any]
Triple = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Values:
    """Those of one column, in order of their first rows: as `classify` leaves them, and its columns as arrays.

    `kinds` are places in KINDS; numbers and instants that are not there are NaN.
    """

    frame: pl.DataFrame
    kinds: Array
    number: Array
    instant: Array
    compact: Array
    count: Array
    row: Array

    def are(self, *kinds: str) -> Array:
        """True for those of any of the kinds."""
        return np.isin(self.kinds, [CODES[kind] for kind in kinds])

    def most(self, chosen: Array, limit: int) -> Array:
        """Places of the chosen ones, the most frequent first, at most `limit`."""
        places = np.flatnonzero(chosen)
        return places[np.argsort(-self.count[places], kind="stable")[:limit]]

    def shown(self, places: Array) -> tuple[ValueCount, ...]:
        """Those at these places."""
        return shown(self.triples(places, "text"))

    def triples(self, places: Array, name: str) -> list[Triple]:
        """Of those at these places, which are few: the cell of the column `name`, the count, the first row."""
        texts = self.frame.get_column(name)
        said = [texts[place] for place in places.tolist()]
        return list(zip(said, self.count[places].tolist(), self.row[places].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Batch:
    """Those of several columns of one type in one frame, column by column; `places` says whose each is."""

    frame: pl.DataFrame
    places: npt.NDArray[np.int64]
    columns: tuple[Values, ...]

    @classmethod
    def of(cls, frames: Sequence[pl.DataFrame], dtype: pl.DataType, *, nested: bool) -> "Batch":
        """`frames`: `value`, `count`, `row` and more, of each column."""
        places = np.repeat(np.arange(len(frames)), [frame.height for frame in frames])
        if len(frames) == 1:
            held = frames[0].sort("row")
        else:
            held = pl.concat(frames).with_columns(pl.Series("place", places)).sort("place", "row").drop("place")
        return cls._of(classify(held, dtype, nested=nested), places, len(frames))

    @classmethod
    def drawn(cls, cells: Sequence[pl.Series], rows: pl.Series, dtype: pl.DataType, *, nested: bool) -> "Batch":
        """From cells of each column in the same `rows`: those that have a value, by value."""
        places = np.repeat(np.arange(len(cells)), len(rows))
        held = pl.DataFrame({"place": places, "value": pl.concat(cells), "row": np.tile(rows.to_numpy(), len(cells))})
        held = held.filter(pl.col("value").is_not_null())
        if dtype == pl.String:
            held = held.filter(pl.col("value") != "")
        counted = held.group_by("place", "value").agg(pl.len().cast(pl.Int64).alias("count"), pl.col("row").min())
        counted = counted.sort("place", "row")
        frame = classify(counted.drop("place"), dtype, nested=nested)
        return cls._of(frame, counted.get_column("place").to_numpy(), len(cells))

    @classmethod
    def _of(cls, frame: pl.DataFrame, places: npt.NDArray[np.int64], columns: int) -> "Batch":
        kinds = frame.get_column("kind").cast(pl.Enum(KINDS)).to_physical().to_numpy()
        names = ("number", "instant", "compact", "count", "row")
        arrays = [kinds, *(frame.get_column(name).to_numpy() for name in names)]
        edges = np.searchsorted(places, np.arange(columns + 1)).tolist()
        return cls(
            frame,
            places,
            tuple(
                Values(frame.slice(first, end - first), *(array[first:end] for array in arrays))
                for first, end in itertools.pairwise(edges)
            ),
        )

    def placed(self, columns: Sequence[int] | None = None) -> pl.DataFrame:
        """The frame, or the rows of these columns, with `place`."""
        frame = self.frame.with_columns(pl.Series("place", self.places))
        return frame if columns is None else frame.filter(pl.Series(np.isin(self.places, columns)))


def shown(triples: Iterable[Triple]) -> tuple[ValueCount, ...]:
    """Values, counts and rows, cut to a displayable length."""
    return tuple(ValueCount(value[:DISPLAYED], count, row) for value, count, row in triples)
