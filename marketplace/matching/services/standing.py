"""Open demands as listings find them, written: by every matching of a demand, until the demand ends.

Derived from the demand and its matching: its writes are no events and leave no trace in the audit log.
"""

from typing import Final

import numpy as np
from django.db import connection
from django.db.models.expressions import RawSQL

from marketplace.matching.engine.open_demands import MOST_COUNTED, WEIGHED
from marketplace.matching.engine.reverse import Reach, counted, rarities
from marketplace.matching.engine.text import analyse
from marketplace.matching.engine.weights import TextWeights
from marketplace.matching.models import StandingDemand
from marketplace.matching.remembered import ASKED
from marketplace.matching.weighing import catalogue_for

_LOCKS: Final = 0x6D617463
"""The advisory locks of matchings are of this class ("matc"); two demands that share one only wait for each other."""


def begin_matching(demand_id: int) -> None:
    """Let it be known until the transaction ends that this demand is being matched (`being_matched`).

    Called before the index is read: what is published afterwards is not seen by this matching, and finds the demand
    by marks that it has not written yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, demand_id % 2**31])


def being_matched() -> list[int]:
    """The demands (their numbers modulo 2^31) that others are matching at this instant.

    Read before their marks are: what is not among them has written its marks, or has yet to read the index.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND pid <> pg_backend_pid()",
            [_LOCKS],
        )
        return [number for (number,) in cursor.fetchall()]


def keep_standing(*, demand_id: int, words: str, reach: Reach, weights: TextWeights) -> None:
    """Store the terms of an open demand with how rare they are now, and what a listing must reach to be shown for it.

    Always anew: by what was written every process knows that it has to be read (`remembered`).
    """
    terms = counted(analyse(words))
    catalogue = catalogue_for([one.term for one in terms], weights)
    weighed = [
        (min(one.surface, MOST_COUNTED), min(one.stem, MOST_COUNTED), *rarities(one.term, catalogue, weights))
        for one in terms
    ]
    named = " ".join(one.term for one in terms)
    StandingDemand(
        demand_id=demand_id,
        asked=RawSQL(ASKED, (named, demand_id)),  # noqa: S611 - our own words
        eligible=reach.eligible,
        near=reach.near,
        far=reach.far,
        terms=named,
        weighed=np.array(weighed, WEIGHED).tobytes(),
    ).save()


def drop_standing(*, demand_id: int) -> None:
    """The demand is open no longer: no listing looks for it."""
    StandingDemand.objects.filter(pk=demand_id).delete()
