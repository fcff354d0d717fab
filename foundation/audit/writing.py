"""An event's row, with as little between the service and the database as its authentication allows.

Every change of the exchange waits for its event, so these two statements go past Django's query builder: one draws the
identifier, which the authentication code covers, the other writes the row; both are prepared once a connection. Drawing
identifiers ahead would save the first, but then numbers would no longer follow time.
"""

import json
from typing import Any, Final

import psycopg
from django.db import connection

from foundation.audit import canonical
from foundation.audit.models import Event

_COLUMNS: Final = (*canonical.EVENT_FIELDS, "mac")
_NEXT: Final = b"SELECT nextval('audit_event_id_seq')"
_PLACES: Final = ", ".join(["%s"] * len(_COLUMNS))
_INSERT: Final = (
    f"INSERT INTO audit_event ({', '.join(_COLUMNS)}) VALUES ({_PLACES}) RETURNING transaction"  # noqa: S608 (our names)
).encode()
_NEVER: Final = 2**31
"""Executions before a statement is prepared that nobody asked to prepare."""


def next_id() -> int:
    """A number above all that were drawn before. DatabaseError of Django."""
    return int(_one(_NEXT, ()))


def insert(event: Event) -> None:
    """Write the row of a complete event and note its transaction. DatabaseError of Django."""
    parameters = [_parameter(getattr(event, name)) for name in _COLUMNS]
    event.transaction = _one(_INSERT, parameters)
    event._state.adding, event._state.db = False, connection.alias


def _parameter(value: Any) -> Any:
    """As text that the column reads, so that the statement has one form, whatever the size of a number."""
    match value:
        case None | str() | bytes():
            return value
        case dict():
            return json.dumps(value, ensure_ascii=False)
        case int():
            return str(value)
        case _:
            return canonical.instant(value)


def _one(statement: bytes, parameters: Any) -> Any:
    """The one value that a statement gives back, in the caller's transaction.

    Prepared unless a pooler shares connections between transactions: Django's DISABLE_SERVER_SIDE_CURSORS says so.
    """
    connection.validate_no_broken_transaction()
    raw: psycopg.Connection[Any] = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = _NEVER
    prepare = not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    with connection.wrap_database_errors:
        (value,) = psycopg.Cursor(raw).execute(statement, parameters, prepare=prepare).fetchone() or (None,)
    return value
