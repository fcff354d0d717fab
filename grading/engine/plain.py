"""Frozen dataclasses to JSON-safe plain data and back.

Floats that JSON cannot carry (NaN, infinities) become None; NUL characters, which PostgreSQL's jsonb refuses,
become U+FFFD; dates become ISO 8601 text. Key order is that of the fields, so equal objects give equal text.
"""

import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
type_hints: dict[type, dict[str, Any]] = {}


def to_plain(value: Any) -> Any:
    """Dictionaries, lists, strings, numbers, booleans and None only, whatever dataclasses were nested in it."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key).replace("\x00", "\ufffd"): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(to_plain(item) for item in value)
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain(cls: type[T], data: Mapping[str, Any]) -> T:
    """Rebuild a dataclass from `to_plain` output.

    Unknown keys are ignored, so that older code reads newer records; a missing key takes the field's default, or
    raises TypeError when it has none.
    """
    if cls not in type_hints:
        type_hints[cls] = get_type_hints(cls)
    hints = type_hints[cls]
    known = {item.name for item in fields(cls)}  # type: ignore[arg-type]
    return cls(**{key: _restore(hints[key], item) for key, item in data.items() if key in known})


def _restore(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        choices = [choice for choice in get_args(hint) if choice is not type(None)]
        return _restore(choices[0], value) if len(choices) == 1 else value
    if origin is tuple:
        item = get_args(hint)
        if len(item) == 2 and item[1] is Ellipsis:
            return tuple(_restore(item[0], part) for part in value)
        return tuple(_restore(part_hint, part) for part_hint, part in zip(item, value, strict=True))
    if origin in (set, frozenset):
        (item_hint,) = get_args(hint)
        return origin(_restore(item_hint, part) for part in value)
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        _, item_hint = get_args(hint)
        return {key: _restore(item_hint, part) for key, part in value.items()}
    if hint is float and isinstance(value, int):
        return float(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return from_plain(hint, value)
    if hint is date:
        return date.fromisoformat(value)
    return value
