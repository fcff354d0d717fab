"""The kernel as Python uses it: open, feed, finish, look."""

import ctypes
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.kernel.library import (
    KINDS,
    LIMBS,
    REGISTERS,
    ColumnView,
    Status,
    StoreView,
    TableView,
    Type,
    load,
)
from grading.engine.kernel.views import (
    CHOSEN,
    RECORD,
    VALUE,
    Array,
    Chosen,
    ColumnTotals,
    Held,
    Noted,
    Records,
    TableTotals,
)

STEP_BYTES: Final = 8 * 1024 * 1024
"""Bytes between two looks from outside."""
END: Final = (1 << 63) - 1
STREAM: Final = b"arrow_array_stream"
LONG_CHUNK: Final = 8_192
"""A batch whose chunks have fewer rows in the mean is cheaper copied into one."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be kept: distinct values of a column and their bytes, sampled rows and their bytes, distinct rows."""

    values: int = 32_768
    value_bytes: int = 8 << 20
    rows: int = 10_000
    row_bytes: int = 32 << 20
    records: int = 1 << 20


class Stopped(Exception):
    """The kernel cannot go on with this input: `status` says why. Nothing of it may be used."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


class Kernel:
    """One pass over one table, or a range of it. Close it."""

    def __init__(self, types: Sequence[Type], *, words: Iterable[str], bounds: Bounds) -> None:
        self._calls = load()
        self.width = len(types)
        self._kernel = self._calls.kernel_open(
            self.width,
            bytes(types),
            bounds.values,
            bounds.value_bytes,
            bounds.rows,
            bounds.row_bytes,
            bounds.records,
        )
        if not self._kernel:
            raise MemoryError
        for word in words:
            text = word.encode()
            if not self._calls.kernel_word(self._kernel, text, len(text)):
                raise ValueError(f"{word!r} does not fit the table of words")

    def close(self) -> None:
        """Give its memory back; may be called again."""
        if self._kernel:
            self._calls.kernel_close(self._kernel)
            self._kernel = None

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def read(
        self,
        descriptor: int,
        *,
        delimiter: str,
        quote: str | None,
        header: int,
        begin: int = 0,
        end: int = END,
        whole: bool = True,
        step: Callable[[int], None],
    ) -> None:
        """Read delimited UTF-8 text: the records that begin from the offset `begin` on and before `end`.

        `whole`: a record begins exactly at `begin`; else the first line end at or after `begin` - 1 ends the record
        before. `header` records are skipped. `step` is called with the offset reached, now and then. Raises Stopped.
        """
        self._calls.kernel_delimited(
            self._kernel, ord(delimiter), ord(quote) if quote else 0, header, begin, int(whole)
        )
        while True:
            status = Status(self._calls.kernel_read(self._kernel, descriptor, end, STEP_BYTES))
            step(self._calls.kernel_position(self._kernel))
            if status == Status.DONE:
                return
            if status != Status.MORE:
                self._check(status)

    def take(self, frame: pl.DataFrame, *, base: int = 0, threshold: int = 0) -> npt.NDArray[np.int64]:
        """Take in a batch whose columns have the kernel's types (`type_of`); which of its rows to draw. Raises Stopped.

        Rows are counted from the kernel's first, which is row `base` of the file; those with keys (`row_keys`) up to
        `threshold` are drawn.
        """
        drawn = []
        for piece in _pieces(frame):
            capsule = piece.__arrow_c_stream__()
            self._check(self._calls.kernel_take(self._kernel, _pointer(capsule, STREAM), base, threshold))
            rows = ctypes.POINTER(ctypes.c_int64)()
            count = self._calls.kernel_drawn(self._kernel, ctypes.byref(rows))
            drawn.append(np.array(rows[:count], np.int64))
        return np.concatenate(drawn)

    def finish(self) -> None:
        """All was read: keep only what may stay. Raises Stopped."""
        self._check(self._calls.kernel_finish(self._kernel))

    def crowded(self) -> bool:
        """So many values wait to be judged outside that they should be before more is read."""
        return bool(self._calls.kernel_crowded(self._kernel))

    def waiting(self, column: int) -> int:
        """Distinct values of a column that wait to be judged outside."""
        return int(self._calls.kernel_waiting(self._kernel, column))

    def take_waiting(self, column: int) -> Held:
        """Those values; they wait no longer."""
        held = self._held(column, -2)
        self._calls.kernel_taken(self._kernel, column)
        return held

    def values(self, column: int) -> Held:
        """The distinct values of a column."""
        return self._held(column, -1)

    def examples(self, column: int, kind: str) -> Held:
        """A few distinct values of one kind, of a column that was cut."""
        return self._held(column, KINDS.index(kind))

    def table(self) -> TableTotals:
        """What was found of the table."""
        view = TableView()
        self._calls.kernel_table(self._kernel, ctypes.byref(view))

        def noted(name: str) -> Noted:
            count = int(getattr(view, name))
            rows = getattr(view, f"{name.removesuffix('s')}_rows")
            return Noted(count, tuple(rows[: min(count, 200)]))

        return TableTotals(
            rows=view.rows,
            empty_rows=view.empty_rows,
            nul_bytes=view.nul_bytes,
            first_record=view.first_record,
            next_record=view.next_record,
            form={name: noted(name) for name in ("longer", "shorter", "blank", "broken_lines")},
            records=Records(_copied(view.records, view.records_size, RECORD), view.records_shift),
            chosen=Chosen(
                _copied(view.chosen, view.chosen_size, CHOSEN),
                _bytes(view.chosen_bytes, view.chosen_used),
                view.chosen_threshold,
            ),
        )

    def nulls(self, column: int) -> tuple[int, int | None]:
        """Empty cells of a column, and the first row that has one."""
        view = self._column(column)
        return view.nulls, view.null_row if view.nulls else None

    def totals(self, column: int) -> ColumnTotals | None:
        """Totals of a column that was cut."""
        view = self._column(column)
        if not view.tallied:
            return None
        spans: dict[str, tuple[float, float]] = {
            kind: (view.first[at], view.last[at]) for at, kind in enumerate(KINDS) if view.kinds[at]
        }
        instants = {kind: span for kind, span in spans.items() if kind in ("date_ymd", "datetime")}
        if view.compact:
            instants["date_compact"] = spans["integer"]
        return ColumnTotals(
            kinds={kind: view.kinds[at] for at, kind in enumerate(KINDS) if view.kinds[at]},
            instants=instants,
            compact=view.compact,
            numbers=view.numbers,
            total=_whole(view.sum[:LIMBS]),
            squares=_whole(view.squares[:LIMBS]),
            low=view.low,
            high=view.high,
            whole=(view.least, view.most),
            odd=view.odd,
            odd_large=view.odd_large,
            cells=view.cells,
            characters=view.characters,
            shortest=view.shortest,
            longest=view.longest,
            registers=np.frombuffer(_bytes(view.registers, REGISTERS), np.uint8) if view.has_registers else None,
        )

    def _column(self, column: int) -> ColumnView:
        view = ColumnView()
        self._calls.kernel_column(self._kernel, column, ctypes.byref(view))
        return view

    def _held(self, column: int, which: int) -> Held:
        view = StoreView()
        if not self._calls.kernel_store(self._kernel, column, which, ctypes.byref(view)):
            return Held(np.empty(0, VALUE), b"", END, False)
        return Held(
            _copied(view.values, view.size, VALUE), _bytes(view.bytes, view.used), view.threshold, bool(view.cut)
        )

    def _check(self, status: int) -> None:
        if status == Status.NO_MEMORY:
            raise MemoryError
        if status != Status.DONE:
            raise Stopped(Status(status))


def type_of(dtype: pl.DataType) -> Type | None:
    """What the cells of a Polars column are to the kernel; None for types that go in as text."""
    if dtype == pl.String:
        return Type.TEXT
    if dtype == pl.Boolean:
        return Type.BOOLEAN
    if dtype in (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Date, pl.Datetime):
        return Type.SIGNED
    if dtype in (pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64):
        return Type.UNSIGNED
    if dtype in (pl.Float32, pl.Float64):
        return Type.FLOATING
    return None


def exact_sums(numbers: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> tuple[int, int]:
    """Σ count · number and Σ count · number², in units of 2^-BIAS. Numbers finite, up to 1e150."""
    numbers, counts = np.ascontiguousarray(numbers, np.float64), np.ascontiguousarray(counts, np.int64)
    total, squares = (ctypes.c_int64 * LIMBS)(), (ctypes.c_int64 * LIMBS)()
    load().kernel_sums(numbers.ctypes.data, counts.ctypes.data, len(numbers), total, squares)
    return _whole(total[:]), _whole(squares[:])


def mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The bijection of 64 bits that the kernel hashes numbers with."""
    return _stirred(values, 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)


def unmixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """`mixed` undone: the same steps with the inverse factors, the last one first."""
    return _stirred(values, 0x9CB4B2F8129337DB, 0x4F74430C22A54005)


def row_keys(places: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The keys of rows that stand at these places of a file: where text begins, or the number of the row."""
    return mixed(places * np.uint64(0x9E3779B97F4A7C15) + np.uint64(1))


def _stirred(values: npt.NDArray[np.uint64], first: int, second: int) -> npt.NDArray[np.uint64]:
    for factor in (first, second):
        values = (values ^ (values >> np.uint64(33))) * np.uint64(factor)
    return values ^ (values >> np.uint64(33))


def _pieces(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """The frame cut where the chunks of all its columns end: handed over in one, they are copied together first."""
    if max(frame.n_chunks("all"), default=1) == 1:
        return [frame]
    lengths = {tuple(len(chunk) for chunk in column.get_chunks()) for column in frame.get_columns()}
    if len(lengths) > 1 or frame.height < LONG_CHUNK * len(chunks := lengths.pop()):
        return [frame]
    starts = np.cumsum([0, *chunks])
    return [frame.slice(int(start), length) for start, length in zip(starts, chunks, strict=False)]


def _whole(limbs: Sequence[int]) -> int:
    return sum(limb << (32 * place) for place, limb in enumerate(limbs) if limb)


def _bytes(address: int | None, size: int) -> bytes:
    return ctypes.string_at(address, size) if address and size else b""


def _copied(address: int | None, size: int, dtype: "np.dtype[Any]") -> Array:
    return np.frombuffer(_bytes(address, size * dtype.itemsize), dtype)


def _pointer(capsule: object, name: bytes) -> int:
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    return int(get(capsule, name))
