"""Query parameters: what cannot be meant is refused by name, not guessed at and not a failure of the server."""

import pytest

from tests.factories import World

pytestmark = pytest.mark.bare_world  # it is counted who there is


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
@pytest.mark.parametrize("value", ["abc", "²", "٣", "-1", "1.5", "1\x00", "", str(2**63), "9" * 20])
def test_numbers_are_digits(world: World, path: str, name: str, value: str) -> None:
    answer = world.exchange.client.get(f"/api/v1/{path}", {name: value})
    assert answer.status_code == 422, value
    assert [e["pointer"] for e in answer.json()["errors"]] == [f"/{name}"]


@pytest.mark.parametrize(("path", "name"), [("jobs", "subject_id"), ("jobs", "parent"), ("grades", "asset")])
@pytest.mark.parametrize("value", ["1", str(2**63 - 1)])
def test_numbers_that_are_nobodys_find_nothing(world: World, path: str, name: str, value: str) -> None:
    answer = world.exchange.client.get(f"/api/v1/{path}", {name: value})
    assert (answer.status_code, answer.json()["results"]) == (200, [])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("stat=open", ["/stat"]),
        ("state=nonsense", ["/state"]),
        ("state=", ["/state"]),
        ("state=open&state=closed", ["/state"]),
        ("page_size=0&cursor=a%00b", ["/page_size", "/cursor"]),
        ("page_size=201", ["/page_size"]),
        ("ordering=text", ["/ordering"]),
        ("a/b~c=1", ["/a~1b~0c"]),
        ("format=json", ["/format"]),
    ],
)
def test_parameters_are_those_that_are_documented(world: World, query: str, names: list[str]) -> None:
    answer = world.buyer.client.get(f"/api/v1/demands?{query}")
    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, names)


def test_operations_without_parameters_take_none(world: World) -> None:
    number = world.provider.organisation_id
    for method, path in (("get", f"organisations/{number}"), ("post", f"organisations/{number}/actions/suspend")):
        answer = getattr(world.exchange.client, method)(f"/api/v1/{path}?dry_run=1")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/dry_run")
    assert world.provider.organisation.state == "verified"


def test_unknown_callers_learn_no_parameters(world: World) -> None:
    assert world.anonymous.get("/api/v1/demands?x=1").status_code == 401


@pytest.mark.parametrize("value", ["yesterday", "2026-01-31", "2026-01-31T08:00:00", "2026-02-31T08:00:00Z", ""])
def test_instants_have_an_offset(world: World, value: str) -> None:
    answer = world.exchange.client.get("/api/v1/audit/events", {"since": value})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/since")


def test_filters_narrow_what_is_seen(world: World) -> None:
    provider, buyer = world.provider, world.buyer
    hidden = world.organisation("Hidden", "buyer", verified=False)

    def found(**asked: str) -> set[int]:
        return {row["id"] for row in world.exchange.client.get("/api/v1/organisations", asked).json()["results"]}

    exchange = world.exchange.organisation_id
    assert found() == {exchange, provider.organisation_id, buyer.organisation_id, hidden.organisation_id}
    assert found(role="buyer") == {buyer.organisation_id}, "a claimed role is none"
    assert found(state="registered") == {hidden.organisation_id}
    assert found(kind="institution", region="210200") == {buyer.organisation_id}
    assert found(region="990000") == set()


def test_the_oldest_come_first_where_asked(world: World) -> None:
    numbers = [world.exchange.organisation_id, *(world.organisation().organisation_id for _ in range(2))]
    first = world.anonymous.get("/api/v1/organisations?ordering=id&page_size=2").json()
    second = world.anonymous.get(first["next"]).json()
    assert [row["id"] for page in (first, second) for row in page["results"]] == numbers


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-01T00:00:00+23:59",
        "2026-01-01T00:00:00-16:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_instants_that_the_database_cannot_take_are_refused(world: World, value: str) -> None:
    for path, name in (("rulebooks/decision_table", "at"), ("audit/events", "until")):
        answer = world.exchange.client.get(f"/api/v1/{path}", {name: value})
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, [f"/{name}"])


def test_instants_at_the_ends_of_time_are_taken(world: World) -> None:
    for value in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00"):
        assert world.exchange.client.get("/api/v1/audit/events", {"since": value}).status_code == 200


def test_a_head_takes_what_its_get_takes(world: World) -> None:
    for query in ("page_size=1&state=open", "bogus=1"):
        get, head = (
            ask(f"/api/v1/demands?{query}").status_code for ask in (world.buyer.client.get, world.buyer.client.head)
        )
        assert get == head == (422 if query == "bogus=1" else 200)


def test_audit_events_between_two_instants(world: World) -> None:
    client, number = world.exchange.client, world.provider.organisation_id
    asked = {"subject_type": "organisation", "subject_id": str(number), "action": "organisation.registered"}
    (event,) = client.get("/api/v1/audit/events", asked).json()["results"]
    assert client.get("/api/v1/audit/events", {**asked, "since": event["at"]}).json()["results"] == [event]
    assert client.get("/api/v1/audit/events", {**asked, "until": event["at"]}).json()["results"] == []
