"""Query parameters: what cannot be meant is refused by name, not guessed at and not a failure of the server."""

import pytest

from tests.factories import World


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("assets", "state"),
        ("grades", "state"),
        ("demands", "state"),
        ("approval-steps", "state"),
        ("jobs", "subject_type"),
        ("audit/events", "action"),
        ("audit/events", "subject_type"),
        ("audit/events", "subject_id"),
    ],
)
def test_text_with_nul_is_refused(world: World, path: str, name: str) -> None:
    answer = world.exchange.client.get(f"/api/v1/{path}", {name: "a\x00b"})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [e["pointer"] for e in answer.json()["errors"]] == [f"/{name}"]


@pytest.mark.parametrize(("path", "name"), [("jobs", "subject_id"), ("grades", "asset")])
@pytest.mark.parametrize("value", ["abc", "²", "٣", "-1", "1.5", "1\x00", "9" * 20])
def test_numbers_are_digits(world: World, path: str, name: str, value: str) -> None:
    answer = world.exchange.client.get(f"/api/v1/{path}", {name: value})
    assert answer.status_code == 422, value
    assert [e["pointer"] for e in answer.json()["errors"]] == [f"/{name}"]


@pytest.mark.parametrize(("path", "name"), [("jobs", "subject_id"), ("grades", "asset")])
@pytest.mark.parametrize("value", ["1", str(2**63 - 1), str(2**63)])
def test_numbers_that_are_nobodys_find_nothing(world: World, path: str, name: str, value: str) -> None:
    answer = world.exchange.client.get(f"/api/v1/{path}", {name: value})
    assert (answer.status_code, answer.json()["results"]) == (200, [])
