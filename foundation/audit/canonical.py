"""The exact bytes that are authenticated and hashed: RFC 8785 (JSON Canonicalization Scheme) of plain records.

No Django here: `verify_export` works on the same records as the database does.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import rfc8785

EVENT_FIELDS: Final = (
    "id",
    "at",
    "actor_kind",
    "actor_label",
    "actor_user_id",
    "actor_organisation_id",
    "actor_key_id",
    "action",
    "subject_type",
    "subject_id",
    "data",
    "key_version",
)
SEAL_FIELDS: Final = (
    "number",
    "first",
    "last",
    "merkle_root",
    "previous_hash",
    "key_version",
    "sealed_at",
    "horizon",
)
SAFE_INTEGER: Final = 2**53 - 1
"""Largest integer that JSON numbers carry exactly (RFC 8785, I-JSON)."""
DATA_LIMIT: Final = 65_536
"""Largest canonical form of an event's data, bytes: events hold identifiers and decisions, not documents."""


def event_record(event: Any) -> dict[str, Any]:
    """The stored content of an event as plain JSON values; every field but `mac` and `transaction`.

    `actor_key_id` is left out where no key was used: events of before it was recorded have none either.
    """
    record = {name: getattr(event, name) for name in EVENT_FIELDS}
    if event.actor_key_id is None:
        del record["actor_key_id"]
    record["at"] = instant(event.at)
    return record


def event_form(event: Any, data: str) -> bytes:
    """`canonical(event_record(event))`, written down directly, for an event whose data have the canonical form `data`.

    The other fields must be those of a new event: exact types, texts as `text` gives them, an aware `at`. This is what
    every write of the exchange waits for; whoever checks an event takes the general way.
    """
    key = "" if event.actor_key_id is None else f'"actor_key_id":{_number(event.actor_key_id)},'
    return (
        f'{{"action":{_quoted(event.action)},{key}"actor_kind":{_quoted(event.actor_kind)}'
        f',"actor_label":{_quoted(event.actor_label)},"actor_organisation_id":{_number(event.actor_organisation_id)}'
        f',"actor_user_id":{_number(event.actor_user_id)},"at":"{instant(event.at)}","data":{data}'
        f',"id":{_number(event.id)},"key_version":{_number(event.key_version)}'
        f',"subject_id":{_quoted(event.subject_id)},"subject_type":{_quoted(event.subject_type)}}}'
    ).encode()


def _number(value: int | None) -> str:
    if value is None:
        return "null"
    if type(value) is not int or abs(value) > SAFE_INTEGER:
        raise ValueError(f"{value!r} is not an integer that JSON carries exactly")
    return str(value)


def seal_record(seal: Any) -> dict[str, Any]:
    """The content of a seal as plain JSON values; every field but `frontier`, `hash` and `mac`.

    Seals older than the log's tree have no `tree_root`; one that lost it has another hash.
    """
    record = {name: getattr(seal, name) for name in SEAL_FIELDS}
    if seal.tree_root is not None:
        record["tree_root"] = bytes(seal.tree_root).hex()
    record["merkle_root"] = bytes(seal.merkle_root).hex()
    record["previous_hash"] = bytes(seal.previous_hash).hex()
    record["sealed_at"] = instant(seal.sealed_at)
    return record


def canonical(record: Mapping[str, Any]) -> bytes:
    """The RFC 8785 form, UTF-8; ValueError (CanonicalizationError) for what has none."""
    if _simple(record):
        return _ENCODER.encode(record).encode()
    return rfc8785.dumps(dict(record))


_quoted: Final = json.encoder.encode_basestring
"""Text as RFC 8785 writes it: only what must be is escaped."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":"))


def _simple(value: Any) -> bool:
    """Whether the C encoder of the standard library writes the very same: no fractions, names in ASCII, exact types.

    It escapes text as RFC 8785 does, but writes fractions in another way and sorts names by other units. An unpaired
    surrogate, which has no canonical form, fails as UTF-8: a ValueError too.
    """
    kind = type(value)
    if kind is str:
        return True
    if kind is int:
        return bool(abs(value) <= SAFE_INTEGER)
    if kind is dict:
        return all(type(name) is str and name.isascii() and _simple(item) for name, item in value.items())
    if kind is list:
        return all(map(_simple, value))
    return kind is bool or value is None


def content(record: Mapping[str, Any]) -> bytes:
    """The canonical form; nothing for a record that has none, which is therefore not one the exchange wrote."""
    try:
        return canonical(record)
    except ValueError:
        return b""


def position_content(position: int, event_id: int, leaf_hash: bytes) -> bytes:
    """What the authentication code of a sealed position covers."""
    return position.to_bytes(8, "big", signed=True) + event_id.to_bytes(8, "big", signed=True) + leaf_hash


def digest(record: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical form: what a seal is chained by."""
    return hashlib.sha256(canonical(record)).digest()


def instant(value: datetime) -> str:
    """An aware datetime as RFC 3339 in UTC with microseconds, which is what PostgreSQL keeps."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def plain(data: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """`data` as JSON values that survive jsonb unchanged, and their canonical form.

    TypeError or ValueError naming the place for anything that is not JSON, keys that are not text, NUL and unpaired
    surrogates (jsonb has neither), NaN and infinities, numbers beyond 2^53 - 1 (jsonb would return such a float as an
    integer without a canonical form), and more than `DATA_LIMIT` bytes.
    """
    values: dict[str, Any]
    if _simple(data) and _storable(form := _ENCODER.encode(data)):
        values = json.loads(form)  # a copy: what the caller does with its own afterwards is not what was written
    else:
        values = {text(key, "data"): _value(value, f"data/{key}") for key, value in data.items()}
        form = canonical(values).decode()
    if (size := len(form.encode())) > DATA_LIMIT:
        raise ValueError(f"audit data has {size} bytes, the limit is {DATA_LIMIT}: record identifiers only")
    return values, form


def _storable(form: str) -> bool:
    """Whether JSON is free of NUL and unpaired surrogates; also False for text that only looks like an escaped NUL."""
    return "\\u0000" not in form and _encodable(form)


def _encodable(value: str) -> bool:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    return True


def _value(value: Any, place: str) -> Any:
    match value:
        case None | bool():
            return value
        case int() | float():
            if not abs(value) <= SAFE_INTEGER:  # also NaN, which compares False
                raise ValueError(f"{place}: {value} is not a number that JSON carries exactly")
            return int(value) if isinstance(value, int) else float(value)
        case str():
            return text(value, place)
        case Mapping():
            return {text(key, place): _value(item, f"{place}/{key}") for key, item in value.items()}
        case list() | tuple():
            return [_value(item, f"{place}/{index}") for index, item in enumerate(value)]
        case _:
            raise TypeError(f"{place}: {type(value).__name__} is not JSON")


def text(value: Any, place: str) -> str:
    """`value` as an exact `str` that PostgreSQL can store; TypeError or ValueError naming `place` otherwise."""
    if not isinstance(value, str):
        raise TypeError(f"{place}: {type(value).__name__} where text is expected")
    if "\0" in value or not _encodable(value):
        raise ValueError(f"{place}: text with NUL or an unpaired surrogate cannot be stored")
    return str.__str__(value)  # the plain text of choices, whose own __str__ may differ
