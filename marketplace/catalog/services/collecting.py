"""Files of a listing count together: which of them belong to one publication is told to their grading."""

from typing import Final

from django.db import transaction

from foundation.actors import Actor, system
from foundation.jobs.services import Run
from foundation.participants.policies import require_system
from grading import services as grading
from marketplace.catalog import states
from marketplace.catalog.models import Distribution, Listing

ACTOR: Final = system("catalog")
TOGETHER: Final = (*states.OPEN, *states.CURRENT)
"""Versions whose files count: those that are public or may become so. What was replaced keeps its last count."""


def collect(listing_id: int) -> int:
    """Have the files of each version of a listing count together; how many are graded anew.

    In the caller's transaction, which holds the listing.
    """
    rows = Distribution.objects.filter(version__listing_id=listing_id, version__state__in=TOGETHER)
    publications: dict[int, set[int]] = {}
    for version_id, asset_id in rows.values_list("version_id", "asset_id"):
        publications.setdefault(version_id, set()).add(asset_id)
    return grading.count_together(actor=ACTOR, publications=list(publications.values()))


@transaction.atomic
def collect_now(listing_id: int) -> int:
    """`collect` in a transaction of its own: what it finds stays where the step after it is refused."""
    Listing.objects.select_for_update(no_key=True).get(pk=listing_id)
    return collect(listing_id)


def collect_graded(run: Run, *, actor: Actor, grade_id: int) -> int:
    """Count the files of the listing anew in which a file was examined: it may add more to the others now, or less.

    How many are graded anew. As attempt `run` of a job; twice is once.
    """
    require_system(actor)
    listings = Distribution.objects.filter(asset__grades=grade_id).values_list("version__listing_id", flat=True)
    regraded = 0
    for listing_id in sorted(set(listings)):
        with run.commit():
            regraded += collect_now(listing_id)
    return regraded
