"""Publications and demands at the same time: no match is lost, none is there twice. These commit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from random import Random
from threading import Barrier
from typing import Any, Final

import pytest
from django.db import connection
from django.utils import timezone

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from grading.models import DataAsset
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Distribution, Listing, ListingVersion
from marketplace.matching import services, tasks
from marketplace.matching.models import Demand, Match, StandingDemand
from marketplace.matching.services.standing import begin_matching, being_matched
from tests.at_once import uncommitted
from tests.factories import World, published_listing, submitted_listing
from tests.marketplace.matching.demands import SYSTEM, drafted, matched, opened
from tests.marketplace.matching.test_tasks import Unhurried

MANY: Final = 50
TOPICS: Final = tuple(f"{word}{place}" for word in ("ports", "mines", "taxis", "rivers", "beds") for place in range(5))
LANES: Final = 3
LIVE: Final = ["proposed", "accepted", "converted"]


def submitted(world: World, asset: DataAsset) -> list[int]:
    """Versions in review, all of the same graded file, two of each topic; written at once."""
    provider = world.provider.organisation_id
    listings = Listing.objects.bulk_create(Listing(organisation_id=provider) for _one in range(MANY))
    versions = ListingVersion.objects.bulk_create(
        ListingVersion(
            listing=listing,
            number=1,
            title=f"{TOPICS[place % len(TOPICS)]} no{place}",
            sector="transport",
            origin="enterprise",
            region="210200",
            supply_mode="licensed",
            price=Decimal(place * 10),
        )
        for place, listing in enumerate(listings)
    )
    Distribution.objects.bulk_create(
        Distribution(version=version, asset=asset, title="table", media_type="text/csv") for version in versions
    )
    ListingVersion.objects.filter(pk__in=[version.pk for version in versions]).update(state="in_review")
    return [version.pk for version in versions]


def pairs() -> list[tuple[Any, ...]]:
    rows = Match.objects.filter(state__in=LIVE).order_by("demand_id", "listing_id", "pk")
    return list(rows.values_list("demand_id", "listing_id", "version_id", "eligible", "state"))


def figures(demands: list[int]) -> list[tuple[Any, ...]]:
    rows = Match.objects.filter(state__in=LIVE, demand__in=demands).order_by("demand_id", "rank", "pk")
    return list(rows.values_list("demand_id", "listing_id", "rank", "score", "features", "constraints_report"))


@pytest.mark.django_db(transaction=True)
def test_fifty_publications_and_fifty_demands_at_once_are_as_a_full_recomputation(world: World) -> None:
    asset = submitted_listing(world).distributions.get().asset
    versions = submitted(world, asset)
    demands = [
        drafted(world.buyer, text=TOPICS[place % len(TOPICS)], sector="", budget=Decimal(250) if place % 3 else None).pk
        for place in range(MANY)
    ]
    reviewer, buyer = world.reviewer.actor, world.buyer.actor
    together = Barrier(LANES)
    acts = [("listing_version", pk) for pk in versions] + [("demand", pk) for pk in demands]
    Random(11).shuffle(acts)

    def run(share: list[tuple[str, int]]) -> None:
        """Each act is followed by the jobs that it caused, as a worker does them, beside those of the others."""
        try:
            together.wait(30)
            for subject, pk in share:
                if subject == "demand":
                    services.open_demand(actor=buyer, demand_id=pk)
                else:
                    catalog.publish_version(actor=reviewer, version_id=pk)
                caused = Job.objects.filter(kind__startswith="matching.", subject_type=subject, subject_id=pk)
                for job_id in caused.values_list("pk", flat=True):
                    jobs.execute(job_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(LANES) as pool:
        for future in [pool.submit(run, acts[place::LANES]) for place in range(LANES)]:
            future.result(300)
    caused = Job.objects.filter(kind__in=["matching.match_listing", "matching.match_demand"])
    assert list(caused.values_list("state", flat=True)) == ["succeeded"] * 2 * MANY
    found = pairs()
    assert len(found) == MANY * MANY // len(TOPICS)  # each demand with the two listings of its topic
    assert {row[4] for row in found} == {"proposed"}
    assert {row[3] for row in found} == {True, False}
    assert not Match.objects.exclude(state__in=LIVE).exists()
    some = demands[:9]
    Demand.objects.filter(pk__in=some).update(matched_at=timezone.now() - timedelta(hours=25))
    assert tasks.refresh(Unhurried()) == {"demands": len(some)}
    assert tasks.queue_refresh() is False
    refreshed = figures(some)
    for derived in (Match, StandingDemand):
        derived.objects.all().delete()
    for pk in demands:
        services.rematch_demand(actor=SYSTEM, demand_id=pk)
    assert pairs() == found
    assert figures(some) == refreshed


@pytest.mark.django_db(transaction=True)
def test_a_demand_that_is_being_matched_elsewhere_is_affected_whatever_it_asks_for(world: World) -> None:
    """Its matching may have read the index before the listing was there, and its marks are not written yet."""
    demand = opened(world.buyer, text="hospital beds")
    matched(demand)
    listing_id = published_listing(world).listing_id
    assert services.affected_demands(listing_id) == []
    with uncommitted(lambda: begin_matching(demand.pk)):
        assert being_matched() == [demand.pk]
        assert services.affected_demands(listing_id) == [demand.pk]
    assert services.affected_demands(listing_id) == []
