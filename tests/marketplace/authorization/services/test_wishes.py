"""What a request may ask for beside form and term: scenario, columns, amounts, and the listing's own questions."""

from typing import Any

import pytest

from foundation.errors import InvalidInput
from marketplace.authorization import selectors
from marketplace.authorization.models import AccessRequest
from tests.factories import World
from tests.marketplace.authorization.asking import BY_SCENARIO, UNIFIED, ask, listing, winter_roads

QUESTIONS = {
    "type": "object",
    "required": ["need"],
    "additionalProperties": False,
    "properties": {"need": {"type": "string", "minLength": 5}},
}


def wrong(world: World, version: Any, **changes: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        ask(world, version, **changes)
    assert not AccessRequest.objects.exists()
    return [field.pointer for field in caught.value.fields]


def test_what_was_asked_for_is_kept(world: World) -> None:
    version = listing(world, UNIFIED, questions=QUESTIONS, columns=("id", "name", "Delay (min)"))
    answers = {"need": "traffic model"}
    wish: dict[str, Any] = {
        "columns": ["Delay (min)", "id"],
        "row_limit": 2**40,
        "byte_limit": 2**50,
        "download_limit": 2,
    }
    request = ask(world, version, answers=answers, **wish)
    request.refresh_from_db()
    assert {name: getattr(request, name) for name in wish} == wish
    assert (request.answers, request.scenario) == (answers, "")
    assert request.expires_at is not None
    assert (request.expires_at - request.created_at).days == 90


def test_every_wrong_field_is_named(world: World) -> None:
    version = listing(world, UNIFIED, questions=QUESTIONS, columns=("id", "name"))
    changes = {"scenario": "winter_roads", "row_limit": 0, "byte_limit": 2**63, "download_limit": 2**31}
    assert wrong(world, version, columns=["name", "Name", "name"], answers={"other": 1}, **changes) == [
        "/scenario",
        "/download_limit",
        "/row_limit",
        "/byte_limit",
        "/columns/1",
        "/columns/2",
        "/answers/need",
        "/answers/other",
    ]
    assert wrong(world, version, columns=["id"] * 2001, answers={"need": "12345"}) == ["/columns"]
    assert wrong(world, version, answers={"need": "123"}) == ["/answers/need"]
    assert wrong(world, listing(world, UNIFIED, title="No questions"), answers={"need": "12345"}) == ["/answers"]


def test_the_scenario_is_one_that_the_listing_allows(world: World) -> None:
    winter_roads(world, world.exchange.organisation_id)
    version = listing(world, BY_SCENARIO)
    assert wrong(world, version, scenario="spring_roads") == ["/scenario"]
    assert ask(world, version).scenario == "winter_roads"
    assert ask(world, version, purpose="internal_use", scenario="winter_roads").scenario == "winter_roads"


def test_answers_are_for_the_buyer_and_the_approvers(world: World) -> None:
    version = listing(world, UNIFIED, questions=QUESTIONS)
    number = ask(world, version, answers={"need": "traffic model"}).pk
    shown = {}
    for name in ("buyer", "provider", "exchange", "reviewer", "approver"):
        client = getattr(world, name).client
        body = client.get(f"/api/v1/access-requests/{number}").json()
        shown[name] = (body["answers"], body["rounds"])
        events = client.get(f"/api/v1/access-requests/{number}/timeline").json()
        assert [event["action"] for event in events] == ["access_request.submitted", "access_request.routed"]
        assert "traffic model" not in str(events)
    told: Any = ({"need": "traffic model"}, [])
    hidden = (None, None)
    assert shown == {"buyer": told, "approver": told, "provider": hidden, "exchange": hidden, "reviewer": hidden}
    page = f"/admin/authorization/accessrequest/{number}/change/"
    assert "traffic model" in world.approver.admin.get(page).content.decode()
    assert "traffic model" not in world.reviewer.admin.get(page).content.decode()
    request = AccessRequest.objects.get(pk=number)
    assert not selectors.Confidence(world.other_buyer.actor).covers(request)
