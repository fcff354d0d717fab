"""The keys of a JSON Lines file and what their values are, block by block, so that too many are noticed early."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn

import polars as pl

from grading.engine.readers.errors import UnreadableFile
from grading.engine.readers.table import MAX_COLUMNS, ROWS_KEPT

BLOCK_BYTES: Final = 256 * 1024
BLOCK_LINES: Final = 1024
"""The time to infer a block grows with the square of its different keys: so many take 40 ms at worst."""
_WIDTHS: Final = ("boolean", "integer", "number")


@dataclass
class Keys:
    """`types`: the JSON type of each key's values, in order of appearance. `bad` lines are no objects, `good` are.

    A type is None where all values are null or where no one type holds them. `bad_rows` counts from 0, blank lines not.
    """

    types: dict[str, str | None] = field(default_factory=dict)
    good: int = 0
    bad: int = 0
    bad_rows: tuple[int, ...] = ()


def survey_keys(path: str) -> Keys:
    """Every line of the UTF-8 file looked at. Raises UnreadableFile as soon as there are too many keys."""
    keys = Keys()
    found: dict[str, set[str]] = {}
    for lines in _blocks(path):
        inferred = _inferred(lines)
        if inferred is None:
            inferred = _looked_at(lines, keys)
        else:
            keys.good += len(lines)
        for name, types in inferred.items():
            found.setdefault(name, set()).update(types)
        if len(found) > MAX_COLUMNS:
            raise UnreadableFile("too_many_columns", columns=len(found), limit=MAX_COLUMNS)
    keys.types = {name: common_type(types) for name, types in found.items()}
    return keys


def common_type(types: Iterable[str]) -> str | None:
    """The JSON type that holds values of all these: text holds any, a number whole ones and truth values."""
    kinds = set(types)
    if len(kinds) <= 1:
        return next(iter(kinds), None)
    if "string" in kinds:
        return "string"
    return max(kinds, key=_WIDTHS.index) if kinds <= set(_WIDTHS) else None


def is_object(line: bytes) -> bool:
    """The line is a JSON object as RFC 8259 has it: without NaN and Infinity, nested no deeper than can be read."""
    return _parsed(line) is not None


def json_type(dtype: pl.DataType) -> str | None:
    """The JSON Schema name of what the values are; None where they are all null."""
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype == pl.String:
        return "string"
    if dtype.is_nested():
        return "object" if dtype == pl.Struct else "array"
    return None


def _blocks(path: str) -> Iterator[list[bytes]]:
    with open(path, "rb") as file:
        while lines := file.readlines(BLOCK_BYTES):
            lines = [line for line in lines if not line.isspace()]
            for start in range(0, len(lines), BLOCK_LINES):
                yield lines[start : start + BLOCK_LINES]


def _inferred(lines: list[bytes]) -> dict[str, set[str]] | None:
    """The keys and types of a block of objects; None where it has to be looked at line by line."""
    block = b"".join(lines)
    if not block.startswith(b"{") or block.count(b"\n{") != len(lines) - 1:
        return None
    try:
        schema = pl.scan_ndjson(io.BytesIO(block), infer_schema_length=None).collect_schema()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):  # broken, or values of kinds that do not mix
        return None
    return {name: {kind} if (kind := json_type(dtype)) else set() for name, dtype in schema.items()}


def _looked_at(lines: list[bytes], keys: Keys) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in lines:
        record = _parsed(line)
        if record is None:
            if len(keys.bad_rows) < ROWS_KEPT:
                keys.bad_rows += (keys.good + keys.bad,)
            keys.bad += 1
            continue
        keys.good += 1
        for name, value in record.items():
            types = found.setdefault(name, set())
            if value is not None:
                types.add(_TYPES[type(value)])
    return found


_TYPES: Final = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array"}


def _parsed(line: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
