"""Listings that nobody uses: found once each time, told to both sides, over when they are used again."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import override

from foundation.audit.selectors import timeline
from foundation.jobs.models import Job
from foundation.notifications import registry
from foundation.participants import services as participants
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Listing, ListingVersion
from marketplace.matching import dormancies, services
from marketplace.matching.metrics import dormant
from marketplace.matching.models import Dormancy, Match
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import SYSTEM, found, matched, opened

pytestmark = pytest.mark.django_db


def published(world: World, days: int, **changes: Any) -> ListingVersion:
    """A listing that was published so many days ago."""
    version = published_listing(world, **changes)
    ListingVersion.objects.filter(pk=version.pk).update(published_at=timezone.now() - timedelta(days=days, minutes=1))
    version.refresh_from_db()
    return version


def run() -> tuple[int, int]:
    counts = services.find_dormant(actor=SYSTEM)
    return counts["found"], counts["ended"]


def told(kind: str) -> list[int | None]:
    return list(Job.objects.filter(kind=f"tell.{kind}").order_by("pk").values_list("subject_id", flat=True))


def test_a_listing_that_nobody_uses_is_found_once_and_offered(world: World) -> None:
    version = published(world, 180)
    published(world, 179, title="Flight delays again")
    suits, near = opened(world.buyer), opened(world.other_buyer, minimum_quality=99.0)
    closed, away = opened(world.other_buyer), world.organisation("", "buyer")
    for demand in (suits, near, closed, opened(away)):
        matched(demand)
    participants.suspend_organisation(actor=SYSTEM, organisation_id=away.organisation_id, reason="Checks.")
    services.close_demand(actor=world.other_buyer.actor, demand_id=closed.pk)
    assert (run(), run()) == ((1, 0), (0, 0))
    row = Dormancy.objects.get()
    assert (row.listing_id, row.unused_since, row.offers, row.near_misses) == (
        version.listing_id, version.published_at, 1, 1,
    )  # fmt: skip
    match = Match.objects.get(demand=suits, listing=version.listing_id)
    event = timeline(("dormancy", row.pk)).get()
    assert (event.action, event.data) == ("dormancy.found", {"listing": version.listing_id, "offered": [match.pk]})
    assert (told("matching.listing_dormant"), told("matching.dormant_offered")) == ([row.pk], [match.pk])
    Dormancy.objects.update(near_misses=7)
    with override("en"):
        kind = registry.kind("matching.listing_dormant")
        said = str(kind.text) % kind.words(world.provider.actor, [row.pk])[row.pk]
    assert "buyers of <5 open demands; 5+ further open demands ask for what it has" in said
    (answer,) = world.provider.client.get("/api/v1/dormant-listings").json()["results"]
    assert (answer["listing"], answer["offers"], answer["near_misses"]) == (version.listing_id, "<5", "5+")
    assert dormant() == [((), 1)]


def test_used_again_it_is_over_and_may_be_forgotten_again(world: World) -> None:
    version = published(world, 200)
    assert run() == (1, 0)
    catalog.count_use(listing_id=version.listing_id, bytes_sent=1)
    assert (run(), run()) == ((0, 1), (0, 0))
    assert Dormancy.objects.get().ended_at is not None
    Listing.objects.update(last_used_at=timezone.now() - timedelta(days=181))
    assert (run(), Dormancy.objects.count(), dormant()) == ((1, 0), 2, [((), 1)])


def test_withdrawn_it_is_over(world: World) -> None:
    version = published(world, 200)
    run()
    catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
    assert run() == (0, 1)


def test_at_most_so_many_buyers_are_told_the_nearest_first(world: World, settings) -> None:
    settings.DORMANT_OFFERS = 1
    version = published(world, 200)
    far, near = opened(world.buyer, text="airports of cities in China"), opened(world.other_buyer)
    for demand in (far, near):
        matched(demand)
    scores = [found(demand)[0].score for demand in (far, near)]
    assert scores[0] < scores[1]
    run()
    assert Dormancy.objects.get().offers == 1
    assert told("matching.dormant_offered") == [Match.objects.get(demand=near, listing=version.listing_id).pk]


def test_who_sees_them(world: World) -> None:
    published(world, 200)
    run()
    row = Dormancy.objects.get()
    seen = {
        name: list(dormancies.visible_dormancies(getattr(world, name).actor))
        for name in ("provider", "other_provider", "buyer", "exchange")
    }
    assert seen == {"provider": [row], "other_provider": [], "buyer": [], "exchange": [row]}


def test_what_was_decided_on_is_not_offered(world: World) -> None:
    version = published(world, 200)
    first, second, third = (opened(world.buyer) for _one in range(3))
    for demand in (first, second, third):
        matched(demand)
    numbers = {row.demand_id: row.pk for row in Match.objects.filter(listing=version.listing_id)}
    services.accept_match(actor=world.buyer.actor, match_id=numbers[first.pk])
    services.dismiss_match(actor=world.buyer.actor, match_id=numbers[second.pk], reason="No.")
    run()
    assert (Dormancy.objects.get().offers, told("matching.dormant_offered")) == (1, [numbers[third.pk]])


def test_what_another_run_has_found_is_found_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = published(world, 200)
    seen_by_both = [(version.listing_id, version.published_at)] * 2
    monkeypatch.setattr("marketplace.matching.services.dormant._unused", lambda _before: seen_by_both)
    assert (run(), Dormancy.objects.count(), len(told("matching.listing_dormant"))) == ((1, 0), 1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_demand_that_is_being_matched_is_offered_it_as_well(transactional_db: None) -> None:
    world = World()
    published(world, 200)
    demand = opened(world.buyer)
    matched(demand)
    counts: list[tuple[int, int]] = []

    def find() -> None:
        counts.append(run())
        connection.close()

    with transaction.atomic():
        matched(demand)
        thread = Thread(target=find)
        thread.start()
        thread.join(30)
    assert (counts, Dormancy.objects.get().offers) == ([(1, 0)], 1)
