"""Matching: the same whatever came first, never losing what the buyer decided."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.audit.selectors import timeline
from foundation.errors import NotFound
from foundation.rulebooks.in_force import in_force
from grading.models import Grade
from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.matching import facts, selectors, services
from marketplace.matching.engine.rank import rank
from marketplace.matching.engine.weights import load_weights
from marketplace.matching.models import Demand, Match
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services import rematching
from marketplace.matching.states import MATCH
from tests.factories import World, decided, draft, examined, published_listing
from tests.marketplace.matching.demands import SYSTEM, drafted, found, matched, opened, picture
from tests.marketplace.matching.reference import published

TITLES = ("Flight delays of New York", "Flight schedules", "Airports of the world", "Hospital records")


def publish(world: World, *titles: str, **changes: Any) -> list[ListingVersion]:
    return [
        published_listing(world, title=title, description=title, tags=[], title_zh="", **changes) for title in titles
    ]


def withdraw(world: World, version: ListingVersion) -> None:
    catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)


def listings(rows: list[Match], *states: str) -> list[int]:
    return [row.listing_id for row in rows if not states or row.state in states]


def test_the_engines_ranking_is_stored_as_it_is(world: World) -> None:
    versions = publish(world, *TITLES)
    demand = opened(world.buyer)
    assert matched(demand) == {"proposed": 3, "lapsed": 0, "matches": 3, "near_misses": 0}
    told = [listing for _version, listing in published()]
    expected = rank(facts.demand_facts(demand), told, load_weights(), today=timezone.localdate())
    rows = found(demand)
    assert listings(rows) == [result.listing_id for result in expected] != []
    assert versions[3].listing_id not in listings(rows)
    for place, (row, result) in enumerate(zip(rows, expected, strict=True), start=1):
        assert (row.rank, row.score, row.features, row.eligible) == (place, result.score, result.features, True)
        assert sum(row.features.values()) == pytest.approx(row.score)
        assert (row.state, row.weights_version) == ("proposed", result.weights_version)
        said = [(c["code"], c["met"]) for c in row.constraints_report]
        assert said[:3] + said[4:] == [(c.code, c.met) for c in result.constraints]
        assert said[3] == ("authorization", True)
        assert sum(term["share"] for term in row.terms) == pytest.approx(row.features["relevance"])
        assert row.version_id == ListingVersion.objects.get(listing=row.listing_id).pk
    demand.refresh_from_db()
    assert demand.matched_at is not None
    (event,) = (one for one in timeline(("demand", demand.pk)) if one.action == "demand.matched")
    weights = {"label": rows[0].weights_version, **in_force(MATCHING_WEIGHTS).as_record()}
    assert event.data == {"proposed": [row.pk for row in rows], "lapsed": [], "weights": weights}


def test_the_same_whichever_came_first(world: World) -> None:
    early = opened(world.buyer)
    for version in publish(world, *TITLES):
        for demand_id in services.affected_demands(version.listing_id):
            services.rematch_demand(actor=SYSTEM, demand_id=demand_id)
    late = opened(world.buyer)
    matched(late)
    assert picture(early) == picture(late)
    assert len(picture(late)) == 3


def test_matching_again_changes_nothing(world: World) -> None:
    publish(world, *TITLES)
    demand = opened(world.buyer)
    matched(demand)
    before = list(Match.objects.order_by("pk").values())
    recorded = timeline(("demand", demand.pk)).count()
    assert matched(demand) == {"proposed": 0, "lapsed": 0, "matches": 3, "near_misses": 0}
    assert list(Match.objects.order_by("pk").values()) == before
    assert timeline(("demand", demand.pk)).count() == recorded


def test_what_is_withdrawn_lapses_and_the_rest_moves_up(world: World) -> None:
    first, *_others = publish(world, *TITLES)
    demand = opened(world.buyer)
    matched(demand)
    top, second, third = found(demand)
    assert top.listing_id == first.listing_id
    withdraw(world, first)
    assert matched(demand)["lapsed"] == 1
    top.refresh_from_db()
    assert top.state == "lapsed"
    remaining = selectors.matches_of(world.buyer.actor, demand.pk)
    assert {row.pk for row in remaining} == {second.pk, third.pk}
    assert [row.rank for row in remaining] == [1, 2]
    assert picture(demand) == picture(matched_twin(world))
    (lapsed,) = (one for one in timeline(("demand", demand.pk)) if one.data.get("lapsed"))
    assert lapsed.data["lapsed"] == [top.pk]


def test_what_comes_back_is_proposed_anew(world: World) -> None:
    (version,) = publish(world, TITLES[0])
    demand = opened(world.buyer)
    matched(demand)
    reviewer = world.reviewer.actor
    catalog.suspend_version(actor=reviewer, version_id=version.pk, reason="a complaint")
    matched(demand)
    catalog.reinstate_version(actor=reviewer, version_id=version.pk)
    assert matched(demand)["proposed"] == 1
    assert [row.state for row in Match.objects.filter(demand=demand).order_by("pk")] == ["lapsed", "proposed"]


def test_what_was_dismissed_stays_so_untouched(world: World) -> None:
    versions = publish(world, *TITLES)
    demand = opened(world.buyer)
    matched(demand)
    row = found(demand)[0]
    services.dismiss_match(actor=world.buyer.actor, match_id=row.pk, reason="known already")
    before = Match.objects.values().get(pk=row.pk)
    publish(world, "More flight delays")
    matched(demand)
    withdraw(world, versions[0])
    matched(demand)
    assert Match.objects.values().get(pk=row.pk) == before
    assert listings(found(demand)).count(row.listing_id) == 1


def test_what_was_accepted_stays_so_and_is_scored_again(world: World) -> None:
    publish(world, *TITLES)
    demand = opened(world.buyer)
    matched(demand)
    row = found(demand)[1]
    services.accept_match(actor=world.buyer.actor, match_id=row.pk)
    publish(world, "Flight delays", "New York flight delays of airports")
    matched(demand)
    score = row.score
    row.refresh_from_db()
    assert row.state == "accepted"
    assert row.score != score
    assert picture(demand) == picture(matched_twin(world))


def matched_twin(world: World) -> Demand:
    twin = opened(world.buyer)
    matched(twin)
    return twin


def test_what_was_accepted_lapses_with_its_listing_and_what_was_converted_does_not(world: World) -> None:
    accepted, converted = publish(world, TITLES[0], TITLES[1])
    demand = opened(world.buyer)
    matched(demand)
    for row in found(demand):
        services.accept_match(actor=world.buyer.actor, match_id=row.pk)
    Match.objects.filter(listing_id=converted.listing_id).update(state="converted")
    withdraw(world, accepted)
    withdraw(world, converted)
    assert matched(demand)["lapsed"] == 1
    assert dict(Match.objects.values_list("listing_id", "state")) == {
        accepted.listing_id: "lapsed",
        converted.listing_id: "converted",
    }


def test_near_misses_come_last_and_are_few(world: World) -> None:
    dear = publish(world, *[f"Flight delays of New York airports, year {year}" for year in range(7)])
    (cheap,) = publish(world, "Flight schedules", price=Decimal(10))
    demand = opened(world.buyer, budget=Decimal(100))
    assert matched(demand) == {"proposed": 6, "lapsed": 0, "matches": 1, "near_misses": 5}
    rows = found(demand)
    assert [row.eligible for row in rows] == [True] + [False] * 5
    assert rows[0].listing_id == cheap.listing_id
    assert set(listings(rows[1:])) < {version.listing_id for version in dear}
    for row in rows[1:]:
        assert [entry["code"] for entry in row.constraints_report if not entry["met"]] == ["budget"]


def test_only_so_many_are_proposed_but_what_was_taken_up_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(world, *TITLES[:3])
    demand = opened(world.buyer)
    matched(demand)
    last = found(demand)[-1]
    services.accept_match(actor=world.buyer.actor, match_id=last.pk)
    monkeypatch.setattr(rematching, "MOST_MATCHES", 1)
    assert matched(demand) == {"proposed": 0, "lapsed": 1, "matches": 2, "near_misses": 0}
    assert [(row.rank, row.state) for row in found(demand) if row.state != "lapsed"] == [
        (1, "proposed"),
        (2, "accepted"),
    ]


def test_a_dismissed_match_leaves_its_place_to_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(world, *TITLES[:3])
    monkeypatch.setattr(rematching, "MOST_MATCHES", 1)
    demand = opened(world.buyer)
    matched(demand)
    (first,) = found(demand)
    services.dismiss_match(actor=world.buyer.actor, match_id=first.pk, reason="no")
    assert matched(demand)["proposed"] == 1
    assert [row.state for row in Match.objects.order_by("pk")] == ["dismissed", "proposed"]


def test_nobody_is_offered_its_own_listing_nor_one_without_a_grade(world: World) -> None:
    both = world.organisation("Both", "provider", "buyer")
    published_listing(world, both, title=TITLES[0])
    (version,) = publish(world, TITLES[0])
    Grade.objects.filter(asset__in=version.distributions.values("asset")).update(state="superseded")
    services.index_listings([version.listing_id])
    demand = opened(both)
    assert matched(demand) == {"proposed": 0, "lapsed": 0, "matches": 0, "near_misses": 0}
    assert found(demand) == []


def test_a_new_version_takes_the_place_of_the_old_one_in_the_same_match(world: World) -> None:
    (version,) = publish(world, TITLES[0])
    demand = opened(world.buyer)
    matched(demand)
    row = found(demand)[0]
    newer = catalog.revise_listing(
        actor=world.provider.actor,
        listing_id=version.listing_id,
        draft=draft(world.provider, title="Flight delays, second edition"),
    )
    catalog.submit_version(actor=world.provider.actor, version_id=newer.pk)
    examined(newer.distributions.get().asset)
    catalog.publish_version(actor=world.reviewer.actor, version_id=newer.pk)
    assert matched(demand) == {"proposed": 0, "lapsed": 0, "matches": 1, "near_misses": 0}
    row.refresh_from_db()
    assert (row.state, row.version_id) == ("proposed", newer.pk)


@pytest.mark.parametrize("state", ["fulfilled", "closed", "expired"])
def test_a_demand_that_is_over_gets_no_proposals_but_loses_what_is_gone(world: World, state: str) -> None:
    gone, _kept = publish(world, TITLES[0], TITLES[1])
    demand = opened(world.buyer)
    matched(demand)
    Demand.objects.filter(pk=demand.pk).update(state=state)
    publish(world, TITLES[2])
    withdraw(world, gone)
    assert demand.pk in services.affected_demands(gone.listing_id)
    assert matched(demand) == {"proposed": 0, "lapsed": 1, "matches": 0, "near_misses": 0}
    assert sorted(row.state for row in found(demand)) == ["lapsed", "proposed"]


def test_a_draft_is_not_matched(world: World) -> None:
    publish(world, TITLES[0])
    demand = drafted(world.buyer)
    assert matched(demand)["proposed"] == 0
    assert services.affected_demands(1) == []
    assert found(demand) == []


def test_an_unknown_demand_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        services.rematch_demand(actor=SYSTEM, demand_id=1)


@pytest.fixture(scope="class")
def proposed(class_db: None) -> int:
    """A demand with one proposed match."""
    world = World()
    publish(world, TITLES[0])
    demand = opened(world.buyer)
    matched(demand)
    return demand.pk


class TestTheTableOfStates:
    """The database agrees with it: one match, from each state to each."""

    @pytest.mark.django_db
    @pytest.mark.parametrize("target", MATCH.states)
    @pytest.mark.parametrize("source", MATCH.states)
    def test_the_database_agrees_with_the_table(self, proposed: int, source: str, target: str) -> None:
        rows = Match.objects.filter(demand_id=proposed)
        for step in {"accepted": ["accepted"], "converted": ["accepted", "converted"]}.get(source, [source]):
            assert rows.update(state=step) == 1
        if source == target or (source, target) in MATCH.pairs:
            assert rows.update(state=target) == 1
        else:
            with pytest.raises(IntegrityError, match="illegal transition"), transaction.atomic():
                rows.update(state=target)
            assert rows.get().state == source


def test_a_pair_has_one_live_match(world: World) -> None:
    publish(world, TITLES[0])
    demand = opened(world.buyer)
    matched(demand)
    row = found(demand)[0]
    row.pk, row.state, row._state.adding = None, "proposed", True
    with pytest.raises(IntegrityError, match="match_one_live_per_pair"), transaction.atomic():
        row.save(force_insert=True)


def test_a_regraded_file_leads_to_its_published_listings(world: World) -> None:
    (version,) = publish(world, TITLES[0])
    asset = version.distributions.get().asset
    grade = Grade.objects.get(asset=asset)
    assert selectors.published_listings_of_grade(grade.pk) == [version.listing_id]
    withdraw(world, version)
    assert selectors.published_listings_of_grade(grade.pk) == []
    assert selectors.listings_of_version(version.pk) == [version.listing_id]
    assert selectors.listings_of_version(version.pk + 1) == []
    assert decided(grade, world).state == "decided"
