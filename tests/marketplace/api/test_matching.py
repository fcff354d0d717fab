"""Demands and matches over REST: by role, the answer and that nothing changed when refused."""

from typing import Any

import pytest

from marketplace.matching.models import Demand, Match
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import drafted, found, matched, opened

BODY = {
    "text": "flight delays 航班",
    "sector": "transport",
    "supply_modes": ["licensed"],
    "regions": ["210200", "310000"],
    "covers_from": "2013-01-01",
    "covers_until": "2013-12-31",
    "formats": ["csv"],
    "columns": ["dep_delay"],
    "column_types": {"dep_delay": "integer"},
    "exclusive": True,
    "maximum_age_days": 10000,
    "budget": "1500.00",
    "minimum_quality": 80,
    "expires_on": "2999-12-31",
}


def clients(world: World) -> dict[str, Any]:
    return {
        "anonymous": world.anonymous,
        "provider": world.provider.client,
        "other_buyer": world.other_buyer.client,
        "exchange": world.exchange.client,
        "auditor_of_the_buyer": world.colleague(world.buyer, "auditor").client,
        "buyer": world.buyer.client,
    }


def codes(world: World, method: str, address: str, body: Any = None) -> dict[str, int]:
    return {
        role: getattr(client, method)(address, body, format="json").status_code
        for role, client in clients(world).items()
    }


def test_a_demand_goes_in_and_comes_out(world: World) -> None:
    answer = world.buyer.client.post("/api/v1/demands", BODY, format="json")
    assert answer.status_code == 201
    found = answer.json()
    assert found | BODY | {"minimum_quality": 80.0} == found
    assert (found["state"], found["organisation"], found["relaxations"]) == ("draft", world.buyer.organisation_id, [])
    assert world.buyer.client.get(f"/api/v1/demands/{found['id']}").json() == found
    assert world.buyer.client.get("/api/v1/demands").json()["results"] == [found]


