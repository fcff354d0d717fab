"""Organisations, members and keys over REST: who gets which answer, and that a refusal changes nothing."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from foundation.participants.models import ApiKey, Membership, Organisation
from marketplace.catalog.models import Sector
from tests.factories import World

API = "/api/v1"
REGISTRATION: dict[str, Any] = {
    "name": "New Company",
    "name_zh": "新公司",
    "kind": "enterprise",
    "uscc": "91110000600037341L",
    "region": "210200",
    "roles": [{"role": "provider"}],
    "member": {"username": "newcomer", "roles": ["administrator", "operator"]},
}


def _counts() -> tuple[Any, ...]:
    return (
        list(Organisation.objects.order_by("pk").values()),
        Membership.objects.count(),
        list(ApiKey.objects.order_by("pk").values_list("pk", "revoked_at")),
    )


def test_from_registration_to_the_first_request(world: World) -> None:
    made = world.anonymous.post(f"{API}/organisations", REGISTRATION, format="json")
    assert made.status_code == 201
    said = made.json()
    assert (said["organisation"]["state"], said["organisation"]["roles"][0]["confirmed_at"]) == ("registered", None)
    key, number = said["api_key"], said["organisation"]["id"]
    newcomer = APIClient()
    newcomer.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    me = newcomer.get(f"{API}/me").json()
    assert (me["organisation_id"], me["organisation_verified"], me["organisation_roles"]) == (number, False, [])
    verified = world.exchange.client.post(f"{API}/organisations/{number}/actions/verify")
    assert (verified.status_code, verified.json()["state"]) == (200, "verified")
    assert newcomer.get(f"{API}/me").json()["organisation_roles"] == ["provider"]
    assert key not in world.anonymous.get(f"{API}/organisations/{number}").content.decode()


def test_a_wrong_registration_names_its_fields(world: World) -> None:
    wrong = {**REGISTRATION, "region": "21", "uscc": "91110000600037341X", "roles": [{"role": "buyer", "sector": "x"}]}
    before = _counts()
    answer = world.anonymous.post(f"{API}/organisations", wrong, format="json")
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/uscc", "/region", "/roles/0/sector"]
    assert _counts() == before


def test_an_unknown_sector_is_answered_with_the_known_ones(world: World) -> None:
    said = {**REGISTRATION, "kind": "authority", "roles": [{"role": "sector_authority", "sector": "healthcare"}]}
    before = _counts()
    answer = world.anonymous.post(f"{API}/organisations", said, format="json")
    assert (answer.status_code, _counts()) == (422, before)
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/roles/0/sector"
    assert set(error["detail"].removesuffix(".").rpartition(": ")[2].split(", ")) == set(Sector.values)


@pytest.mark.parametrize("action", ["verify", "reject", "suspend", "reinstate"])
@pytest.mark.parametrize("who", ["anonymous", "provider", "buyer", "authority", "reviewer"])
def test_only_the_exchange_decides(world: World, action: str, who: str) -> None:
    organisation = world.other_provider.organisation_id
    client = world.anonymous if who == "anonymous" else getattr(world, who).client
    before = _counts()
    answer = client.post(f"{API}/organisations/{organisation}/actions/{action}", {"reason": "x"}, format="json")
    assert answer.status_code == (401 if who == "anonymous" else 403)
    assert _counts() == before


def test_hidden_organisations_are_hidden(world: World) -> None:
    hidden = world.organisation("Hidden", "buyer", verified=False)
    url = f"{API}/organisations/{hidden.organisation_id}"
    assert [c.get(url).status_code for c in (world.anonymous, world.buyer.client)] == [404, 404]
    assert [c.get(url).status_code for c in (hidden.client, world.exchange.client)] == [200, 200]
    names = [row["name"] for row in world.anonymous.get(f"{API}/organisations").json()["results"]]
    assert "Hidden" not in names


def test_from_an_invitation_to_a_key(world: World) -> None:
    url = f"{API}/organisations/{world.provider.organisation_id}/invitations"
    said = {"roles": ["operator"]}
    world.buyer.client.get(f"{API}/me")
    before = _counts()
    assert world.buyer.client.post(url, said, format="json").status_code == 403
    assert world.anonymous.post(url, said, format="json").status_code == 401
    assert _counts() == before
    made = world.provider.client.post(url, said, format="json")
    assert (made.status_code, made.json()["invitation"]["state"]) == (201, "open")
    token = made.json()["link"].rstrip("/").rpartition("/")[2]
    listed = world.provider.client.get(url)
    assert [row["state"] for row in listed.json()["results"]] == ["open"]
    assert token not in listed.content.decode()
    accept = {"token": token, "username": "second"}
    joined = world.anonymous.post(f"{API}/invitations/actions/accept", accept, format="json")
    assert (joined.status_code, joined.json()["membership"]["roles"]) == (201, ["operator"])
    accept["username"] = "third"
    assert world.anonymous.post(f"{API}/invitations/actions/accept", accept, format="json").status_code == 410
    accept["token"] = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert world.anonymous.post(f"{API}/invitations/actions/accept", accept, format="json").status_code == 404
    second = APIClient()
    second.credentials(HTTP_AUTHORIZATION=f"Bearer {joined.json()['api_key']}")
    membership = joined.json()["membership"]["id"]
    issued = second.post(f"{API}/keys", {"membership": membership}, format="json")
    assert issued.status_code == 201
    number = issued.json()["key"]["id"]
    assert {row["id"] for row in second.get(f"{API}/keys").json()["results"]} >= {number}
    assert world.buyer.client.post(f"{API}/keys/{number}/actions/revoke").status_code == 404
    assert second.post(f"{API}/keys/{number}/actions/revoke").json()["revoked_at"] is not None
    second.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.json()['api_key']}")
    assert second.get(f"{API}/me").status_code == 401


def test_members_are_listed_changed_and_ended(world: World) -> None:
    colleague = world.colleague(world.provider, "operator")
    url = f"{API}/organisations/{world.provider.organisation_id}/members"
    assert world.anonymous.get(url).status_code == 401
    assert world.buyer.client.get(url).json()["results"] == []
    rows = {row["user"]: row for row in world.provider.client.get(url).json()["results"]}
    assert rows[colleague.user.pk]["roles"] == ["operator"]
    number = rows[colleague.user.pk]["id"]
    change, end = (f"{API}/members/{number}/actions/{action}" for action in ("change-roles", "end"))
    said = {"roles": ["operator", "auditor"]}
    assert world.buyer.client.post(change, said, format="json").status_code == 404
    assert colleague.client.post(change, said, format="json").status_code == 403
    assert world.provider.client.post(change, said, format="json").json()["roles"] == ["operator", "auditor"]
    assert sorted(colleague.client.get(f"{API}/me").json()["member_roles"]) == ["auditor", "operator"]
    assert world.provider.client.post(end).json()["state"] == "ended"
    assert colleague.client.get(f"{API}/me").status_code == 401


def test_ones_language_is_chosen(world: World) -> None:
    assert world.provider.client.patch(f"{API}/me", {"language": "zh-hans"}, format="json").json() == {
        "language": "zh-hans"
    }
    assert world.provider.user.language == "zh-hans"
    assert world.provider.client.patch(f"{API}/me", {"language": "fr"}, format="json").status_code == 422
    assert world.anonymous.patch(f"{API}/me", {"language": "en"}, format="json").status_code == 401


def test_nobody_known_is_nobody(world: World) -> None:
    assert world.anonymous.get(f"{API}/me").status_code == 401
    assert world.anonymous.post(f"{API}/keys", {"membership": 1}, format="json").status_code == 401
