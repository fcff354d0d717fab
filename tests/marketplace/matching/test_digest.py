"""Who is told of matches: both sides, once, in a digest or at once; and of what nobody is told."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.notifications import selectors
from foundation.notifications import services as notifications
from foundation.notifications.models import Notification
from foundation.notifications.rendering import render
from foundation.notifications.services.reading import Choice
from foundation.participants import services as participants
from marketplace.catalog.models import ListingVersion
from marketplace.matching import services as matching
from marketplace.matching.models import Match
from tests.factories import SYSTEM, World, published_listing
from tests.marketplace.matching.demands import matched, opened
from tests.marketplace.test_notices import read, told


def test_matches_come_as_a_digest(world: World) -> None:
    first, demand = opened(world.buyer), opened(world.buyer)
    published_listing(world)
    published_listing(world, world.other_provider)
    matched(first)
    matched(demand)
    eligible = Match.objects.filter(state="proposed", eligible=True)
    count = eligible.count()
    assert count > 1
    assert [matching.tell_of_matches(actor=SYSTEM), matching.tell_of_matches(actor=SYSTEM)] == [3, 0]
    row = Notification.objects.get(kind="matching.matches_proposed")
    assert (row.recipient_id, row.params) == (
        world.buyer.user.pk,
        {"matches": count, "demands": eligible.values("demand").distinct().count()},
    )
    assert read(world.buyer, row.kind) == f"New matches: {count}"
    assert not eligible.filter(announced_at=None).exists()
    third = published_listing(world, world.organisation("Third", "provider"))
    matched(demand)
    assert matching.tell_of_matches(actor=SYSTEM) == 1  # the third provider; the buyer not within a day
    Match.objects.exclude(announced_at=None).update(announced_at=timezone.now() - timedelta(hours=25))
    assert matching.tell_of_matches(actor=SYSTEM) == 1
    newest = Notification.objects.filter(kind=row.kind).latest("pk")
    assert newest.params == {"matches": 1, "demands": 1}
    assert Match.objects.get(demand=demand, version=third).announced_at is not None


def test_what_was_found_for_a_demand_that_is_over_is_no_news(world: World) -> None:
    published_listing(world)
    over, going_on = opened(world.buyer), opened(world.other_buyer)
    for demand in (over, going_on):
        matched(demand)
    matching.close_demand(actor=world.buyer.actor, demand_id=over.pk)
    with CaptureQueriesContext(connection) as queries:
        assert matching.tell_of_matches(actor=SYSTEM) == 2
    assert told("matching.matches_proposed") == [world.other_buyer.user.pk]
    assert told("matching.listings_matched") == [world.provider.user.pk]
    assert Match.objects.get(provider_told_at=None).demand_id == over.pk
    assert "constraints_report" not in str(queries.captured_queries)  # counted, not read


def test_what_is_found_for_a_buyer_that_may_not_trade_is_told_once_it_may(world: World) -> None:
    for party, kind in ((world.buyer, "matching.match_proposed"), (world.provider, "matching.listing_matched")):
        notifications.set_preferences(actor=party.actor, choices=[Choice(kind, "in_app", True)])
    published_listing(world)
    demand, buyer = opened(world.buyer), world.buyer.organisation_id
    participants.suspend_organisation(actor=SYSTEM, organisation_id=buyer, reason="Checks.")
    matched(demand)
    assert (matching.tell_of_matches(actor=SYSTEM), Notification.objects.count()) == (0, 0)
    participants.reinstate_organisation(actor=SYSTEM, organisation_id=buyer)
    matched(demand)
    assert told("matching.match_proposed") == [world.buyer.user.pk]
    assert told("matching.listing_matched") == [world.provider.user.pk]
    assert matching.tell_of_matches(actor=SYSTEM) == 2


def test_a_near_miss_is_no_news(world: World) -> None:
    published_listing(world)
    demand = opened(world.buyer, minimum_quality=99.0)
    assert matched(demand) == {"proposed": 1, "lapsed": 0, "matches": 0, "near_misses": 1}
    assert matching.tell_of_matches(actor=SYSTEM) == 0
    assert not Notification.objects.exists()


def test_providers_are_told_how_many_demands_their_listings_meet_and_of_nobody(world: World) -> None:
    first, second = opened(world.buyer), opened(world.other_buyer)
    published_listing(world)
    published_listing(world, world.other_provider, price=Decimal(1))
    for demand in (first, second):
        matched(demand)
    Match.objects.filter(listing__organisation=world.other_provider.organisation_id, demand=second).update(
        eligible=False
    )
    matching.tell_of_matches(actor=SYSTEM)
    kind = "matching.listings_matched"
    assert told(kind) == [world.provider.user.pk, world.other_provider.user.pk]
    assert [row.params for row in Notification.objects.filter(kind=kind).order_by("pk")] == [
        {"listings": "<5", "demands": "<5"},
        {"listings": "<5", "demands": "<5"},
    ]
    assert read(world.provider, kind) == "Open demands that your listings meet: <5"
    (notice,) = render(world.provider.actor, selectors.visible_notifications(world.provider.actor, kind=kind))
    assert notice.text == "<5 of your listings were found for <5 open demands of other organisations."
    assert not Match.objects.filter(eligible=True, provider_told_at=None).exists()


def test_who_wants_to_hear_of_matches_at_once_is_told_once_and_not_by_the_digest(world: World) -> None:
    colleague = world.colleague(world.buyer, "operator")
    buyer, provider = "matching.match_proposed", "matching.listing_matched"
    for party, kind in ((world.buyer, buyer), (world.provider, provider)):
        notifications.set_preferences(actor=party.actor, choices=[Choice(kind, "in_app", True)])
    published_listing(world), published_listing(world, world.other_provider)
    demand = opened(world.buyer)
    matched(demand), matched(demand)
    assert (told(buyer), told(provider)) == ([world.buyer.user.pk], [world.provider.user.pk])
    assert read(world.buyer, buyer) == f"New matches of demand #{demand.pk}: 2"
    assert read(world.provider, provider) == "An open demand that your listings meet: <5 of them"
    matching.tell_of_matches(actor=SYSTEM)
    assert told("matching.matches_proposed") == [colleague.user.pk]
    assert told("matching.listings_matched") == [world.other_provider.user.pk]
    assert (told(buyer), told(provider)) == ([world.buyer.user.pk], [world.provider.user.pk])  # heard of them already
    notifications.set_preferences(actor=world.buyer.actor, choices=[Choice(buyer, "in_app", False)])
    published_listing(world)
    matched(demand)
    assert told(buyer) == [world.buyer.user.pk]  # unsubscribed: nothing since


@pytest.mark.parametrize(
    "before", [{"state": "accepted"}, {"announced_at": timezone.now()}, {"eligible": False, "state": "dismissed"}]
)
def test_what_was_known_before_anybody_heard_at_once_is_no_news(world: World, before: dict[str, Any]) -> None:
    published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    Match.objects.update(told_at_once=False, **before)
    kind = "matching.match_proposed"
    notifications.set_preferences(actor=world.buyer.actor, choices=[Choice(kind, "in_app", True)])
    matched(demand)
    assert told(kind) == []


def test_a_provider_that_tries_prices_is_told_at_once_of_a_listing_once(world: World) -> None:
    kind = "matching.listing_matched"
    notifications.set_preferences(actor=world.provider.actor, choices=[Choice(kind, "in_app", True)])
    first, second = opened(world.buyer, budget=Decimal(1000)), opened(world.other_buyer, budget=Decimal(50))
    version = published_listing(world, price=Decimal(100))
    matched(first), matched(second)
    assert len(told(kind)) == 1
    ListingVersion.objects.filter(pk=version.pk).update(price=Decimal(40))
    matching.index_listings([version.listing_id])
    matched(second)
    assert Match.objects.filter(demand=second, eligible=True).exists()
    assert len(told(kind)) == 1  # the budget of the second is no news of the moment
    assert matching.tell_of_matches(actor=SYSTEM) == 3
    assert len(told(kind)) == 2  # with the digest of all, which this person does not read


def test_a_listing_of_which_a_digest_told_before_is_no_news_of_the_moment(world: World) -> None:
    kind = "matching.listing_matched"
    published_listing(world)
    matched(opened(world.buyer))
    Match.objects.update(told_at_once=False, announced_at=timezone.now(), provider_told_at=timezone.now())
    notifications.set_preferences(actor=world.provider.actor, choices=[Choice(kind, "in_app", True)])
    matched(opened(world.other_buyer))
    assert told(kind) == []
    published_listing(world, title="Departures of another airport")
    matched(opened(world.other_buyer))
    assert told(kind) == [world.provider.user.pk]
