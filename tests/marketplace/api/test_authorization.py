"""Authorization over REST: what each role gets, and that refusals leave everything as it was."""

import pytest

from marketplace.authorization.models import AccessRequest, Grant, Scenario
from tests.factories import World
from tests.marketplace.authorization.asking import (
    BY_SECTOR,
    OPEN,
    UNIFIED,
    ask,
    granted,
    listing,
    regrade,
    scenario_parties,
    states,
    steps,
)

API = "/api/v1"
WISH = {"purpose": "research", "form": "original", "term_days": 30}


def test_a_request_from_asking_to_grant(world: World) -> None:
    version = listing(world, UNIFIED)
    answer = world.buyer.client.post(f"{API}/access-requests", {"listing": version.listing_id, **WISH}, format="json")
    assert answer.status_code == 201
    body = answer.json()
    assert (body["state"], body["mode"], body["grant"]) == ("in_approval", "centralized_unified", None)
    assert body["decision"]["rule_id"] == "unified_general"
    assert (body["listing"], body["version"]) == (version.listing_id, version.pk)
    (step,) = body["steps"]
    assert step["organisation"]["id"] == world.exchange.organisation_id
    mine = world.approver.client.get(f"{API}/approval-steps?state=open").json()["results"]
    assert [row["id"] for row in mine] == [step["id"]]
    approved = world.approver.client.post(
        f"{API}/approval-steps/{step['id']}/actions/approve", {"reason": "in order"}, format="json"
    )
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    seen = world.buyer.client.get(f"{API}/access-requests/{body['id']}").json()
    assert seen["state"] == "approved"
    grant = world.buyer.client.get(f"{API}/grants/{seen['grant']}").json()
    assert (grant["state"], grant["forms"], grant["downloads_used"]) == ("active", ["original"], 0)
    assert grant["agreement"]["@type"] == "Agreement"
    events = world.provider.client.get(f"{API}/access-requests/{body['id']}/timeline").json()
    assert [event["action"] for event in events][-1] == "grant.issued"
    assert {event["organisation"] for event in events} == {world.buyer.organisation_id, world.exchange.organisation_id}
    assert not {"actor_label", "actor_user_id"} & set(events[0])


def test_wrong_bodies_are_problems_with_pointers(world: World) -> None:
    version = listing(world, UNIFIED)
    client = world.buyer.client
    body = {"listing": version.listing_id, "purpose": "mischief", "form": "original", "term_days": 0}
    answer = client.post(f"{API}/access-requests", body, format="json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/purpose", "/term_days"}
    answer = client.post(f"{API}/access-requests", {"listing": 2**63, **WISH}, format="json")
    assert answer.json()["errors"][0]["pointer"] == "/listing"
    answer = client.post(
        f"{API}/access-requests", {"listing": version.listing_id, **WISH, "form": "aggregate"}, format="json"
    )
    assert answer.status_code == 422
    assert "possible: original, masked" in answer.json()["errors"][0]["detail"]
    assert not AccessRequest.objects.exists()


def test_a_refusal_speaks_the_reader_s_language(world: World) -> None:
    version = listing(world, OPEN)
    regrade(world, version, "core")
    answer = world.buyer.client.post(f"{API}/access-requests", {"listing": version.listing_id, **WISH}, format="json")
    body = answer.json()
    assert (answer.status_code, body["state"]) == (201, "rejected")
    assert body["outcome_reason"] == "Core data is not traded."
    chinese = world.buyer.client.get(f"{API}/access-requests/{body['id']}", HTTP_ACCEPT_LANGUAGE="zh-hans").json()
    assert chinese["outcome_reason"] == "核心数据不得交易流通。"


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("other_buyer", 404), ("buyer", 403), ("provider", 403), ("reviewer", 403), ("exchange", 403)],
)
def test_who_may_not_approve(world: World, who: str, status: int) -> None:
    request = ask(world, listing(world, UNIFIED))
    (step,) = steps(request)
    client = world.anonymous if who == "anonymous" else getattr(world, who).client
    for action, said in (("approve", {}), ("reject", {"ground": "other"}), ("ask", {"question": "Why?"})):
        sent = {"reason": "x", **said}
        answer = client.post(f"{API}/approval-steps/{step.pk}/actions/{action}", sent, format="json")
        assert answer.status_code == status
        assert answer.json()["status"] == status
        if status == 403:
            assert answer.json()["rule"] == "authorization.not_the_approver"
    assert states(request) == ("in_approval", ["open"], 0)


def test_a_waiting_step_is_a_conflict(world: World) -> None:
    assert world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    answer = world.approver.client.post(f"{API}/approval-steps/{steps(request)[1].pk}/actions/approve", format="json")
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/problems/illegal_transition")
    assert states(request) == ("in_approval", ["open", "waiting"], 0)


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("other_buyer", 404), ("buyer", 403), ("provider", 403), ("reviewer", 403), ("approver", 200)],
)
def test_who_may_revoke(world: World, who: str, status: int) -> None:
    grant = granted(world)
    client = world.anonymous if who == "anonymous" else getattr(world, who).client
    answer = client.post(f"{API}/grants/{grant.pk}/actions/revoke", {"reason": "misuse"}, format="json")
    assert answer.status_code == status
    assert Grant.objects.get().state == ("revoked" if status == 200 else "active")


def test_lists_show_the_concerned_only(world: World) -> None:
    grant = granted(world)
    for party, seen in ((world.buyer, 1), (world.provider, 1), (world.exchange, 1), (world.other_buyer, 0)):
        assert len(party.client.get(f"{API}/access-requests").json()["results"]) == seen
        grants = party.client.get(f"{API}/grants").json()["results"]
        assert [row["id"] for row in grants] == [grant.pk] * seen
    for address in ("access-requests", "grants", "approval-steps", f"grants/{grant.pk}"):
        assert world.anonymous.get(f"{API}/{address}").status_code == 401


def test_suspend_resume_and_withdraw(world: World) -> None:
    grant = granted(world)
    client = world.approver.client
    address = f"{API}/grants/{grant.pk}/actions"
    assert client.post(f"{address}/suspend", {"reason": "incident"}, format="json").json()["state"] == "suspended"
    assert client.post(f"{address}/suspend", {"reason": "incident"}, format="json").status_code == 409
    assert client.post(f"{address}/resume").json()["state"] == "active"
    assert client.post(f"{address}/revoke", {}, format="json").status_code == 422
    request = ask(world, listing(world, UNIFIED))
    address = f"{API}/access-requests/{request.pk}/actions/withdraw"
    assert world.provider.client.post(address).status_code == 403
    assert world.buyer.client.post(address).json()["state"] == "withdrawn"


def test_scenarios(world: World) -> None:
    (city, _), (province, _) = scenario_parties(world)
    body = {
        "code": "winter_roads",
        "name": "Winter road safety",
        "name_zh": "冬季道路安全",
        "levels": [
            {"title": "City", "organisation": city.organisation_id},
            {"title": "Province", "organisation": province.organisation_id},
        ],
    }
    assert world.approver.client.post(f"{API}/scenarios", body, format="json").status_code == 403
    assert world.anonymous.post(f"{API}/scenarios", body, format="json").status_code == 401
    assert not Scenario.objects.exists()
    answer = world.exchange.client.post(f"{API}/scenarios", body, format="json")
    assert answer.status_code == 201
    assert [(row["level"], row["title"]) for row in answer.json()["levels"]] == [(1, "City"), (2, "Province")]
    assert world.exchange.client.post(f"{API}/scenarios", body, format="json").status_code == 409
    listed = world.anonymous.get(f"{API}/scenarios").json()["results"]
    assert [row["code"] for row in listed] == ["winter_roads"]
    assert world.anonymous.get(f"{API}/scenarios/{listed[0]['id']}").json()["name_zh"] == "冬季道路安全"


def test_explain(world: World) -> None:
    version = listing(world, BY_SECTOR)
    body = {"listing": version.listing_id, "purpose": "research"}
    answer = world.buyer.client.post(f"{API}/authorization/explain", body, format="json").json()
    assert answer["decision"]["rule_id"] == "sector_protected"
    assert (answer["version"], answer["possible_forms"], answer["steps"]) == (version.pk, ["masked"], [])
    assert "'health' has no confirmed authority" in answer["missing"]
    assert world.authority
    answer = world.buyer.client.post(f"{API}/authorization/explain", body, format="json").json()
    assert (answer["missing"], [step["approver"] for step in answer["steps"]]) == ("", ["sector_authority", "exchange"])
    assert answer["least_change"]["ways"][0]["changes"] == []
    wish = {**body, "form": "original", "term_days": 181}
    answer = world.buyer.client.post(f"{API}/authorization/explain", wish, format="json").json()
    (way,) = answer["least_change"]["ways"]
    assert way["changes"] == [
        {"name": "form", "now": "original", "to": ["masked"], "by": "buyer"},
        {"name": "term_days", "now": "181", "to": ["180"], "by": "buyer"},
    ]
    assert (way["decision"]["rule_id"], answer["least_change"]["more"]) == ("sector_protected", False)
    stranger = world.organisation("Newcomer").client.post(f"{API}/authorization/explain", body, format="json").json()
    assert (stranger["decision"]["mode"], stranger["decision"]["rule_id"]) == ("refused", "untrained")
    (way,) = stranger["least_change"]["ways"]
    assert [(change["name"], change["to"]) for change in way["changes"]] == [
        ("data_security_capability", ["2"]),
        ("data_security_training", ["1"]),
    ]
    wrong = world.buyer.client.post(f"{API}/authorization/explain", {**body, "form": "fax"}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/form")
    assert world.anonymous.post(f"{API}/authorization/explain", body, format="json").status_code == 401
    assert not AccessRequest.objects.exists()
