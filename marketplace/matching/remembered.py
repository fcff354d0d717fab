"""The open demands as this process remembers them, compared with the database at each question.

What the database is asked each time is which rows there are and which version of each: where it stands and which
transaction wrote it, which PostgreSQL knows of every row. So no writer has to tell anybody of a change, and none can be
missed, however many processes there are, and in whatever order their transactions end. Only what is another version
than before is read: of a demand that was matched anew and asks for the same as before, what every matching moves.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db import connection
from psycopg import Cursor

from marketplace.matching.engine.open_demands import MARKS, NONE, WEIGHED, OpenDemand, OpenDemands
from marketplace.matching.engine.postings import Array

_VERSION: Final = np.dtype([("demand", ">i8"), ("version", "V10")])
_VERSIONS: Final = """
SELECT concat_ws(' ', pg_postmaster_start_time(), (SELECT oid FROM pg_database WHERE datname = current_database())),
       (SELECT string_agg(int8send(demand_id) || xidsend(xmin) || tidsend(ctid), ''::bytea)
          FROM matching_standingdemand)
"""
"""Numbers of transactions count anew where a database is restored, which takes another server or another database."""
_STANDING: Final = " FROM matching_standingdemand AS standing WHERE demand_id = ANY(%s)"
_DEMAND: Final = """
  FROM matching_demand AS demand JOIN participants_organisation AS buyer ON buyer.id = demand.organisation_id
"""
_WISHES: Final = """
       organisation_id, created_by_id, buyer.region, columns <> '{}' OR sample_columns <> '[]', sector, regions,
       covers_from, covers_until, formats, supply_modes, purpose, scenario, exclusive, budget, currency,
       minimum_quality, maximum_age_days
"""


def _digest(terms: str) -> str:
    """Of all that is asked: the terms, and the wishes."""
    return f"decode(md5(ROW({terms}, {_WISHES})::text), 'hex')"


ASKED: Final = f"(SELECT {_digest('%s::text')} {_DEMAND} WHERE demand.id = %s)"
"""Of terms and a demand: the digest of all that is asked, `StandingDemand.asked`."""
_KNOWN: Final = np.dtype([*_VERSION.descr, ("asked", "V16")])
_WHICH: Final = "int8send(demand_id) || xidsend(standing.xmin) || tidsend(standing.ctid)"
_MATCHED: Final = np.dtype([*_KNOWN.descr, *((name, ">f8") for name in MARKS), ("terms", ">i4")])
_ANEW: Final = f"""
SELECT string_agg({_WHICH} || asked || float8send(eligible) || float8send(near) || float8send(coalesce(far, 'NaN'))
                  || int4send(length(weighed) / {WEIGHED.itemsize}), ''::bytea ORDER BY demand_id),
       string_agg(weighed, ''::bytea ORDER BY demand_id)
{_STANDING}"""
_ROWS: Final = f"""
SELECT {_WHICH} || {_digest("terms")}, demand_id, eligible, near, far, weighed, terms, {_WISHES}
{_DEMAND} JOIN matching_standingdemand AS standing ON standing.demand_id = demand.id WHERE demand_id = ANY(%s)
"""
"""_KNOWN, with the digest of what is read here, whatever was asked at the matching; then the fields of `OpenDemand`."""
_TOGETHER: Final = 10_000
_OFTEN: Final = 4
"""Read so many times over, all is read anew from nothing: words that no demand has any longer are forgotten."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """`known` are _KNOWN in the order of the demands; `learnt` counts what was read whole since there was nothing."""

    database: str
    known: Array
    demands: OpenDemands
    learnt: int


_NOTHING: Final = _Remembered("", np.empty(0, _KNOWN), NONE, 0)
_remembered = _NOTHING


def open_demands() -> OpenDemands:
    """Those that were matched, as their last matching left them, by what is committed when this is asked."""
    global _remembered
    before = _remembered  # replaced as a whole, whichever thread is last
    database, versions = _versions()
    if before.database != database or before.learnt > _OFTEN * len(versions) + _TOGETHER:
        before = _Remembered(database, _NOTHING.known, NONE, 0)
    new = versions["demand"][~_same(versions, before.known, "version")]
    if len(new) or len(before.known) > len(versions):
        moved, done = _matched_anew(before, new)
        unknown = new[~np.isin(new, done)]
        stay = np.isin(before.known["demand"], versions["demand"]) & ~np.isin(before.known["demand"], unknown)
        _remembered = before = _learnt(moved, stay, unknown)
    return before.demands


def _versions() -> tuple[str, Array]:
    ((database, packed),) = _fetched(_VERSIONS)
    versions = np.frombuffer(packed or b"", _VERSION)
    return database, versions[np.argsort(versions["demand"])]


def _fetched(sql: str, *demands: Array) -> list[Any]:
    """In binary form: bytes would come as hexadecimal digits otherwise, twice as long."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(sql.encode(), [some.tolist() for some in demands], binary=True).fetchall()


def _same(these: Array, those: Array, name: str) -> Array:
    """Of each of these whether that demand has the same `name` among those; both in the order of the demands."""
    places = np.searchsorted(those["demand"], these["demand"])
    same: Array = places < len(those)
    same[same] = those["demand"][places[same]] == these["demand"][same]
    same[same] = those[name][places[same]] == these[name][same]
    return same


def _matched_anew(before: _Remembered, new: Array) -> tuple[_Remembered, Array]:
    """With the marks and rarities of now, where one of these demands is known and asks for the same; and which do."""
    known = new[np.isin(new, before.known["demand"])]
    if not len(known):
        return before, known
    ((packed, weighed),) = _fetched(_ANEW, known)
    rows = np.frombuffer(packed or b"", _MATCHED)
    same = _same(rows, before.known, "asked")
    terms = np.frombuffer(weighed or b"", WEIGHED)[np.repeat(same, rows["terms"])]
    rows = rows[same]
    places = np.searchsorted(before.known["demand"], rows["demand"])
    now = before.known.copy()
    now["version"][places] = rows["version"]
    marks = np.stack([rows[name] for name in MARKS])
    demands = before.demands.matched_anew(places, marks, terms)
    return _Remembered(before.database, now, demands, before.learnt), rows["demand"]


def _learnt(before: _Remembered, stay: Array, unknown: Array) -> _Remembered:
    """Those of before that `stay`, and the `unknown`, which are read; one that is gone by now is left out."""
    if stay.all() and not len(unknown):
        return before
    known, read = [before.known[stay]], []
    for begin in range(0, len(unknown), _TOGETHER):
        rows = _fetched(_ROWS, unknown[begin : begin + _TOGETHER])
        known.append(np.frombuffer(b"".join(row[0] for row in rows), _KNOWN))
        read += [OpenDemand(*row[1:]) for row in rows]
    found = np.concatenate(known)
    return _Remembered(
        database=before.database,
        known=found[np.argsort(found["demand"])],
        demands=before.demands.changed(stay, read),
        learnt=before.learnt + len(read),
    )
