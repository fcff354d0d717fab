"""Rules over REST: released ones for everybody, drafts for the exchange alone."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from foundation.rulebooks import services
from marketplace.matching.engine.weights import DEFAULT_WEIGHTS, load_weights
from tests import releasing
from tests.factories import World

pytestmark = pytest.mark.django_db
KIND = "matching_weights"
SHIPPED = DEFAULT_WEIGHTS.read_text(encoding="utf-8")
SHIPPED_WEIGHTS = load_weights(DEFAULT_WEIGHTS)


@pytest.fixture
def world() -> World:
    return World()


def get(client: APIClient, path: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(f"/api/v1/rulebooks{path}", query)
    assert answer.status_code == status, answer.content
    return answer.json()


def text(label: str) -> str:
    return SHIPPED.replace(f'version = "{SHIPPED_WEIGHTS.version}"', f'version = "{label}"')


def test_before_any_release_the_shipped_files_are_shown(world: World) -> None:
    listed = {row["kind"]: row for row in get(world.anonymous, "")}
    assert sorted(listed) == ["decision_table", "grading_scheme", "level_scheme", "matching_weights", "quality_profile"]
    weights = listed[KIND]
    assert (weights["number"], weights["version"], weights["label"]) == (0, None, SHIPPED_WEIGHTS.version)
    assert (weights["name"], weights["title_zh"]) == ("Weights of matching", "撮合匹配默认权重")
    found = get(world.anonymous, f"/{KIND}")
    assert (found["text"], found["sha256"]) == (SHIPPED, sha256(SHIPPED.encode()).hexdigest())
    assert found["data"]["bonus"] == dict(SHIPPED_WEIGHTS.bonus)
    assert get(world.anonymous, f"/{KIND}/shipped") == found
    assert get(world.anonymous, f"/{KIND}/versions")["results"] == []


def test_released_rules_are_public_and_drafts_are_not(world: World) -> None:
    released = releasing.release(world, releasing.proposed(world, KIND, text("9.1.0")))
    scheduled = services.release_version(
        actor=world.approver.actor,
        version_id=releasing.proposed(world, KIND, text("9.2.0")).pk,
        against=1,
        valid_from=timezone.now() + timedelta(days=3),
    )
    draft = services.draft_version(actor=world.exchange.actor, kind=KIND, content=text("9.3.0"), note="Later.")
    taken_back = releasing.proposed(world, KIND, text("9.4.0"))
    services.withdraw_version(actor=world.exchange.actor, version_id=taken_back.pk, reason="No.")
    for client in (world.anonymous, world.buyer.client):
        assert [row["number"] for row in get(client, f"/{KIND}/versions")["results"]] == [2, 1]
        assert get(client, f"/{KIND}/versions/1")["text"] == text("9.1.0")
        for number in (draft.number, taken_back.number, 99, 0):
            get(client, f"/{KIND}/versions/{number}", status=404)
        assert get(client, f"/{KIND}/versions", state="draft")["results"] == []
    seen = get(world.reviewer.client, f"/{KIND}/versions")["results"]
    assert [(row["number"], row["state"]) for row in seen] == [
        (4, "withdrawn"), (3, "draft"), (2, "released"), (1, "released"),
    ]  # fmt: skip
    first = get(world.anonymous, f"/{KIND}/versions/1")
    assert first["valid_to"] == get(world.anonymous, f"/{KIND}/versions/2")["valid_from"]
    assert (first["id"], first["label"], first["data"]["version"]) == (released.pk, "9.1.0", "9.1.0")
    assert not {"author", "releaser", "what_if"} & set(first)
    assert get(world.anonymous, f"/{KIND}")["number"] == 1
    assert scheduled.valid_from is not None
    assert get(world.anonymous, f"/{KIND}", at=scheduled.valid_from.isoformat())["number"] == 2
    assert get(world.anonymous, f"/{KIND}", scope="330000")["number"] == 1
    assert get(world.anonymous, f"/{KIND}/versions", scope="330000")["results"] == []
    get(world.anonymous, f"/{KIND}/versions/1", status=404, scope="330000")


@pytest.mark.parametrize("path", ["/laws", "/laws/shipped", "/laws/versions", "/laws/versions/1"])
def test_unknown_kinds_are_not_found(path: str) -> None:
    assert "known: decision_table" in get(APIClient(), path, status=404)["detail"]


def test_an_instant_needs_its_offset() -> None:
    assert get(APIClient(), f"/{KIND}", status=422, at="2026-01-01")["errors"][0]["pointer"] == "/at"


def test_nobody_writes_here(world: World) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(world.exchange.client, method)(f"/api/v1/rulebooks/{KIND}").status_code == 405
