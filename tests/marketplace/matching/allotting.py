"""Demands for exclusive licences and rounds of the allocation, by the real services."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from marketplace.authorization.models import Allotment
from marketplace.catalog.models import ListingVersion
from marketplace.matching import services
from marketplace.matching.cadence import last_due
from marketplace.matching.models import Demand
from tests.factories import Party, World
from tests.marketplace.authorization.asking import UNIFIED, listing
from tests.marketplace.matching.demands import SYSTEM, matched, opened
from tests.marketplace.matching.test_tasks import Unhurried


def offered(world: World, **changes: Any) -> ListingVersion:
    """A published version of which an exclusive licence can be had."""
    return listing(world, UNIFIED, exclusive_offered=True, **changes)


def wanting(party: Party, **changes: Any) -> Demand:
    """An open demand for an exclusive licence, matched."""
    demand = opened(party, exclusive=True, **changes)
    matched(demand)
    return demand


def held(weeks: int = 0) -> dict[str, int]:
    """Hold the round of the instant that is so many weeks after the last due one."""
    due = last_due(timezone.now()) + timedelta(weeks=weeks)
    return services.allocate_rights(Unhurried(), actor=SYSTEM, due_at=due)  # type: ignore[arg-type]


def allotted(world: World, version: ListingVersion) -> Allotment:
    """The exclusive right to a listing, allotted to the world's buyer by a round."""
    wanting(world.buyer, text="allotted departures")
    held()
    return Allotment.objects.get(listing=version.listing_id)
