"""`Idempotency-Key` over the wire: creations are done once, and every creation of the API takes a key."""

from typing import Any

import pytest
from django.urls import URLPattern

from foundation.idempotency.models import StoredAnswer
from foundation.participants.models import ApiKey, Organisation
from marketplace.api.urls import urlpatterns
from marketplace.matching.models import Demand
from tests.factories import World
from tests.marketplace.api.test_participants import REGISTRATION

API = "/api/v1"
KEY = "8e03978e-40d5-43dd-bc93-6f2f0fd5d4a4"
TRANSPORT = {"text": "hourly departures of airports", "sector": "transport"}
WITHOUT_KEY = {
    "versions/<int:version_id>/files",  # the body is a file: it is streamed, and resumable uploads repeat safely
    "versions/<int:version_id>/uploads",  # of the tus protocol, which repeats safely by itself
    "demands/<int:demand_id>/sample",  # a file again; sent twice, the second takes the place of the first
    "demands/<int:demand_id>/sample/uploads",  # of tus again
    "audit/verification",  # makes nothing
    "authorization/explain",  # makes nothing
}


def test_a_registration_sent_twice_is_one(world: World) -> None:
    made = world.anonymous.post(f"{API}/organisations", REGISTRATION, format="json", headers={"Idempotency-Key": KEY})
    before = (Organisation.objects.count(), ApiKey.objects.count())
    again = world.anonymous.post(
        f"{API}/organisations", REGISTRATION, format="json", headers={"Idempotency-Key": f'"{KEY}"'}
    )
    assert (made.status_code, again.status_code, again.content) == (201, 201, made.content)
    assert ("Idempotency-Replayed" in made, again["Idempotency-Replayed"]) == (False, "true")
    assert again["Content-Type"] == "application/json"
    assert (Organisation.objects.count(), ApiKey.objects.count()) == before
    assert made.json()["api_key"].encode() not in bytes(StoredAnswer.objects.get().sealed)


def test_another_body_under_the_same_key_is_refused(world: World) -> None:
    client, headers = world.buyer.client, {"Idempotency-Key": KEY}
    assert client.post(f"{API}/demands", TRANSPORT, format="json", headers=headers).status_code == 201
    other = client.post(f"{API}/demands", {**TRANSPORT, "sector": "health"}, format="json", headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "/api/problems/idempotency_key_reused")
    elsewhere = client.post(f"{API}/demands?", TRANSPORT, format="json", headers=headers)
    assert elsewhere.status_code == 201  # the same address
    assert world.other_buyer.client.post(f"{API}/demands", TRANSPORT, format="json", headers=headers).status_code == 201
    assert Demand.objects.count() == 2


def test_without_a_key_each_request_counts(world: World) -> None:
    for _ in range(2):
        assert world.buyer.client.post(f"{API}/demands", TRANSPORT, format="json").status_code == 201
    assert (Demand.objects.count(), StoredAnswer.objects.count()) == (2, 0)


def test_etags_come_again(world: World) -> None:
    from tests.factories import as_json, draft

    said, headers = as_json(draft(world.provider)), {"Idempotency-Key": KEY}
    answers = [world.provider.client.post(f"{API}/listings", said, format="json", headers=headers) for _ in range(2)]
    assert [(a.status_code, a["ETag"]) for a in answers] == [(201, '"1"')] * 2
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("key", ["", "short", "a" * 15, "a" * 256, '"' + "a" * 20, "a b" * 10, "钥匙" * 10, 'a"' * 10])
def test_keys_that_are_none(world: World, key: str) -> None:
    answer = world.buyer.client.post(f"{API}/demands", TRANSPORT, format="json", headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/idempotency-key"]
    assert not Demand.objects.exists()


def test_a_refused_creation_keeps_no_answer(world: World) -> None:
    headers = {"Idempotency-Key": KEY}
    wrong: dict[str, Any] = {**TRANSPORT, "sector": "nonsense"}
    assert world.buyer.client.post(f"{API}/demands", wrong, format="json", headers=headers).status_code == 422
    assert not StoredAnswer.objects.exists()
    assert world.buyer.client.post(f"{API}/demands", TRANSPORT, format="json", headers=headers).status_code == 201


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: str(pattern.pattern))
def test_every_creation_takes_a_key(pattern: URLPattern) -> None:
    route = str(pattern.pattern)
    post = getattr(pattern.callback.view_class, "post", None)  # type: ignore[attr-defined]
    if post is not None and "/actions/" not in route and route not in WITHOUT_KEY:
        assert getattr(post, "takes_idempotency_key", False), f"POST {route}: decorate it with @creates"
