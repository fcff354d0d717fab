"""What must not stop the matching of others, what frees a place, and what an upgrade finds."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from config.subscriptions import SUBSCRIPTIONS
from foundation.jobs import registry
from foundation.jobs.models import Job
from foundation.participants import services as participants
from foundation.rulebooks.in_force import in_force
from marketplace.matching import services, standing, tasks
from marketplace.matching.models import Demand, Match, StandingDemand
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services import refreshing, rematching
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import SYSTEM, found, matched, opened
from tests.marketplace.matching.test_tasks import Unhurried

pytestmark = pytest.mark.django_db


def shown(demand: Demand) -> list[int]:
    return [row.listing_id for row in found(demand) if row.state == "proposed"]


def test_a_demand_that_cannot_be_matched_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good, again = (opened(world.buyer) for _one in range(3))
    matched(again)
    version = published_listing(world)
    whole = services.rematch_demand

    def rematch(*, actor: Any, demand_id: int) -> Any:
        if demand_id in broken:
            raise ValueError("broken")
        return whole(actor=actor, demand_id=demand_id)

    broken = {bad.pk}
    for module in (services, import_module("marketplace.matching.services.refreshing")):
        monkeypatch.setattr(module, "rematch_demand", rematch)
    found = tasks.match_listing(Unhurried(), subject_id=version.pk)
    assert found == {"demands": 2}  # the bad one is left to refreshing
    assert (shown(bad), shown(good), shown(again)) == ([], [version.listing_id], [version.listing_id])
    assert services.affected_demands(version.listing_id) == [good.pk, again.pk]  # nor comes it with every change
    matched_before(25)
    before = timezone.now()
    assert services.due_demands() == [good.pk, again.pk]  # it failed a moment ago
    Demand.objects.filter(pk=bad.pk).update(failed_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(ValueError, match="broken"):
        tasks.refresh(Unhurried())
    assert set(Demand.objects.filter(matched_at__gte=before)) == {good, again}
    assert registry.kind(services.REFRESH).max_attempts == 1
    broken.add(good.pk)  # was matched before: whoever waits for it must hear
    with pytest.raises(ValueError, match="broken"):
        tasks.match_listing(Unhurried(), subject_id=version.pk)


def matched_before(hours: float) -> None:
    """As if every demand that was matched had been so many hours ago."""
    at = timezone.now() - timedelta(hours=hours)
    Demand.objects.filter(matched_at__isnull=False).update(matched_at=at)


def test_those_that_fail_each_time_keep_no_other_from_its_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "MOST_AT_ONCE", 2)
    never, once, waits, new = (opened(world.buyer) for _one in range(4))
    for demand in (once, waits):
        matched(demand)
    matched_before(25)
    hours = {never: 2, once: 3}
    for demand, ago in hours.items():
        Demand.objects.filter(pk=demand.pk).update(failed_at=timezone.now() - timedelta(hours=ago))
    assert services.due_demands() == [new.pk, waits.pk]
    for demand in (new, waits):
        assert services.refresh_demand(actor=SYSTEM, demand_id=demand.pk)
    assert services.due_demands() == [once.pk, never.pk]
    assert services.refresh_demand(actor=SYSTEM, demand_id=once.pk)
    once.refresh_from_db()
    assert once.failed_at is None
    assert services.due_demands() == [never.pk]


def test_what_is_dismissed_leaves_its_place_to_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rematching, "MOST_MATCHES", 1)
    both = {published_listing(world, title=f"Flight delays {name}").listing_id for name in ("by month", "by airport")}
    demand = opened(world.buyer)
    matched(demand)
    (first,) = shown(demand)
    row = Match.objects.get(demand=demand, state="proposed")
    services.dismiss_match(actor=world.buyer.actor, match_id=row.pk, reason="No.")
    (job,) = Job.objects.filter(kind="matching.match_dismissed")
    assert tasks.match_dismissed(Unhurried(), **job.arguments) == {"demands": 1}
    assert shown(demand) == [*(both - {first})]
    services.close_demand(actor=world.buyer.actor, demand_id=demand.pk)
    assert tasks.match_dismissed(Unhurried(), **job.arguments) == {"demands": 0}


def test_a_buyer_that_may_trade_again_is_matched_anew(world: World) -> None:
    version = published_listing(world)
    demand, other = opened(world.buyer), opened(world.other_buyer)
    buyer = world.buyer.organisation_id
    participants.suspend_organisation(actor=SYSTEM, organisation_id=buyer, reason="a complaint")
    participants.reinstate_organisation(actor=SYSTEM, organisation_id=buyer)
    job = Job.objects.filter(kind="matching.match_verified", subject_id=buyer).latest("pk")
    assert tasks.match_verified(Unhurried(), **job.arguments) == {"demands": 1}
    assert (shown(demand), shown(other)) == ([version.listing_id], [])
    assert "matching.match_verified" in SUBSCRIPTIONS["organisation.verified"]


def test_repetitions_that_count_nothing_divide_by_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demand = opened(world.buyer, text="flights flights", sector="")
    kept = in_force(MATCHING_WEIGHTS)
    rules = replace(kept.rules, text=replace(kept.rules.text, k3=0.0))
    monkeypatch.setattr(standing, "in_force", lambda _kind: replace(kept, rules=rules))
    version = published_listing(world, title="Many flights")
    matched(demand)
    assert standing.shown_for(version.listing_id) == [demand.pk]
    StandingDemand.objects.update(eligible=1e9)
    assert standing.shown_for(version.listing_id) == []


def test_an_upgrade_makes_no_news_of_matches_of_before(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = import_module("marketplace.matching.migrations.0020_told_before")
    monkeypatch.setattr(upgrade, "BATCH", 2)
    monkeypatch.setattr(upgrade, "PAUSE", 0)
    for _time in range(4):
        published_listing(world)
    matched(opened(world.buyer))
    *old, new = Match.objects.order_by("pk")
    before = timezone.now() - timedelta(days=36_500)
    Match.objects.exclude(pk=new.pk).update(created_at=before, told_at_once=False)
    with connection.schema_editor(atomic=False) as editor:
        upgrade.tell_of_matches_before(None, editor)
    new.refresh_from_db()
    assert len(old) == 3
    for row in old:
        row.refresh_from_db()
        assert (row.provider_told_at is None, row.told_at_once) == (False, True)
    assert (new.provider_told_at, new.told_at_once) == (None, True)  # told just now, by its matching
