"""Pages by cursor: a cursor that no page gave out is not found, whatever is in it."""

from base64 import b64encode

import pytest

from tests.factories import World

pytestmark = pytest.mark.bare_world  # it is counted who there is

LISTS = ("organisations", "listings", "assets", "grades", "demands", "jobs", "grants", "access-requests", "scenarios")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("content", ["p=abc", "p=%00", "p=-1", "p=1.5", "p=" + "9" * 30, "r=1&p=²", "\xff", "o=-1"])
def test_false_cursors_are_not_found(world: World, name: str, content: str) -> None:
    cursor = b64encode(content.encode()).decode()
    answer = world.exchange.client.get(f"/api/v1/{name}", {"cursor": cursor})
    if content in ("\xff", "o=-1"):  # names no place: the first page
        assert answer.status_code in (200, 404)
        return
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_pages_follow_each_other(world: World) -> None:
    parties = [world.organisation() for _ in range(3)]
    first = world.anonymous.get("/api/v1/organisations", {"page_size": 2}).json()
    second = world.anonymous.get(first["next"]).json()
    numbers = [row["id"] for page in (first, second) for row in page["results"]]
    assert numbers == [*(party.organisation_id for party in reversed(parties)), world.exchange.organisation_id]
    assert (first["previous"], second["next"]) == (None, None)
    assert world.anonymous.get(second["previous"]).json()["results"] == first["results"]
