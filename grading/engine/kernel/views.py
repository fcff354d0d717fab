"""What the kernel found, copied out of its memory as numpy arrays and plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

VALUE: Final = np.dtype(
    [("hash", "u8"), ("count", "u8"), ("row", "i8"), ("place", "u4"), ("size", "u4"), ("characters", "u4"), ("", "u4")]
)
RECORD: Final = np.dtype([("hash", "u8"), ("first", "i8"), ("second", "i8"), ("count", "u8")])
CHOSEN: Final = np.dtype([("hash", "u8"), ("row", "i8"), ("place", "u8"), ("size", "u4"), ("", "u4")])


@dataclass(frozen=True, slots=True)
class Held:
    """Distinct values; `cut`: those with hashes above `threshold` were left out.

    `text` holds the bytes of text values, each from `place` on, at most LONGEST_VALUE of it; a number's hash is its
    own bits, mixed.
    """

    values: Array
    text: bytes
    threshold: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """Records of one kind: how many, and the first rows."""

    count: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """Distinct rows by hash with first and second place and count; all whose hash 2^`shift` divides."""

    rows: Array
    shift: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """Sampled rows: `rows` in order of their hashes, and the sizes and bytes of their cells in `cells`."""

    rows: Array
    cells: bytes
    threshold: int


@dataclass(frozen=True, slots=True)
class TableTotals:
    """Of the whole table, or of a range of the file.

    `first_record` and `next_record` are offsets in the file: where the range's first record begins, and the first
    one after the range. `form`: ragged, blank and broken records by kind.
    """

    rows: int
    empty_rows: int
    nul_bytes: int
    first_record: int
    next_record: int
    form: Mapping[str, Noted]
    records: Records
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class ColumnTotals:
    """Of the cells of a column whose distinct values were cut: exact ones.

    `kinds`: cells by kind; `instants`: (earliest, latest) in seconds since 1970 by kind; `whole`: least and most of
    whole numbers, as they are stored; `total` and `squares`: sums of the numbers and of their squares in units of
    2^-BIAS; `odd`, `odd_large`: numbers not finite or beyond 1e150, and the finite among them.
    """

    kinds: Mapping[str, int]
    instants: Mapping[str, tuple[float, float]]
    compact: int
    numbers: int
    total: int
    squares: int
    low: float
    high: float
    whole: tuple[int, int]
    odd: int
    odd_large: int
    cells: int
    characters: int
    shortest: int
    longest: int
    registers: npt.NDArray[np.uint8] | None
