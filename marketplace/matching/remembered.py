"""The open demands as this process remembers them, compared with the database at each question.

What the database is asked each time is which rows there are and which version of each: where it stands and which
transaction wrote it, which PostgreSQL knows of every row. So no writer has to tell anybody of a change, and none can be
missed, however many processes there are, and in whatever order their transactions end. Only what is another version
than before is read.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db import connection

from marketplace.matching.engine.open_demands import NONE, OpenDemand, OpenDemands
from marketplace.matching.engine.postings import Array

_VERSION: Final = np.dtype([("demand", ">i8"), ("version", "V10")])
_VERSIONS: Final = """
SELECT concat_ws(' ', pg_postmaster_start_time(), (SELECT oid FROM pg_database WHERE datname = current_database())),
       (SELECT string_agg(int8send(demand_id) || xidsend(xmin) || tidsend(ctid), ''::bytea)
          FROM matching_standingdemand)
"""
"""Numbers of transactions count anew where a database is restored, which takes another server or another database."""
_ROWS: Final = """
SELECT int8send(standing.demand_id) || xidsend(standing.xmin) || tidsend(standing.ctid),
       standing.demand_id, organisation_id, created_by_id, buyer.region, eligible, near, far, terms, weighed,
       columns <> '{}' OR sample_columns <> '[]', sector, regions, covers_from, covers_until, formats, supply_modes,
       purpose, scenario, exclusive, budget, currency, minimum_quality, maximum_age_days
  FROM matching_standingdemand AS standing
  JOIN matching_demand AS demand ON demand.id = standing.demand_id
  JOIN participants_organisation AS buyer ON buyer.id = demand.organisation_id
 WHERE standing.demand_id = ANY(%s)
"""
"""The version, then the fields of `OpenDemand`."""
_TOGETHER: Final = 10_000
_OFTEN: Final = 4
"""Read so many times over, all is read anew from nothing: words that no demand has any longer are forgotten."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """`versions` are _VERSION in the order of the demands; `learnt` counts what was read since there was nothing."""

    database: str
    versions: Array
    demands: OpenDemands
    learnt: int


_NOTHING: Final = _Remembered("", np.empty(0, _VERSION), NONE, 0)
_remembered = _NOTHING


def open_demands() -> OpenDemands:
    """Those that were matched, as their last matching left them, by what is committed when this is asked."""
    global _remembered
    known = _remembered  # replaced as a whole, whichever thread is last
    database, versions = _versions()
    if known.database != database or known.learnt > _OFTEN * len(versions) + _TOGETHER:
        known = _NOTHING
    kept = _same(known.versions, versions)
    if kept.sum() < max(len(kept), len(versions)):
        missing = versions["demand"][~_same(versions, known.versions)]
        _remembered = known = _learnt(known, kept, missing, database)
    return known.demands


def _same(these: Array, those: Array) -> Array:
    """Of each of these versions whether it is one of those; both in the order of the demands."""
    places = np.searchsorted(those["demand"], these["demand"])
    same: Array = places < len(those)
    same[same] = those[places[same]] == these[same]
    return same


def _versions() -> tuple[str, Array]:
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS)
        database, packed = cursor.fetchone()
    versions = np.frombuffer(packed or b"", _VERSION)
    return database, versions[np.argsort(versions["demand"])]


def _learnt(known: _Remembered, kept: Array, missing: Array, database: str) -> _Remembered:
    """What is `kept` of it, and these demands; one that is gone by now is left out."""
    versions, read = [known.versions[kept]], []
    for begin in range(0, len(missing), _TOGETHER):
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [missing[begin : begin + _TOGETHER].tolist()])
            rows = cursor.fetchall()
        versions.append(np.frombuffer(b"".join(bytes(row[0]) for row in rows), _VERSION))
        read += [OpenDemand(*row[1:]) for row in rows]
    found = np.concatenate(versions)
    return _Remembered(
        database, found[np.argsort(found["demand"])], known.demands.changed(kept, read), known.learnt + len(read)
    )
