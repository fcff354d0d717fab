"""Runs of matching at the same time: they never interleave. These commit, the other tests of rematching do not."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.matching import services
from marketplace.matching.models import Demand
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import SYSTEM, found, matched, opened, picture

TITLES = ("Flight delays of New York", "Flight schedules", "Airports of the world")


@pytest.mark.django_db(transaction=True)
def test_many_runs_at_once_are_as_one(world: World) -> None:
    """Each withdrawal is followed by a run, among others: the last to hold the demand has seen everything."""
    demand = opened(world.buyer)
    together = Barrier(6)
    first, second, kept = (
        published_listing(world, title=title, description=title, tags=[], title_zh="") for title in TITLES
    )

    def run(version: ListingVersion | None) -> None:
        try:
            together.wait(20)
            if version is not None:
                catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
            services.rematch_demand(actor=SYSTEM, demand_id=demand.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        for future in [pool.submit(run, version) for version in (None, None, first, None, None, second)]:
            future.result(60)
    assert [row.listing_id for row in found(demand) if row.state == "proposed"] == [kept.listing_id]
    twin = opened(world.buyer)
    matched(twin)
    assert picture(demand) == picture(twin)


@pytest.mark.django_db(transaction=True)
def test_a_refreshing_passes_by_a_demand_that_somebody_else_holds(world: World) -> None:
    demand = opened(world.buyer)

    def refresh() -> bool:
        try:
            return services.refresh_demand(actor=SYSTEM, demand_id=demand.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Demand.objects.select_for_update().get(pk=demand.pk)
            assert pool.submit(refresh).result(20) is False
        assert pool.submit(refresh).result(20) is True
        assert pool.submit(refresh).result(20) is False  # not due again
