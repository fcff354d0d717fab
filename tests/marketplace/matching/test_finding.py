"""What is found: never what the decision table refuses or a constraint sorts out; nearest misses are counted."""

from decimal import Decimal
from typing import Any

import pytest

from marketplace.authorization.decisions import rule_on
from marketplace.authorization.models import Grant
from marketplace.authorization.prospects import Prospects
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.matching.indexed import access_facts
from marketplace.matching.models import IndexedListing, Match
from tests.factories import World, published_listing
from tests.marketplace.authorization.asking import BY_SECTOR, OPEN, UNIFIED, accredit, ask, listing
from tests.marketplace.matching.demands import found, matched, opened

pytestmark = pytest.mark.django_db


def failed(row: Match) -> list[str]:
    return [entry["code"] for entry in row.constraints_report if not entry["met"]]


def test_what_the_table_refuses_the_buyer_is_no_match_but_a_miss_that_says_why(world: World) -> None:
    given = published_listing(world, title="Flight delays")
    said: dict[str, Any] = {**BY_SECTOR, "title": "Flight delays"}
    health = published_listing(world, **said)
    unlawful = published_listing(world, **{**said, "consent_kind": "contract"})
    demand = opened(world.buyer, text="flight", sector="")
    assert matched(demand) == {"proposed": 3, "lapsed": 0, "matches": 1, "near_misses": 2}
    rows = {row.listing_id: row for row in found(demand)}
    assert failed(rows[given.listing_id]) == []
    for refused in (unlawful, health):
        assert (failed(rows[refused.listing_id]), rows[refused.listing_id].eligible) == (["authorization"], False)
    (answer,) = [one for one in rows[unlawful.listing_id].constraints_report if one["code"] == "authorization"]
    assert answer["rule"] == "sensitive_without_separate_consent"
    assert answer["reason_en"].startswith("Sensitive personal data is provided to others on separate consent")
    accredit(world.buyer)
    matched(demand)
    again = {row.listing_id: row.eligible for row in found(demand)}
    assert again == {given.listing_id: True, unlawful.listing_id: False, health.listing_id: True}


def test_prospects_answer_as_the_decision_point_does(world: World) -> None:
    accredit(world.other_buyer, data_security_capability=3)
    kinds: list[dict[str, Any]] = [
        OPEN, UNIFIED, BY_SECTOR, {"level": "general_4"}, {"region": "330100", "level": "general_3"},
        {"origin": "personal", "consent_kind": "contract", "consent_basis": "terms 7"},
        {"scenario": "winter_roads", "category": "health/records"},
        {"level": "important", "supply_mode": "service", "region": "310100"},
    ]  # fmt: skip
    for kind in kinds:
        published_listing(world, **kind)
    modes = set()
    for party in (world.buyer, world.other_buyer):
        for purpose in (None, "research"):
            prospects = Prospects(party.organisation, person_id=party.user.pk, purpose=purpose)
            for row in IndexedListing.objects.select_related("version__listing"):
                expected = rule_on(
                    row.version, level=row.level, buyer=party.organisation, purpose=purpose, person_id=party.user.pk
                )
                assert catalog.level_of(row.version) == row.level
                assert prospects.answer(access_facts(row)) == expected.decision
                assert expected.decision.refused or row.level in prospects.levels()
                modes.add(expected.decision.mode)
    assert {"refused", "open", "centralized_unified"} <= modes
    assert "core" not in Prospects(world.buyer.organisation, person_id=None, purpose=None).levels()


