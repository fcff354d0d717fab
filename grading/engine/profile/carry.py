r"""What was gathered of a part, as bytes that another process reads: no code in them, everything checked when read.

    magic "XPRT1\n" · length of the head (u64, big-endian) · head (JSON) · bodies, one after the other

The head has the totals (integers as JSON writes them, of any size) and the length of each body: frames as Arrow IPC
files, registers as they are. Whoever wrote a part may have been taken over by the file that it read, so `from_bytes`
believes nothing: lengths, types, bounds and columns are those that `gather` leaves, or it is a BadPart. It is to be
called in a confined process itself.
"""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from grading.engine.kernel import REGISTERS, Bounds, Noted, type_of
from grading.engine.profile.gather import bounds_for
from grading.engine.profile.parts import ALL, NOTED, ColumnPart, DrawnRows, TablePart
from grading.engine.profile.repeats import RepeatedRows
from grading.engine.profile.tally import EXAMPLES, Lengths, Moments, Tally
from grading.engine.readers.table import MAX_COLUMNS

MAGIC: Final = b"XPRT1\n"
HEAD_BYTES: Final = 64 << 20
LARGEST_COUNT: Final = 1 << 62
LARGEST_SUM: Final = 1 << 3584
"""Above any sum of squares in units of 2^-BIAS."""
MOST_KINDS: Final = 64
LONGEST_NAME: Final = 40
LARGEST_RANK: Final = 51
"""Of a register: 64 bits of a hash but the 14 that choose the register, and one."""

Schema = Mapping[str, pl.DataType]
REPEATS: Final[Schema] = {"hash": pl.UInt64(), "first": pl.Int64(), "second": pl.Int64(), "count": pl.Int64()}
COUNTED: Final[Schema] = {"count": pl.Int64(), "row": pl.Int64()}
EXAMPLED: Final[Schema] = {"kind": pl.String(), "text": pl.String(), **COUNTED, "hash": pl.UInt64()}
DRAWN: Final[Schema] = {"hash": pl.UInt64(), "row": pl.Int64(), "size": pl.UInt32()}
KEPT: Final[Schema] = {"hash": pl.UInt64(), **COUNTED, "size": pl.UInt32(), "characters": pl.Int64()}


class BadPart(ValueError):
    """These bytes are no part."""


def to_bytes(part: TablePart) -> bytes:
    """All of it; `from_bytes` gives an equal part."""
    bodies: list[bytes] = []

    def put(body: pl.DataFrame | bytes) -> int:
        bodies.append(body if isinstance(body, bytes) else _packed(body))
        return len(bodies[-1])

    head = {
        "rows": part.rows,
        "empty_rows": part.empty_rows,
        "nul_bytes": part.nul_bytes,
        "records": [part.first_record, part.next_record],
        "form": {name: [noted.count, list(noted.rows)] for name, noted in part.form.items()},
        "repeats": [part.repeats.shift, put(part.repeats.rows)],
        "columns": [
            {
                "nested": column.nested,
                "nulls": [column.nulls, column.null_row],
                "cut": column.cut,
                "threshold": column.threshold,
                "values": put(column.values),
                "registers": None if column.registers is None else put(column.registers.tobytes()),
                "tally": None if column.tally is None else _told(column.tally),
                "examples": None if (examples := _examples(column)) is None else put(examples),
            }
            for column in part.columns
        ],
        "drawn": [part.drawn.threshold, put(part.drawn.rows)],
    }
    text = json.dumps(head).encode()
    return b"".join([MAGIC, len(text).to_bytes(8, "big"), text, *bodies])


def from_bytes(data: bytes | memoryview, bounds: Bounds | None = None) -> TablePart:
    """The part that was gathered under `bounds` (default: those of a table so wide). Raises BadPart."""
    try:
        return _part(memoryview(data), bounds)
    except BadPart:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError, OSError) as error:
        raise BadPart(type(error).__name__) from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise BadPart(type(error).__name__) from error


