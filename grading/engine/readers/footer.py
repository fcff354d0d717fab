"""What the footer of a Parquet file says of its row groups (parquet-format, `parquet.thrift`; Thrift compact protocol).

Polars reads the same footer and does not hand it out. Only what it knows exactly is taken: counts, places, sizes, and
bounds whose order is defined (`min_value`, `max_value`); the deprecated `min` and `max` and bounds that are marked as
inexact are not.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, Final

MAGIC: Final = b"PAR1"
LARGEST_FOOTER: Final = 8 << 20
"""Bytes; one of a few ten thousand column chunks. Their description here takes ten times as much."""
DEEPEST: Final = 32
"""Structures within structures; the format itself needs eight."""
Bound = bool | int | float | str | date | datetime | Decimal | None
# Thrift: compact type codes; fields are read into dictionaries by number.
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_BOOLEAN, _INT32, _INT64, _INT96, _FLOAT, _DOUBLES, _BYTES, _FIXED = range(8)
"""Physical types of Parquet."""


class BadFooter(ValueError):
    """The footer is not what the format says."""


@dataclass(frozen=True, slots=True)
class ColumnChunk:
    """A column's part of a row group. `nulls`, `minimum`, `maximum` are None where the footer does not say exactly.

    `name` is the path of a leaf, joined by dots; bounds are values of its Parquet type, which has no durations.
    `packed_bytes` are those in the file, from the offset `begin` on.
    """

    name: str
    values: int
    nulls: int | None
    minimum: Bound
    maximum: Bound
    packed_bytes: int
    unpacked_bytes: int
    begin: int


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows `first_row` to `first_row + rows` (not included) of the table, and the columns' parts, leaf by leaf."""

    first_row: int
    rows: int
    packed_bytes: int
    unpacked_bytes: int
    columns: tuple[ColumnChunk, ...]

    @property
    def begin(self) -> int:
        """Where its first byte is."""
        return min((column.begin for column in self.columns), default=0)