def test_two_listings_if_the_budget_were_a_fifth_higher(world: World) -> None:
    for title, price in (("Flight delays", 115), ("Flight times", 120), ("Flight routes", 500), ("Hospitals", 110)):
        published_listing(world, title=title, title_zh="", description=title, tags=[], price=Decimal(price))
    published_listing(world, title="Flight crews", title_zh="", description="x", tags=[], sector="health")
    demand = opened(world.buyer, text="flight", budget=Decimal(100))
    assert matched(demand)["matches"] == 0
    demand.refresh_from_db()
    assert [(step["code"], step["to"], step["gained"]) for step in demand.relaxations] == [
        ("budget", "115.00 CNY", 1),
        ("budget", "120.00 CNY", 2),
        ("budget", "500.00 CNY", 3),
    ]
    answer = world.buyer.client.get(f"/api/v1/demands/{demand.pk}").json()
    assert answer["relaxations"][1] == {
        "code": "budget",
        "to": "120.00 CNY",
        "by": pytest.approx(0.2),
        "gained": 2,
        "text": "2 listings if the budget were 20 % higher: 120.00 CNY.",
    }
    assert all(not row.eligible for row in found(demand))
    published_listing(world, title="Flight delays", price=Decimal(1))
    matched(demand)
    demand.refresh_from_db()
    assert demand.relaxations == []


def test_an_exclusive_licence_takes_a_listing_out_until_it_ends(world: World) -> None:
    version = listing(world, UNIFIED, title="Flight delays", exclusive_offered=True)
    demand, exclusive = (opened(world.buyer, text="flight", exclusive=wish) for wish in (False, True))
    assert (matched(demand)["matches"], matched(exclusive)["matches"]) == (1, 1)
    other = listing(world, OPEN, title="Licensed to somebody")
    ask(world, other, world.other_buyer)
    alone = licence(Grant.objects.get(), version, exclusive=True)
    assert (matched(demand)["matches"], matched(exclusive)["matches"]) == (0, 0)
    assert failed(found(demand)[0]) == ["not_licensed_alone"]
    Grant.objects.filter(pk=alone.pk).update(state="revoked")
    assert (matched(demand)["matches"], matched(exclusive)["matches"]) == (1, 1)
    licence(alone, version, exclusive=False)
    assert (matched(demand)["matches"], matched(exclusive)["matches"]) == (1, 0)


def licence(like: Grant, version: ListingVersion, *, exclusive: bool) -> Grant:
    """A licence of this version with the terms of another."""
    request = like.request
    request.pk, request.version, request.state, request._state.adding = None, version, "submitted", True
    request.purpose = "research" if exclusive else "internal_use"
    request.save(force_insert=True)
    like.pk, like.request, like.state, like.exclusive, like._state.adding = None, request, "active", exclusive, True
    like.listing_id, like.version_id = version.listing_id, version.pk
    like.save(force_insert=True)
    return like


def test_the_record_of_a_provider_is_what_became_of_requests(world: World) -> None:
    version = listing(world, OPEN, title="Flight delays", sector="transport")
    demand = opened(world.buyer, text="flight")
    matched(demand)
    (row,) = found(demand)
    assert row.features["record"] == pytest.approx(row.features["relevance"] * 0.02 * 0.5)
    ask(world, version)
    ask(world, version, world.other_buyer)
    matched(demand)
    (row,) = found(demand)
    assert row.features["record"] == pytest.approx(row.features["relevance"] * 0.02 * (2 + 5) / (2 + 10))
    Grant.objects.filter(organisation=world.buyer.organisation_id).update(state="revoked")
    matched(demand)
    (row,) = found(demand)
    assert row.features["record"] == pytest.approx(row.features["relevance"] * 0.02 * (1 + 5) / (2 + 10))


def test_the_index_has_what_constraints_ask_for(world: World) -> None:
    version = published_listing(world, columns=("origin", "dep_delay"), exclusive_offered=True, scenario="winter_roads")
    row = IndexedListing.objects.get()
    assert (row.provider_id, row.sector, row.region, row.level) == (
        world.provider.organisation_id, "transport", "210200", "general_1",
    )  # fmt: skip
    assert (row.price, row.quality, row.formats) == (Decimal(1200), 91.5, ["csv"])
    assert row.column_types == {"origin": "text", "dep_delay": "text"}
    assert (row.exclusive_offered, row.scenario, row.purposes) == (True, "winter_roads", ["research", "internal_use"])
    assert (row.covers_from, row.covers_until) == (version.temporal_start, version.temporal_end)
    assert row.freshness_on == version.modified_on
    assert ListingVersion.objects.get().pk == row.version_id
