"""A Table Schema descriptor, checked: what may be in it, how much of it, and what its parts say of each other.

Properties that the standard leaves open, or that say nothing of the cells (titles, RDF types, examples), are let pass.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from grading.engine.quality.declared.fields import Reader, parse_field
from grading.engine.quality.declared.model import MATCHES, Field, ForeignKey, InvalidSchema, TableSchema
from grading.engine.quality.declared.reading import spelling, unreadable_limits

MOST_CHARACTERS: Final = 262_144
"""Of the descriptor as JSON."""
MOST_FIELDS: Final = 4_096
MOST_KEYS: Final = 32
"""Keys of all kinds and unique fields together: each is looked up on its own."""
KEY_FIELDS: Final = 16
NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON writes it; databases do not keep it."""
MOST_FORMATS: Final = 100
"""Ways to write values (`reading.spelling`): the limits of each are read apart."""


def parse_schema(descriptor: Any) -> TableSchema:
    """The rules of a descriptor (JSON values). Raises InvalidSchema with a pointer and a remedy for each problem."""
    reader = Reader()
    if not isinstance(descriptor, Mapping):
        reader.say("", "no_object")
        raise InvalidSchema(tuple(reader.problems))
    if code := _unfit(descriptor):
        reader.say("", code, limit=MOST_CHARACTERS)
        raise InvalidSchema(tuple(reader.problems))
    missing = reader.missing(descriptor, "", ("",))
    fields = _fields(reader, descriptor.get("fields"), missing)
    names = [field.name for field in fields]
    match = reader.choice(descriptor, "fieldsMatch", "", MATCHES, "exact")
    schema = TableSchema(
        fields=fields,
        fields_match=match,
        primary_key=_key(reader, descriptor.get("primaryKey", []), "/primaryKey", names, optional=True),
        unique_keys=tuple(
            _key(reader, key, f"/uniqueKeys/{place}", names)
            for place, key in enumerate(reader.items(descriptor, "uniqueKeys", "", MOST_KEYS))
        ),
        foreign_keys=tuple(
            _foreign_key(reader, key, f"/foreignKeys/{place}", names)
            for place, key in enumerate(reader.items(descriptor, "foreignKeys", "", MOST_KEYS))
        ),
    )
    _limit(reader, schema)
    if not reader.problems:
        for problem in unreadable_limits(fields):
            reader.problems.append(problem)
    if reader.problems:
        raise InvalidSchema(tuple(reader.problems))
    return schema


def _unfit(descriptor: Mapping[str, Any]) -> str | None:
    """Why a descriptor is not even looked at: what cannot be kept as JSON, and what is too long."""
    try:
        text = json.dumps(descriptor, ensure_ascii=False, allow_nan=False)
        text.encode()  # no halves of surrogate pairs
    except (ValueError, TypeError, RecursionError):
        return "no_json"
    if len(text) > MOST_CHARACTERS:
        return "too_large"
    return "no_json" if NUL.search(text) else None


def _fields(reader: Reader, given: Any, missing: tuple[str, ...]) -> tuple[Field, ...]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_FIELDS:
        reader.say("/fields", "no_fields", most=MOST_FIELDS)
        return ()
    return tuple(parse_field(reader, item, place, missing) for place, item in enumerate(given))


def _key(reader: Reader, given: Any, pointer: str, names: list[str], *, optional: bool = False) -> tuple[str, ...]:
    """The fields of a key; version 1 of the standard wrote a single one without a list."""
    key = [given] if isinstance(given, str) else given
    if optional and key == []:
        return ()
    whole = isinstance(key, list) and 1 <= len(key) <= KEY_FIELDS and all(isinstance(name, str) for name in key)
    if not whole or len(set(key)) != len(key):
        reader.say(pointer, "no_key", most=KEY_FIELDS)
        return ()
    for place, name in enumerate(key):
        if name not in names:
            reader.say(f"{pointer}/{place}" if key is given else pointer, "unknown_field", name=name[:100])
    return tuple(key)


def _foreign_key(reader: Reader, given: Any, pointer: str, names: list[str]) -> ForeignKey:
    reference = given.get("reference") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(reference, Mapping):
        reader.say(pointer if not isinstance(given, Mapping) else f"{pointer}/reference", "no_object")
        return ForeignKey((), None, ())
    fields = _key(reader, given.get("fields"), f"{pointer}/fields", names)
    resource = reader.text(reference, "resource", f"{pointer}/reference", "") or None
    place = f"{pointer}/reference/fields"
    if resource is None:
        other = _key(reader, reference.get("fields"), place, names)
    else:  # the fields of another file are not known here
        listed = reference.get("fields")
        found = [listed] if isinstance(listed, str) else listed
        other = _key(reader, listed, place, found if isinstance(found, list) else [])
    if fields and other and len(fields) != len(other):
        reader.say(place, "other_length", count=len(fields))
    return ForeignKey(fields, resource, other)


def _limit(reader: Reader, schema: TableSchema) -> None:
    """Of what costs more than a look at each cell there is only so much."""
    keys = len(schema.unique_keys) + len(schema.foreign_keys) + bool(schema.primary_key)
    unique = [field for field in schema.fields if field.constraints.unique]
    if keys + len(unique) > MOST_KEYS:
        pointer = f"{unique[-1].pointer}/constraints/unique" if unique else "/uniqueKeys"
        reader.say(pointer, "too_many", limit=MOST_KEYS)
    formats: dict[Field, Field] = {}
    for field in schema.fields:
        formats.setdefault(spelling(field), field)
    if len(formats) > MOST_FORMATS:
        reader.say(list(formats.values())[MOST_FORMATS].pointer, "too_many_formats", limit=MOST_FORMATS)
