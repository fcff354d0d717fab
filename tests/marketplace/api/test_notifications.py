"""Notices over REST: each person their own, in the language of the request."""

import pytest

from foundation.notifications.models import Notification, Preference
from tests.factories import Party, World

KIND = "participants.organisation_verified"
LIST = "/api/v1/notifications"


def told(party: Party, number: int = 1) -> list[Notification]:
    return [
        Notification.objects.create(
            recipient=party.user, organisation=party.organisation, kind=KIND, subject_id=party.organisation_id
        )
        for _number in range(number)
    ]


def test_a_person_reads_what_it_was_told(world: World) -> None:
    first, second = told(world.provider, 2)
    client = world.provider.client
    answer = client.get(LIST)
    assert answer.status_code == 200
    assert [row["id"] for row in answer.json()["results"]] == [second.pk, first.pk]
    created = answer.json()["results"][0].pop("created_at")
    assert created
    assert answer.json()["results"][1] == {
        "id": first.pk,
        "kind": KIND,
        "title": "Dalian Data Company is verified",
        "text": "The exchange has verified Dalian Data Company: its confirmed roles count from now on.",
        "subject_type": "organisation",
        "subject_id": world.provider.organisation_id,
        "link": f"/api/v1/organisations/{world.provider.organisation_id}",
        "created_at": answer.json()["results"][1]["created_at"],
        "read_at": None,
    }
    assert client.get(f"{LIST}/unread").json() == {"unread": 2}
    marked = client.post(f"{LIST}/{first.pk}/actions/read")
    assert (marked.status_code, marked.json()["id"]) == (200, first.pk)
    assert marked.json()["read_at"] is not None
    assert [row["id"] for row in client.get(f"{LIST}?unread=true").json()["results"]] == [second.pk]
    assert client.get(f"{LIST}?kind=jobs.job_failed").json()["results"] == []
    assert client.post(f"{LIST}/actions/read-all", {"up_to": first.pk}, format="json").json() == {"marked": 0}
    assert client.post(f"{LIST}/actions/read-all", {}, format="json").json() == {"marked": 1}
    assert client.get(f"{LIST}/unread").json() == {"unread": 0}


@pytest.mark.parametrize(("query", "pointer"), [("unread=maybe", "/unread"), ("colour=red", "/colour")])
def test_parameters_that_are_not_documented_are_refused(world: World, query: str, pointer: str) -> None:
    answer = world.provider.client.get(f"{LIST}?{query}")
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])


def test_nobody_reads_another_persons_notices(world: World) -> None:
    (row,) = told(world.provider)
    colleague = world.colleague(world.provider, "administrator")
    for client in (world.buyer.client, colleague.client, world.exchange.client):
        assert client.get(LIST).json()["results"] == []
        assert client.get(f"{LIST}/unread").json() == {"unread": 0}
        assert client.post(f"{LIST}/{row.pk}/actions/read").status_code == 404
        assert client.post(f"{LIST}/actions/read-all", {}, format="json").json() == {"marked": 0}
    for method, address in (("get", LIST), ("get", f"{LIST}/unread"), ("get", f"{LIST}/preferences")):
        assert getattr(world.anonymous, method)(address).status_code == 401
    row.refresh_from_db()
    assert row.read_at is None


def test_preferences_are_read_and_chosen(world: World) -> None:
    client = world.provider.client
    usual = client.get(f"{LIST}/preferences").json()["preferences"]
    (wish,) = [wish for wish in usual if wish["kind"] == KIND]
    assert wish == {"kind": KIND, "label": "Your organisation was verified", "in_app": True, "mail": True}
    body = {"preferences": [{"kind": KIND, "channel": "mail", "wanted": False}]}
    answer = client.patch(f"{LIST}/preferences", body, format="json")
    assert answer.status_code == 200
    changed = [{**wish, "mail": False} if wish["kind"] == KIND else wish for wish in usual]
    assert answer.json()["preferences"] == client.get(f"{LIST}/preferences").json()["preferences"] == changed
    wrong = {"preferences": [{"kind": "no.such", "channel": "mail", "wanted": False}]}
    answer = client.patch(f"{LIST}/preferences", wrong, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/preferences/0/kind")
    assert Preference.objects.count() == 1
