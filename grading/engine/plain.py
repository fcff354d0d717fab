"""Frozen dataclasses to JSON-safe plain data and back.

Floats that JSON cannot carry (NaN, infinities) become None; NUL characters, which PostgreSQL's jsonb refuses,
become U+FFFD; dates become ISO 8601 text. Key order is that of the fields, so equal objects give equal text.
"""

import math
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from functools import cache, partial
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Read = Callable[[Any], Any]


def to_plain(value: Any) -> Any:
    """Dictionaries, lists, strings, numbers, booleans and None only, whatever dataclasses were nested in it."""
    kind: Any = type(value)
    if kind is str:  # what most is, first
        return value.replace("\x00", "\ufffd")
    if value is None or kind is int or kind is bool:
        return value
    return _writer(kind)(value)


@cache
def _writer(kind: type) -> Read:
    """How values of this type are written: found once, used for each of thousands of values."""
    if issubclass(kind, str):
        return _text
    if issubclass(kind, int):
        return _as_it_is
    if issubclass(kind, float):
        return _finite
    if issubclass(kind, list | tuple):
        return _listed
    if issubclass(kind, date | time):  # instants are dates, too
        return _iso
    if is_dataclass(kind):
        return partial(_fields_of, tuple(item.name for item in fields(kind)))
    if issubclass(kind, Mapping):
        return _mapped
    if issubclass(kind, set | frozenset):
        return _sorted
    raise TypeError(f"{kind.__name__} has no plain form")


def _text(value: Any) -> Any:
    return value.replace("\x00", "\ufffd")


def _as_it_is(value: Any) -> Any:
    return value


def _finite(value: Any) -> Any:
    return value if math.isfinite(value) else None


def _listed(value: Any) -> Any:
    return [to_plain(item) for item in value]


def _iso(value: Any) -> Any:
    return value.isoformat()


def _fields_of(names: tuple[str, ...], value: Any) -> Any:
    return {name: to_plain(getattr(value, name)) for name in names}


def _mapped(value: Any) -> Any:
    return {str(key).replace("\x00", "\ufffd"): to_plain(item) for key, item in value.items()}


def _sorted(value: Any) -> Any:
    return sorted(to_plain(item) for item in value)


def from_plain(cls: type[T], data: Mapping[str, Any]) -> T:
    """Rebuild a dataclass from `to_plain` output.

    Unknown keys are ignored, so that older code reads newer records; a missing key takes the field's default, or
    raises TypeError when it has none.
    """
    readers = _readers(cast("Any", cls))
    return cls(**{key: _read(readers[key], item) for key, item in data.items() if key in readers})


@cache
def _readers(cls: type) -> Mapping[str, Read | None]:
    hints = get_type_hints(cls)
    return {item.name: _reader(hints[item.name]) for item in fields(cls)}


def _read(reader: Read | None, value: Any) -> Any:
    return value if value is None or reader is None else reader(value)


@cache
def _reader(hint: Any) -> Read | None:
    """How a value of this type is rebuilt: found once, used for each of thousands of values. None: as it is."""
    origin, given = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        choices = [choice for choice in given if choice is not type(None)]
        return _reader(choices[0]) if len(choices) == 1 else None
    if origin is tuple and not (len(given) == 2 and given[1] is Ellipsis):
        return partial(_each_as, tuple(_reader(part) for part in given))
    if origin in (tuple, set, frozenset):
        return partial(_all_as, origin, _reader(given[0]))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return partial(_values_as, _reader(given[1]))
    if hint is float:
        return _as_float
    if isinstance(hint, type) and is_dataclass(hint):
        return partial(from_plain, hint)
    return date.fromisoformat if hint is date else None


def _each_as(readers: tuple[Read | None, ...], value: Any) -> Any:
    return tuple(_read(reader, part) for reader, part in zip(readers, value, strict=True))


def _all_as(kind: Read, reader: Read | None, value: Any) -> Any:
    return kind(value) if reader is None else kind([_read(reader, part) for part in value])


def _values_as(reader: Read | None, value: Any) -> Any:
    return dict(value) if reader is None else {key: _read(reader, part) for key, part in value.items()}


def _as_float(value: Any) -> Any:
    return float(value) if isinstance(value, int) else value
