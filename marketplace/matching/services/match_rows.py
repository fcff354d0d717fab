"""Rows of matches written many at a time, by one statement whose values are one parameter of JSON.

Django makes an expression of every value that it writes in bulk: of a hundred rows with a dozen columns that took
several times as long as finding them.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from marketplace.matching.models import Match

_GIVEN_BY_THE_DATABASE: Final = frozenset({"id", "created_at"})


def insert_matches(rows: Sequence[Match]) -> list[Match]:
    """Write new matches in this order; the same rows, with their identifiers. No two are of one demand and listing.

    Every column is said but those that the database gives (`id`, `created_at`), `stages` among them.
    """
    if not rows:
        return []
    names = [field.attname for field in Match._meta.concrete_fields if field.attname not in _GIVEN_BY_THE_DATABASE]
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Match._meta.db_table} ({columns}) SELECT {columns} FROM {_recordset(names)}"  # noqa: S608 - names of columns
            " RETURNING id, demand_id, listing_id",
            [_as_json(rows, names)],
        )
        numbers = {(demand_id, listing_id): number for number, demand_id, listing_id in cursor.fetchall()}
    for row in rows:
        row.pk, row._state.adding, row._state.db = numbers[row.demand_id, row.listing_id], False, connection.alias
    return list(rows)


def update_matches(rows: Sequence[Match], fields: Collection[str]) -> None:
    """Write these columns (`attname`s) of stored matches as the rows have them."""
    if not rows or not fields:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Match._meta.db_table} AS held SET {', '.join(f'{name} = said.{name}' for name in fields)}"  # noqa: S608 - names of columns
            f" FROM {_recordset(['id', *fields])} WHERE held.id = said.id",
            [_as_json(rows, ["id", *fields])],
        )


def _recordset(names: Collection[str]) -> str:
    """The parameter as rows with the types of these columns; of a match the columns are named as the attributes."""
    types = ", ".join(f"{name} {Match._meta.get_field(name).db_type(connection)}" for name in names)
    return f"jsonb_to_recordset(%s::jsonb) AS said ({types})"


def _as_json(rows: Sequence[Match], names: Collection[str]) -> str:
    """Instants to the microsecond; numbers as Python writes them, of which PostgreSQL makes the same again."""
    return json.dumps([{name: getattr(row, name) for name in names} for row in rows], default=datetime.isoformat)
