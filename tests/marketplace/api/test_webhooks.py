"""Webhooks over REST: by role, the answer and that nothing changed when refused."""

import json
from typing import Any

import pytest

from foundation.notifications.models import WebhookDelivery, WebhookEndpoint
from tests.factories import World

LIST = "/api/v1/webhooks"
BODY = {
    "url": "https://hooks.example.com/in?token=1",
    "kinds": ["catalog.listing_published"],
    "description": "the ledger",
}


@pytest.fixture
def webhook(world: World) -> dict[str, Any]:
    answer = world.provider.client.post(LIST, BODY, format="json")
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def stored() -> list[Any]:
    rows = [*WebhookEndpoint.objects.values_list(), *WebhookDelivery.objects.values_list()]
    return [[bytes(value) if isinstance(value, memoryview) else value for value in row] for row in rows]


def test_a_webhook_is_registered_and_its_secret_shown_only_then(world: World, webhook: dict[str, Any]) -> None:
    number = webhook["webhook"]["id"]
    assert webhook["secret"].startswith("whsec_")
    client = world.provider.client
    answer = client.get(f"{LIST}/{number}")
    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    assert answer.json() == webhook["webhook"]
    assert {name: answer.json()[name] for name in BODY} == BODY
    said = json.dumps([answer.json(), client.get(LIST).json(), client.get(f"{LIST}/{number}/deliveries").json()])
    assert "whsec_" not in said
    assert "secret" not in said


def test_a_registration_with_a_key_is_done_once_and_answered_again(world: World) -> None:
    key = "0123456789abcdef-webhook"
    first, second = (
        world.provider.client.post(LIST, BODY, format="json", HTTP_IDEMPOTENCY_KEY=key) for _number in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert json.loads(first.content) == json.loads(second.content)
    assert WebhookEndpoint.objects.count() == 1


def test_its_life(world: World, webhook: dict[str, Any]) -> None:
    client, address = world.provider.client, f"{LIST}/{webhook['webhook']['id']}"
    assert client.patch(address, {"description": "x"}, format="json").status_code == 428
    assert client.patch(address, {"description": "x"}, format="json", HTTP_IF_MATCH='"7"').status_code == 412
    answer = client.patch(address, {"description": "x"}, format="json", HTTP_IF_MATCH='"1"')
    assert (answer.status_code, answer["ETag"], answer.json()["description"]) == (200, '"2"', "x")
    assert answer.json()["url"] == BODY["url"]
    tested = client.post(f"{address}/actions/test")
    assert (tested.status_code, tested.json()["kind"], tested.json()["state"]) == (202, "webhook.test", "pending")
    delivery = f"/api/v1/webhook-deliveries/{tested.json()['id']}"
    assert client.get(delivery).json() == client.get(f"{address}/deliveries?state=pending").json()["results"][0]
    assert client.post(f"{delivery}/actions/redeliver").status_code == 409
    rotated = client.post(f"{address}/actions/rotate").json()
    assert rotated["secret"] not in ("", webhook["secret"])
    assert rotated["webhook"]["previous_until"] is not None
    assert client.post(f"{address}/actions/pause").json()["state"] == "paused"
    assert client.post(f"{address}/actions/pause").status_code == 409
    assert client.post(f"{address}/actions/test").status_code == 409
    assert client.post(f"{address}/actions/resume").json()["state"] == "active"
    assert client.delete(address).json()["state"] == "disabled"
    assert client.get(delivery).json()["state"] == "cancelled"
    assert [row["id"] for row in client.get(f"{LIST}?state=disabled").json()["results"]] == [webhook["webhook"]["id"]]
    assert client.get(f"{LIST}?state=active").json()["results"] == []


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://127.0.0.1/", "https://localhost/", "nonsense"])
def test_an_address_that_leads_inside_is_not_registered(world: World, url: str) -> None:
    answer = world.provider.client.post(LIST, {**BODY, "url": url}, format="json")
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, ["/url"])
    assert not WebhookEndpoint.objects.exists()


def test_who_may_what(world: World, webhook: dict[str, Any]) -> None:
    address = f"{LIST}/{webhook['webhook']['id']}"
    sent = world.provider.client.post(f"{address}/actions/test").json()["id"]
    delivery = f"/api/v1/webhook-deliveries/{sent}"
    reads = [address, f"{address}/deliveries", delivery]
    writes = [
        *(("post", f"{address}/actions/{step}") for step in ("pause", "resume", "rotate", "test")),
        ("post", f"{delivery}/actions/redeliver"),
        ("delete", address),
        ("patch", address),
    ]
    parties = {
        world.anonymous: (401, 401, 401),
        world.buyer.client: (404, 404, 201),  # its own
        world.exchange.client: (404, 404, 201),
        world.colleague(world.provider, "auditor").client: (404, 404, 403),
        world.colleague(world.provider, "operator").client: (200, 403, 403),
    }
    before = stored()
    for client, (to_read, to_write, to_register) in parties.items():
        assert [client.get(read).status_code for read in reads] == [to_read] * len(reads)
        given = [
            getattr(client, method)(url, {}, format="json", HTTP_IF_MATCH='"1"').status_code for method, url in writes
        ]
        assert given == [to_write] * len(writes)
        assert client.post(LIST, BODY, format="json").status_code == to_register
        WebhookEndpoint.objects.exclude(pk=webhook["webhook"]["id"]).delete()
        assert stored() == before