def _packed(frame: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.rechunk().write_ipc(sink, compression="lz4")
    return sink.getvalue()


def _examples(column: ColumnPart) -> pl.DataFrame | None:
    return None if column.tally is None else column.tally.examples


def _told(tally: Tally) -> dict[str, Any]:
    numbers, lengths = tally.numbers, tally.lengths
    return {
        "kinds": tally.kinds,
        "signs": [tally.compact_dates, tally.broken, tally.formulas],
        "numbers": [numbers.cells, numbers.total, numbers.squares, numbers.minimum, numbers.maximum],
        "lengths": [lengths.minimum, lengths.maximum, lengths.total, lengths.cells],
        "periods": tally.periods,
    }


def _part(data: memoryview, bounds: Bounds | None) -> TablePart:
    start = len(MAGIC) + 8
    _sure(bytes(data[: len(MAGIC)]) == MAGIC and len(data) >= start, "no part")
    size = int.from_bytes(data[len(MAGIC) : start], "big")
    _sure(size <= min(HEAD_BYTES, len(data) - start), "cut off")
    head = json.loads(bytes(data[start : start + size]))
    bodies = _Bodies(data[start + size :])
    _sure(1 <= len(head["columns"]) <= MAX_COLUMNS, "too many columns")
    bounds = bounds or bounds_for(len(head["columns"]))
    shift, repeats = head["repeats"]
    rows = bodies.frame(repeats, bounds.records, REPEATS, empty={"second"})
    columns = tuple(_column(column, bodies, bounds) for column in head["columns"])
    threshold, drawn = head["drawn"]
    cells = {f"c{place}": column.dtype for place, column in enumerate(columns)}
    first_record, next_record = head["records"]
    part = TablePart(
        rows=_count(head["rows"]),
        empty_rows=_count(head["empty_rows"]),
        columns=columns,
        repeats=RepeatedRows(rows, _count(shift, 63)),
        drawn=DrawnRows(
            bodies.frame(drawn, bounds.rows, {**DRAWN, **cells}, empty=set(cells)),
            _count(threshold, ALL),
        ),
        nul_bytes=_count(head["nul_bytes"]),
        form={_name(name): _noted(*said) for name, said in _few(head["form"])},
        first_record=_maybe(first_record),
        next_record=_maybe(next_record),
    )
    _sure(not bodies.left, "more than the head says")
    return part


def _column(head: Mapping[str, Any], bodies: "_Bodies", bounds: Bounds) -> ColumnPart:
    nulls, null_row = head["nulls"]
    values = bodies.values(head["values"], bounds.values)
    registers = None if head["registers"] is None else bodies.registers(head["registers"])
    tally = None if head["tally"] is None else _tally(head["tally"])
    if head["examples"] is not None:
        _sure(tally is not None, "examples of nothing")
        examples = bodies.frame(head["examples"], EXAMPLES * MOST_KINDS, EXAMPLED)
        tally.examples = examples  # type: ignore[union-attr]
    threshold, cut = _count(head["threshold"], ALL), _flag(head["cut"])
    _sure(tally is not None or not cut, "a column without its totals")
    return ColumnPart(
        dtype=values.schema["value"],
        nested=_flag(head["nested"]),
        nulls=_count(nulls),
        null_row=_maybe(null_row),
        values=values,
        cut=cut,
        threshold=threshold,
        tally=tally,
        registers=registers,
    )


def _tally(head: Mapping[str, Any]) -> Tally:
    compact, broken, formulas = (_count(sign) for sign in head["signs"])
    cells, total, squares, least, most = head["numbers"]
    shortest, longest, characters, texts = head["lengths"]
    return Tally(
        kinds={_name(kind): _count(count) for kind, count in _few(head["kinds"])},
        compact_dates=compact,
        broken=broken,
        formulas=formulas,
        numbers=Moments(_count(cells), _sum(total), _sum(squares), _number(least), _number(most)),
        lengths=Lengths(_maybe(shortest), _maybe(longest), _count(characters), _count(texts)),
        periods={_name(kind): (_instant(early), _instant(late)) for kind, (early, late) in _few(head["periods"])},
    )


class _Bodies:
    """The bodies, taken one after the other."""

    def __init__(self, data: memoryview) -> None:
        self.left = data

    def frame(self, size: Any, most: int, schema: Schema, *, empty: set[str] | None = None) -> pl.DataFrame:
        """At most so many rows, exactly these columns, nulls only in those of `empty`."""
        frame = self._read(size, most)
        _sure(list(frame.schema.items()) == list(schema.items()), "other columns")
        _sure(not any(frame.get_column(name).null_count() for name in schema if name not in (empty or ())), "nulls")
        return frame

    def values(self, size: Any, most: int) -> pl.DataFrame:
        """Distinct values of a type that the kernel knows, by their hashes."""
        frame = self._read(size, most)
        _sure(list(frame.schema.items())[1:] == list(KEPT.items()) and frame.columns[0] == "value", "other columns")
        _sure(type_of(frame.schema["value"]) is not None, "a type that is not kept")
        _sure(not any(frame.null_count().row(0)), "nulls")
        _sure(frame.get_column("hash").is_sorted(), "not in order")
        return frame

    def registers(self, size: Any) -> npt.NDArray[np.uint8]:
        """A register of each hash's beginning."""
        _sure(size == REGISTERS, "other registers")
        registers = np.frombuffer(self._take(size), np.uint8)
        _sure(int(registers.max()) <= LARGEST_RANK, "an impossible register")
        return registers

    def _read(self, size: Any, most: int) -> pl.DataFrame:
        frame = pl.read_ipc(io.BytesIO(self._take(size)))
        _sure(frame.height <= most, "too many rows")
        return frame

    def _take(self, size: Any) -> bytes:
        _sure(_count(size) <= len(self.left), "cut off")
        taken, self.left = self.left[:size], self.left[size:]
        return bytes(taken)


def _sure(fact: bool, otherwise: str) -> None:
    if not fact:
        raise BadPart(otherwise)


def _few(items: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    _sure(len(items) <= MOST_KINDS, "too many kinds")
    yield from items.items()


def _name(value: str) -> str:
    _sure(len(value) <= LONGEST_NAME, "a long name")
    return value


def _noted(count: Any, rows: list[Any]) -> Noted:
    _sure(len(rows) <= NOTED, "too many notes")
    return Noted(_count(count), tuple(_count(row) for row in rows))


def _count(value: Any, most: int = LARGEST_COUNT) -> int:
    _sure(type(value) is int and 0 <= value <= most, "no count")
    return int(value)


def _maybe(value: Any) -> int | None:
    return None if value is None else _count(value)


def _sum(value: Any) -> int:
    _sure(type(value) is int and abs(value) < LARGEST_SUM, "no sum")
    return int(value)


def _number(value: Any) -> float | None:
    return None if value is None else _instant(value)


def _instant(value: Any) -> float:
    _sure(type(value) is float, "no number")
    return float(value)


def _flag(value: Any) -> bool:
    _sure(type(value) is bool, "no truth value")
    return bool(value)
