"""An event's row, with as little between the service and the database as its authentication allows.

Every change of the exchange waits for its event, so these two statements go past Django's query builder: one draws the
identifier, which the authentication code covers, the other writes the row; both are prepared once a connection, and
sent by one cursor, which lives as long as the connection. Drawing identifiers ahead would save the first, but then
numbers would no longer follow time: what happened next on another connection could have the lower one.
"""

import threading
from typing import Any, Final

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from foundation.audit import canonical
from foundation.audit.models import Event

_COLUMNS: Final = (*canonical.EVENT_FIELDS, "mac")
_NEXT: Final = b"SELECT nextval('audit_event_id_seq')"
_PLACES: Final = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
_INSERT: Final = (
    f"INSERT INTO audit_event ({', '.join(_COLUMNS)}) VALUES ({_PLACES}) RETURNING transaction"  # noqa: S608 (our names)
).encode()
_NEVER: Final = 2**31
"""Executions before a statement is prepared that nobody asked to prepare."""


class _Kept(threading.local):
    """This thread's cursor, of the connection it wrote by last."""

    cursor: "psycopg.RawCursor[Any] | None" = None


_kept: Final = _Kept()


def next_id() -> int:
    """A number above all that were drawn before. DatabaseError of Django."""
    return int(_one(_NEXT, None))


def insert(event: Event, data: str) -> None:
    """Write the row of a complete event, whose data are the JSON `data`, and note its transaction.

    Numbers go as text that the column reads, so that the statement has one form, whatever their size. DatabaseError of
    Django.
    """
    event.transaction = _one(
        _INSERT,
        (
            str(event.id),
            canonical.instant(event.at),
            event.actor_kind,
            event.actor_label,
            _digits(event.actor_user_id),
            _digits(event.actor_organisation_id),
            _digits(event.actor_key_id),
            event.action,
            event.subject_type,
            event.subject_id,
            data,
            str(event.key_version),
            bytes(event.mac),
        ),
    )
    event._state.adding, event._state.db = False, DEFAULT_DB_ALIAS


def _digits(value: int | None) -> str | None:
    return None if value is None else str(value)


def _one(statement: bytes, parameters: tuple[str | bytes | None, ...] | None) -> Any:
    """The one value that a statement gives back, in the caller's transaction.

    Prepared unless a pooler shares connections between transactions: Django's DISABLE_SERVER_SIDE_CURSORS says so.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.validate_no_broken_transaction()
    raw: psycopg.Connection[Any] = connection.connection
    cursor = _kept.cursor
    if cursor is None or cursor.connection is not raw:
        if raw.prepare_threshold is None:
            raw.prepare_threshold = _NEVER
        cursor = _kept.cursor = psycopg.RawCursor(raw)
    prepare = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    with connection.wrap_database_errors:
        (value,) = cursor.execute(statement, parameters, prepare=prepare).fetchone() or (None,)
    return value