def read_row_groups(file: BinaryIO) -> tuple[RowGroup, ...]:
    """The row groups of the file in order. Raises BadFooter where it is damaged, encrypted or over LARGEST_FOOTER."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 8))
    tail = file.read(8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != MAGIC or length > min(size - 8, LARGEST_FOOTER):
        raise BadFooter("no footer")
    file.seek(size - 8 - length)
    try:
        return _groups(_Reader(file.read(length)).structure())
    except (KeyError, IndexError, TypeError, AttributeError, struct.error, OverflowError, RecursionError) as error:
        raise BadFooter(type(error).__name__) from error


class _Reader:
    """The Thrift compact protocol, as much of it as data needs."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 0
        self._depth = 0

    def structure(self) -> dict[int, Any]:
        """A structure's fields by number."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadFooter("nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind)
        self._depth -= 1
        return fields

    def _value(self, kind: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return self._byte() == _TRUE
        if kind == _BYTE:
            return self._byte()
        if kind in (_I16, _I32, _I64):
            return self._signed()
        if kind == _DOUBLE:
            return struct.unpack("<d", self._take(8))[0]
        if kind == _BINARY:
            return self._take(self._unsigned())
        if kind in (_LIST, _SET):
            head = self._byte()
            count = self._unsigned() if head >> 4 == 15 else head >> 4
            if count > len(self._content):
                raise BadFooter("a list longer than the footer")
            return [self._value(head & 15) for _ in range(count)]
        if kind == _STRUCT:
            return self.structure()
        if kind == _MAP:
            count = self._unsigned()
            if count > len(self._content):
                raise BadFooter("a map longer than the footer")
            kinds = self._byte() if count else 0
            return [(self._value(kinds >> 4), self._value(kinds & 15)) for _ in range(count)]
        raise BadFooter("an unknown type")

    def _byte(self) -> int:
        value = self._content[self._place]
        self._place += 1
        return value

    def _take(self, count: int) -> bytes:
        taken = self._content[self._place : self._place + count]
        if len(taken) != count:
            raise BadFooter("cut off")
        self._place += count
        return taken

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise BadFooter("a number too long")

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)


def _groups(footer: dict[int, Any]) -> tuple[RowGroup, ...]:
    leaves = [element for element in footer[2][1:] if not element.get(5)]
    groups: list[RowGroup] = []
    first_row = 0
    for group in footer[4]:
        rows, chunks = int(group[3]), group[1]
        if rows < 0 or len(chunks) != len(leaves):
            raise BadFooter("a row group that does not fit the schema")
        columns = tuple(_chunk(chunk, leaf) for chunk, leaf in zip(chunks, leaves, strict=True))
        packed = sum(column.packed_bytes for column in columns)
        groups.append(RowGroup(first_row, rows, packed, int(group[2]), columns))
        first_row += rows
    if first_row != footer[3]:
        raise BadFooter("row groups that do not add up")
    return tuple(groups)


def _chunk(chunk: dict[int, Any], leaf: dict[int, Any]) -> ColumnChunk:
    about = chunk.get(3)
    if about is None:  # encrypted with a key of its own
        raise BadFooter("encrypted columns")
    said: dict[int, Any] = about.get(12, {})
    # 7 and 8 say whether the bounds are values of the column. Where they are missing, texts may have been cut.
    cut = leaf[1] in (_BYTES, _FIXED) and not _is_decimal(leaf)
    return ColumnChunk(
        name=b".".join(about[3]).decode("utf-8", "replace"),
        values=int(about[5]),
        nulls=said.get(3),
        minimum=_bound(said.get(6), leaf) if said.get(8, not cut) else None,
        maximum=_bound(said.get(5), leaf) if said.get(7, not cut) else None,
        packed_bytes=int(about[7]),
        unpacked_bytes=int(about[6]),
        begin=min(int(about[9]), int(about.get(11) or about[9])),
    )


def _bound(raw: bytes | None, leaf: dict[int, Any]) -> Bound:
    """A bound as a value of its logical type; None for types without a value here, and for what cannot be one."""
    if raw is None:
        return None
    physical, logical, converted = leaf[1], leaf.get(10, {}), leaf.get(6)
    try:
        if physical == _BOOLEAN:
            return raw != b"\x00"
        if physical in (_FLOAT, _DOUBLES):
            number: float = struct.unpack("<f" if physical == _FLOAT else "<d", raw)[0]
            return number if number == number and number else None  # zeros have no sign here, and NaN no order
        if physical in (_INT32, _INT64):
            return _whole(int.from_bytes(raw, "little", signed=not _is_unsigned(logical, converted)), leaf)
        if _is_decimal(leaf):
            return _decimal(int.from_bytes(raw, "big", signed=True), leaf)
        if 1 in logical or converted == 0:
            return raw.decode()
    except (ValueError, OverflowError, struct.error):
        return None
    return None


def _whole(number: int, leaf: dict[int, Any]) -> Bound:
    logical, converted = leaf.get(10, {}), leaf.get(6)
    if _is_decimal(leaf):
        return _decimal(number, leaf)
    if 6 in logical or converted == 6:
        return date(1970, 1, 1) + timedelta(days=number)
    if 8 in logical:
        per_second = {1: 10**3, 2: 10**6, 3: 10**9}[next(iter(logical[8][2]))]
        return _instant(number, per_second, zone=bool(logical[8][1]))
    if converted in (9, 10):
        return _instant(number, 10**3 if converted == 9 else 10**6, zone=True)
    if 7 in logical or converted in (7, 8):
        return None
    return number


def _instant(number: int, per_second: int, *, zone: bool) -> datetime | None:
    if per_second == 10**9 and number % 1000:
        return None  # finer than a datetime holds
    begin = datetime(1970, 1, 1, tzinfo=UTC if zone else None)
    return begin + timedelta(microseconds=number * 10**6 // per_second)


def _decimal(number: int, leaf: dict[int, Any]) -> Decimal:
    scale = int(leaf.get(10, {}).get(5, {}).get(1, leaf.get(7, 0)))
    sign, digits, _ = Decimal(number).as_tuple()
    return Decimal((sign, digits, -scale))  # exact, whatever the context's precision


def _is_decimal(leaf: dict[int, Any]) -> bool:
    return 5 in leaf.get(10, {}) or leaf.get(6) == 5


def _is_unsigned(logical: dict[int, Any], converted: int | None) -> bool:
    integer = logical.get(10)
    return not integer.get(2, True) if integer is not None else converted in (11, 12, 13, 14)
