"""Reviewers' queue, appeals and figures over REST."""

from typing import Any

import pytest

from grading.models import Grade
from tests import factories
from tests.at_once import at_once
from tests.factories import World
from tests.grading.recommending import recommended_again
from tests.grading.services.test_decide import decide, receive

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def world() -> World:
    return World()


def recommended(world: World, level: str) -> Grade:
    return factories.examined(receive(world.provider), recommended=level)


def get(client: Any, path: str, **query: Any) -> Any:
    answer = client.get(f"{API}{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_queue_is_paged_by_cursor_without_a_gap(world: World) -> None:
    levels = ("general_1", "general_4", "general_1", "general_2", "general_4")
    grades = [recommended(world, level) for level in levels]
    wanted = [grades[place].pk for place in (1, 4, 3, 0, 2)]
    client, seen = world.reviewer.client, []
    page = get(client, "/reviews", page_size=2)
    while True:
        seen += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert seen == wanted
    first = get(client, "/reviews")["results"][0]
    assert (first["risk"], first["cause"], first["differs"], first["appeal"]) == (4, "first", False, None)
    assert first["organisation_name"] == "Dalian Data Company"


def test_the_queues_filters(world: World) -> None:
    client = world.reviewer.client
    low, high = recommended(world, "general_1"), recommended(world, "general_4")
    differing = recommended_again(decide(world.reviewer, recommended(world, "general_3")), level="general_2")

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in get(client, "/reviews", **query)["results"]]

    assert found(risk=4) == [high.pk]
    assert found(cause="requested") == [differing.pk]
    assert found(only="differing") == [differing.pk]
    assert found(only="appeals") == []
    assert found(older_than=0) == [high.pk, differing.pk, low.pk]
    assert found(older_than=1) == []
    assert found(state="confirmed") == []
    assert client.get(f"{API}/reviews", {"risk": 7}).status_code == 422


def test_one_review_has_all_that_is_decided_by(world: World) -> None:
    factories.decided(recommended(world, "general_3"), world, level="general_3")
    decided = decide(world.reviewer, recommended(world, "general_3"))
    now = recommended_again(decided, level="general_4", cause="engine")
    review = get(world.reviewer.client, f"/reviews/{now.pk}")
    assert review["grade"]["id"] == now.pk
    assert (review["grade"]["cause"], review["grade"]["difference"]["level"]) == ("engine", ["general_3", "general_4"])
    assert review["difference"] == ["Recommended level: general 4; it was general 3."]
    assert [row["level"] for row in review["similar"]] == ["general_3"]
    assert [row["id"] for row in review["history"]] == [now.pk, decided.pk]
    assert (review["steps"], review["refusal"], review["appeal"]) == (["confirm", "decide", "return"], None, None)
    assert get(world.auditor.client, f"/reviews/{now.pk}")["refusal"]["rule"] == "grading.reviewer_only"


def test_an_appeal_over_rest(world: World) -> None:
    grade = decide(world.reviewer, recommended(world, "general_3"))
    path = f"{API}/assets/{grade.asset_id}/appeals"
    provider = world.provider.client
    assert provider.post(path, {"grounds": " "}, format="json").status_code == 422
    answer = provider.post(path, {"grounds": "No persons.", "grade": grade.pk}, format="json")
    assert answer.status_code == 201
    appeal = answer.json()
    assert (appeal["state"], appeal["appealed"], appeal["reason"]) == ("filed", grade.pk, "")
    assert provider.post(path, {"grounds": "Again."}, format="json").status_code == 409
    review = get(world.reviewer.client, f"/reviews/{appeal['review']}")
    assert (review["refusal"]["rule"], review["steps"]) == ("grading.appeal_to_others", ["confirm", "decide"])
    assert review["appeal"]["grounds"] == "No persons."
    step = f"{API}/grades/{appeal['review']}/actions/decide"
    mine = world.reviewer.client.post(step, {"level": "general_2", "reason": "no"}, format="json")
    assert (mine.status_code, mine.json()["rule"]) == (403, "grading.appeal_to_others")
    other = world.second_reviewer.client.post(step, {"level": "general_2", "reason": "indeed none"}, format="json")
    assert other.status_code == 200
    found = get(provider, f"/appeals/{appeal['id']}")
    assert (found["state"], found["reason"]) == ("granted", "indeed none")
    assert [row["id"] for row in get(provider, "/appeals", state="granted")["results"]] == [appeal["id"]]
    assert get(provider, "/appeals", state="filed")["results"] == []


def test_low_grades_in_bulk_over_rest(world: World) -> None:
    low, high = recommended(world, "general_1"), recommended(world, "general_3")
    body = {"grades": [high.pk, low.pk]}
    answer = world.reviewer.client.post(f"{API}/reviews/actions/confirm-low", body, format="json")
    assert answer.status_code == 200
    first, second = answer.json()["results"]
    assert (first["grade"], first["decided"], first["problem"]["rule"]) == (high.pk, False, "grading.bulk_low_only")
    assert first["problem"]["status"] == 403
    assert second == {"grade": low.pk, "decided": True, "problem": None}


def test_figures_over_rest(world: World) -> None:
    decide(world.reviewer, recommended(world, "general_3"), "general_2", reason="no persons")
    found = get(world.auditor.client, "/reviews/statistics")
    assert (found["total"]["decided"], found["total"]["lowered"]) == (1, 1)
    assert [row["username"] for row in found["reviewers"]] == [world.reviewer.user.get_username()]
    before = get(world.auditor.client, "/reviews/statistics", until="2020-01-01T00:00:00Z")
    assert (before["total"]["decided"], before["since"]) == (0, "2019-10-03T08:00:00+08:00")


@pytest.mark.django_db(transaction=True)
def test_the_loser_of_a_race_gets_409_with_the_winners_decision(world: World) -> None:
    grade = recommended(world, "general_3")
    clients = {party.user.get_username(): party.client for party in (world.reviewer, world.second_reviewer)}
    owner = world.provider.client
    answers: dict[str, Any] = {}

    def take(name: str) -> None:
        path = f"{API}/grades/{grade.pk}/actions/decide"
        answers[name] = clients[name].post(path, {"level": "general_3"}, format="json")

    first, second = clients
    assert at_once(lambda: take(first), lambda: take(second)) == ["done", "done"]
    assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
    (winner,) = [name for name, answer in answers.items() if answer.status_code == 200]
    (problem,) = [answer.json() for answer in answers.values() if answer.status_code == 409]
    row = Grade.objects.get(pk=grade.pk)
    assert row.decided_at is not None
    assert (problem["type"], problem["grade"]) == (
        "/api/problems/grade_taken",
        {
            "id": grade.pk,
            "state": "decided",
            "level": "general_3",
            "category": "transport",
            "at": row.decided_at.isoformat(),
            "by": winner,
        },
    )
    assert owner.get(f"{API}/grades/{grade.pk}").json()["decided_by"] is None