def test_created_and_opened_in_one_call(world: World) -> None:
    answer = world.buyer.client.post("/api/v1/demands", {**BODY, "open": True}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (201, "open")


def test_wrong_fields_are_named(world: World) -> None:
    wrong = {**BODY, "sector": "x", "budget": "-1", "minimum_quality": 101, "columns": ["a", ""]}
    answer = world.buyer.client.post("/api/v1/demands", wrong, format="json")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/columns/1"]
    wrong |= {"columns": [], "column_types": {}}
    answer = world.buyer.client.post("/api/v1/demands", wrong, format="json")
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert (answer.status_code, pointers) == (422, ["/sector", "/budget", "/minimum_quality"])
    assert not Demand.objects.exists()


@pytest.mark.parametrize("body", [[], {}, {"text": None}, {"text": {"a": 1}}, {"text": "a", "columns": "b"}])
def test_odd_bodies_are_refused(world: World, body: Any) -> None:
    assert world.buyer.client.post("/api/v1/demands", body, format="json").status_code == 422
    assert not Demand.objects.exists()


def test_who_may_state_demands(world: World) -> None:
    assert codes(world, "post", "/api/v1/demands", BODY) == {
        "anonymous": 401,
        "provider": 403,
        "other_buyer": 201,
        "exchange": 403,
        "auditor_of_the_buyer": 403,
        "buyer": 201,
    }
    assert Demand.objects.count() == 2


def test_who_may_read_a_demand_and_its_matches(world: World) -> None:
    demand = opened(world.buyer)
    expected = {
        "anonymous": 401,
        "provider": 404,
        "other_buyer": 404,
        "exchange": 200,
        "auditor_of_the_buyer": 200,
        "buyer": 200,
    }
    assert codes(world, "get", f"/api/v1/demands/{demand.pk}") == expected
    assert codes(world, "get", f"/api/v1/demands/{demand.pk}/matches") == expected


@pytest.mark.parametrize(("action", "state"), [("open", "draft"), ("close", "open"), ("fulfil", "open")])
def test_who_may_steer_a_demand(world: World, action: str, state: str) -> None:
    demand = drafted(world.buyer) if state == "draft" else opened(world.buyer)
    address = f"/api/v1/demands/{demand.pk}/actions/{action}"
    expected = {"anonymous": 401, "provider": 404, "other_buyer": 404, "exchange": 403, "auditor_of_the_buyer": 403}
    for role, code in expected.items():
        assert clients(world)[role].post(address).status_code == code, role
        assert Demand.objects.get().state == state
    answer = world.buyer.client.post(address)
    assert (answer.status_code, answer.json()["state"]) == (200, Demand.objects.get().state)
    refused = world.buyer.client.post(address)
    assert (refused.status_code, refused.json()["type"]) == (409, "/api/problems/illegal_transition")


def test_lists_by_state(world: World) -> None:
    draft, open_one = drafted(world.buyer), opened(world.buyer)
    listed = world.buyer.client.get("/api/v1/demands").json()["results"]
    assert [row["id"] for row in listed] == [open_one.pk, draft.pk]
    listed = world.buyer.client.get("/api/v1/demands?state=draft").json()["results"]
    assert [row["id"] for row in listed] == [draft.pk]
    assert world.other_buyer.client.get("/api/v1/demands").json()["results"] == []
    assert len(world.exchange.client.get("/api/v1/demands").json()["results"]) == 2


def test_matches_are_ranked_and_explained(world: World) -> None:
    near = published_listing(world, title="Flight delays of New York airports", supply_mode="shared")
    best = published_listing(world, title="Flight delays of New York")
    other = published_listing(world, title="Airports", description="Airports.", tags=[], title_zh="")
    demand = opened(world.buyer, supply_modes=["licensed"])
    matched(demand)
    listed = world.buyer.client.get(f"/api/v1/demands/{demand.pk}/matches").json()["results"]
    assert [row["listing"] for row in listed] == [best.listing_id, other.listing_id, near.listing_id]
    assert [(row["rank"], row["eligible"]) for row in listed] == [(1, True), (2, True), (3, False)]
    top, last = listed[0], listed[-1]
    assert (top["title"], top["title_zh"]) == ("Flight delays of New York", "纽约机场航班")
    assert (top["provider"], top["version"], top["state"]) == (world.provider.organisation_id, best.pk, "proposed")
    assert sum(top["features"].values()) == pytest.approx(top["score"])
    assert [c for c in last["constraints"] if not c["met"]] == [
        {"code": "supply_mode", "met": False, "wanted": ["licensed"], "actual": "shared", "shortfall": None}
    ]
    assert [r["text"] for r in last["reasons"] if r["met"] is False] == [
        "It is supplied otherwise: shared; asked for is licensed."
    ]
    assert {term["term"] for term in top["terms"]} >= {"flight", "york"}


def test_matches_come_in_pages(world: World) -> None:
    for number in range(3):
        published_listing(world, title=f"Flight delays {number}")
    demand = opened(world.buyer)
    matched(demand)
    ranks, address = [], f"/api/v1/demands/{demand.pk}/matches?page_size=2"
    while address:
        page = world.buyer.client.get(address).json()
        ranks += [row["rank"] for row in page["results"]]
        address = page["next"]
    assert ranks == [1, 2, 3]


def test_reading_matches_costs_the_same_however_many(world: World, django_assert_max_num_queries) -> None:
    for number in range(5):
        published_listing(world, title=f"Flight delays {number}")
    demand = opened(world.buyer)
    matched(demand)
    client = world.buyer.client
    with django_assert_max_num_queries(7):
        assert len(client.get(f"/api/v1/demands/{demand.pk}/matches").json()["results"]) == 5


@pytest.mark.parametrize(("action", "state"), [("accept", "accepted"), ("dismiss", "dismissed")])
def test_who_may_decide_on_a_match(world: World, action: str, state: str) -> None:
    published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    (row,) = found(demand)
    address, body = f"/api/v1/matches/{row.pk}/actions/{action}", {"reason": "too old"}
    expected = {"anonymous": 401, "provider": 404, "other_buyer": 404, "exchange": 403, "auditor_of_the_buyer": 403}
    for role, code in expected.items():
        assert clients(world)[role].post(address, body, format="json").status_code == code, role
        assert Match.objects.get().state == "proposed"
    answer = world.buyer.client.post(address, body, format="json")
    assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert answer.json()["dismissal_reason"] == ("too old" if action == "dismiss" else "")
    assert world.buyer.client.post(address, body, format="json").status_code == 409
    shown = world.buyer.client.get(f"/api/v1/demands/{demand.pk}/matches").json()["results"]
    assert len(shown) == (1 if action == "accept" else 0)
    listed = world.buyer.client.get(f"/api/v1/demands/{demand.pk}/matches?state={state}").json()["results"]
    assert [one["id"] for one in listed] == [row.pk]


def test_a_dismissal_needs_its_reason(world: World) -> None:
    published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    (row,) = found(demand)
    for body in ({}, {"reason": ""}, {"reason": "r" * 301}):
        answer = world.buyer.client.post(f"/api/v1/matches/{row.pk}/actions/dismiss", body, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert Match.objects.get().state == "proposed"


def test_what_is_not_there_is_not_found(world: World) -> None:
    client = world.buyer.client
    for address in ("demands/1", "demands/1/matches"):
        assert client.get(f"/api/v1/{address}").status_code == 404
    for address in ("demands/1/actions/open", "matches/1/actions/accept"):
        assert client.post(f"/api/v1/{address}").status_code == 404
