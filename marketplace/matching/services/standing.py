"""Open demands as listings find them, written: by every matching of a demand, until the demand ends.

Derived from the demand and its matching: its writes are no events and leave no trace in the audit log.
"""

from hashlib import blake2b
from typing import Final

from django.db import connection

from marketplace.matching.engine.reverse import Reach, TermCount, counted, rarities
from marketplace.matching.engine.text import analyse
from marketplace.matching.engine.weights import TextWeights
from marketplace.matching.models import StandingDemand, StandingTerm
from marketplace.matching.weighing import catalogue_for

_LOCKS: Final = 0x6D617463
"""The advisory locks of matchings are of this class ("matc"); two demands that share one only wait for each other."""
_MOST_COUNTED: Final = 32_767


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


_FOLLOW: Final = """
UPDATE matching_standingterm AS held SET surface_rarity = now.surface, stem_rarity = now.stem
  FROM unnest(%s::varchar[], %s::float8[], %s::float8[]) AS now(term, surface, stem)
 WHERE held.demand_id = %s AND held.term = now.term
   AND (abs(held.surface_rarity - now.surface) > 0.001 * now.surface
        OR abs(held.stem_rarity - now.stem) > 0.001 * now.stem)
"""
"""What moved by less than a thousandth is not written: it is of no account beside DRIFT."""


def keep_standing(*, demand_id: int, words: str, reach: Reach, weights: TextWeights) -> None:
    """Store the terms of an open demand with how rare they are now, and what a listing must reach to be shown for it.

    What is there already is written only where it moved.
    """
    terms = counted(analyse(words))
    catalogue = catalogue_for([one.term for one in terms])
    rare = {one.term: rarities(one.term, catalogue, weights) for one in terms}
    digest = _digest(terms)
    before = StandingDemand.objects.filter(pk=demand_id).first()
    row = StandingDemand(demand_id=demand_id, digest=digest, eligible=reach.eligible, near=reach.near, far=reach.far)
    if before is not None and bytes(before.digest) == digest:
        if (before.eligible, before.near, before.far) != (reach.eligible, reach.near, reach.far):
            row.save(force_update=True)
        with connection.cursor() as cursor:
            surface, stem = ([pair[place] for pair in rare.values()] for place in (0, 1))
            cursor.execute(_FOLLOW, [list(rare), surface, stem, demand_id])
        return
    drop_standing(demand_id=demand_id)
    row.save(force_insert=True)
    StandingTerm.objects.bulk_create(
        StandingTerm(
            demand_id=demand_id,
            term=one.term,
            surface=min(one.surface, _MOST_COUNTED),
            stem=min(one.stem, _MOST_COUNTED),
            surface_rarity=rare[one.term][0],
            stem_rarity=rare[one.term][1],
        )
        for one in terms
    )


def drop_standing(*, demand_id: int) -> None:
    """The demand is open no longer: no listing looks for it."""
    StandingTerm.objects.filter(demand_id=demand_id).delete()
    StandingDemand.objects.filter(pk=demand_id).delete()


def _digest(terms: list[TermCount]) -> bytes:
    digest = blake2b(digest_size=16)
    for one in terms:
        digest.update(f"{one.term}\x00{one.surface}\x00{one.stem}\x00".encode())
    return digest.digest()
