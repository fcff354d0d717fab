"""Somebody with full access to the database, but without the secrets of the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

TABLES = ("audit_event", "audit_sealedposition", "audit_seal")


class _Undo(Exception):
    pass


@contextmanager
def attacker() -> Iterator[None]:
    """The append-only triggers are off inside the block; everything done there is undone after it."""
    try:
        with transaction.atomic():
            for table in TABLES:
                sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            raise _Undo
    except _Undo:
        pass


def sql(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Run one statement; the rows it returns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []
