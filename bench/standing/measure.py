"""Changes of listings one by one, timed; needs Django set up."""

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db import connection
from django.db.models import F

from foundation.actors import system
from marketplace.catalog.models import ListingVersion
from marketplace.matching import services
from marketplace.matching.models import (
    Demand,
    IndexedListing,
    IndexPosting,
    IndexSegment,
    Match,
    StandingDemand,
)
from marketplace.matching.remembered import open_demands as open_demands_now

KINDS: Final = ("published", "repriced", "withdrawn")
ACTOR: Final = system("matching")
LIVE: Final = ("proposed", "accepted", "converted")


@dataclass(slots=True)
class Result:
    """What changes of one kind cost."""

    seconds: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    affected: set[int] = field(default_factory=set)
    needed: int = 0
    rematched: int = 0
    rematching: float = 0.0

    @property
    def late(self) -> float:
        """Seconds that 95 of 100 took at most."""
        return sorted(self.seconds)[int(0.95 * (len(self.seconds) - 1))]

    @property
    def many(self) -> int:
        """Demands that 95 of 100 touched at most."""
        return sorted(self.counts)[int(0.95 * (len(self.counts) - 1))]

    @property
    def each(self) -> float:
        """Seconds of matching one demand anew."""
        return self.rematching / max(1, self.rematched)


def open_demands() -> list[int]:
    """All of them."""
    return services.open_demands()


def rematched(demand_id: int) -> None:
    """As the job does it."""
    services.rematch_demand(actor=ACTOR, demand_id=demand_id)


def matched(demands: Sequence[int]) -> float:
    """Match these; the seconds it took in this process."""
    begun = time.perf_counter()
    for demand_id in demands:
        rematched(demand_id)
    return time.perf_counter() - begun


def changes(kind: str, versions: Sequence[int], sample: int, draw: random.Random) -> Result:
    """Change each of them, find whom it affects, and match some of these anew."""
    result = Result()
    share = max(1, sample // len(versions))
    for version_id in versions:
        listing_id = changed(kind, version_id, draw)
        begun = time.perf_counter()
        found = services.affected_demands(listing_id)
        result.seconds.append(time.perf_counter() - begun)
        result.counts.append(len(found))
        result.affected.update(found)
        for demand_id in draw.sample(found, min(share, len(found))):
            before = pairs(demand_id)
            begun = time.perf_counter()
            rematched(demand_id)
            result.rematching += time.perf_counter() - begun
            result.rematched += 1
            result.needed += pairs(demand_id) != before
        written(found)
    return result


def written(demands: Sequence[int]) -> None:
    """The rows that matching all of these would write anew, so that whoever asks next reads them again."""
    StandingDemand.objects.filter(pk__in=demands).update(eligible=F("eligible"))


def remembered() -> float:
    """Seconds to read all open demands from nothing, as a process does at its first question."""
    begun = time.perf_counter()
    open_demands_now()
    return time.perf_counter() - begun


def changed(kind: str, version_id: int, draw: random.Random) -> int:
    """Publish it, give it another price, or withdraw it, with the index as the catalogue's transaction does it."""
    rows = ListingVersion.objects.filter(pk=version_id)
    if kind == "published":
        rows.update(state="published")
    elif kind == "repriced":
        rows.update(price=Decimal(draw.randrange(10_000)))
    else:
        rows.update(state="withdrawn")
    services.follow_version(version_id)
    return rows.get().listing_id


def pairs(demand_id: int) -> set[tuple[int, bool]]:
    """What a demand shows."""
    rows = Match.objects.filter(demand=demand_id, state__in=LIVE)
    return set(rows.values_list("listing_id", "eligible"))


def told_missed(demands: Sequence[int], versions: Sequence[int], sample: int, draw: random.Random) -> None:
    """Match demands anew that no change was found to touch, and say whose pairs are others than before."""
    listings = set(ListingVersion.objects.filter(pk__in=versions).values_list("listing_id", flat=True))
    chosen = draw.sample(demands, min(sample, len(demands)))
    by_change = by_drift = 0
    for demand_id in chosen:
        before = pairs(demand_id)
        rematched(demand_id)
        moved = {listing for listing, _eligible in pairs(demand_id) ^ before}
        by_change += bool(moved & listings)
        by_drift += bool(moved) and not moved & listings
    sys.stdout.write(
        f"of {len(demands)} demands that no change was found to touch {len(chosen)} matched anew:"
        f" {by_change} miss one of the changed listings, {by_drift} show other listings by drift\n"
    )


def vacuumed() -> None:
    """As autovacuum leaves the tables after a while."""
    with connection.cursor() as cursor:
        for model in (Demand, StandingDemand, IndexPosting, IndexSegment, IndexedListing, Match):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
