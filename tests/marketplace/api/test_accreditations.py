"""Accreditations over REST: what its holder, the exchange and other participants read, and from a claim to its end."""

from typing import Any

from foundation.participants import accreditation_kinds
from foundation.participants.models import Accreditation
from tests.factories import Party, World
from tests.foundation.participants.certified import claimed, confirmed, day

API = "/api/v1"


def said(**changes: Any) -> dict[str, Any]:
    usual = {
        "kind": "data_security_capability",
        "level": 3,
        "issuer": "A certification body",
        "number": "DSMM-2026-17",
        "evidence": "The body's register",
        "valid_from": str(day(-30)),
        "valid_until": str(day(335)),
    }
    return {**usual, **changes}


def listed(party: Party, holder: Party, query: str = "") -> list[dict[str, Any]]:
    found = party.client.get(f"{API}/organisations/{holder.organisation_id}/accreditations{query}")
    rows: list[dict[str, Any]] = found.json()["results"]
    return rows


def test_from_the_claim_to_the_revocation(world: World) -> None:
    url = f"{API}/organisations/{world.provider.organisation_id}/accreditations"
    made = world.provider.client.post(url, said(), format="json")
    row = made.json()
    certificate = row.pop("certificate")
    assert (made.status_code, row) == (
        201,
        {
            "id": row["id"],
            "kind": "data_security_capability",
            "organisation": world.provider.organisation_id,
            "user": None,
            "level": 3,
            "valid_until": str(day(335)),
            "state": "claimed",
        },
    )
    assert certificate.pop("claimed_at")
    assert certificate == {
        "issuer": "A certification body",
        "number": "DSMM-2026-17",
        "scope": "",
        "evidence": "The body's register",
        "valid_from": str(day(-30)),
        "state_reason": "",
        "claimed_via": world.provider.organisation_id,
        "decided_at": None,
        "ended_at": None,
        "superseded_by": None,
    }
    again = world.provider.client.post(url, said(), format="json")
    assert (again.status_code, again.json()["type"]) == (409, "/api/problems/conflict")
    one = f"{API}/accreditations/{row['id']}"
    confirmed_now = world.reviewer.client.post(f"{one}/actions/confirm")
    assert (confirmed_now.status_code, confirmed_now.json()["state"]) == (200, "confirmed")
    revoked = world.exchange.client.post(f"{one}/actions/revoke", {"reason": "Forged."}, format="json")
    assert (revoked.json()["state"], revoked.json()["certificate"]["state_reason"]) == ("revoked", "Forged.")
    once_more = world.exchange.client.post(f"{one}/actions/revoke", {"reason": "Forged."}, format="json")
    assert (once_more.status_code, once_more.json()["type"]) == (409, "/api/problems/illegal_transition")


def test_others_see_that_it_counts_and_until_when(world: World) -> None:
    row = confirmed(world, world.provider, number="SECRET-1", evidence="SECRET-2", scope="SECRET-3")
    claimed(world.provider, kind="personal_information_protection", level=None)
    confirmed(world, world.provider, kind="data_security_management", level=None, valid_from=day(2))
    answer = world.buyer.client.get(f"{API}/organisations/{world.provider.organisation_id}/accreditations")
    assert "SECRET" not in answer.content.decode()
    assert answer.json()["results"] == [
        {
            "id": row.pk,
            "kind": "data_security_capability",
            "organisation": world.provider.organisation_id,
            "user": None,
            "level": 3,
            "valid_until": str(day(335)),
            "state": "confirmed",
            "certificate": None,
        }
    ]
    assert world.buyer.client.get(f"{API}/accreditations/{row.pk}").json()["certificate"] is None
    assert world.anonymous.get(f"{API}/accreditations/{row.pk}").status_code == 401
    assert [len(listed(party, world.provider)) for party in (world.provider, world.auditor)] == [3, 3]
    assert all(one["certificate"] for one in listed(world.auditor, world.provider))
    Accreditation.objects.filter(pk=row.pk).update(valid_until=day(-1))
    assert listed(world.buyer, world.provider) == []
    assert world.buyer.client.get(f"{API}/accreditations/{row.pk}").status_code == 404


def test_of_a_suspended_organisation_others_see_nothing(world: World) -> None:
    row = confirmed(world, world.provider)
    number = world.provider.organisation_id
    world.exchange.client.post(f"{API}/organisations/{number}/actions/suspend", {"reason": "Checks."}, format="json")
    assert world.buyer.client.get(f"{API}/accreditations/{row.pk}").status_code == 404
    assert world.provider.client.get(f"{API}/accreditations/{row.pk}").json()["certificate"]["number"] == row.number


def test_a_persons_are_read_by_the_person_and_the_administrators(world: World) -> None:
    person, operator = world.colleague(world.provider, "operator"), world.colleague(world.provider, "operator")
    training: dict[str, Any] = {"kind": "data_security_training", "level": None, "user_id": person.user.pk}
    row = confirmed(world, world.provider, **training)
    url = f"{API}/accreditations/{row.pk}"
    for party, status in (
        (person, 200),
        (world.provider, 200),
        (world.reviewer, 200),
        (operator, 404),
        (world.buyer, 404),
    ):
        assert party.client.get(url).status_code == status
    assert person.client.get(url).json()["certificate"]["issuer"] == "A certification body"
    assert [len(listed(party, world.provider)) for party in (person, world.provider, operator, world.buyer)] == [
        1, 1, 0, 0,
    ]  # fmt: skip


def test_lists_are_narrowed(world: World) -> None:
    confirmed(world, world.provider)
    waiting = claimed(world.other_provider)
    queue = world.exchange.client.get(f"{API}/accreditations?state=claimed").json()["results"]
    assert [one["id"] for one in queue] == [waiting.pk]
    assert len(listed(world.exchange, world.provider, "?kind=data_security_capability")) == 1
    assert listed(world.exchange, world.provider, "?kind=classified_protection") == []
    assert world.exchange.client.get(f"{API}/accreditations?kind=guild").status_code == 422


def test_wrong_fields_are_named(world: World) -> None:
    url = f"{API}/organisations/{world.provider.organisation_id}/accreditations"
    for wrong, pointers in (
        ({"level": 7, "number": "", "evidence": ""}, ["/level", "/number"]),
        ({"valid_until": "tomorrow"}, ["/valid_until"]),
        ({"issuer": "a\x00b"}, ["/issuer"]),
    ):
        answer = world.provider.client.post(url, said(**wrong), format="json")
        assert answer.status_code == 422
        assert [one["pointer"] for one in answer.json()["errors"]] == pointers
    assert not Accreditation.objects.exists()


def test_everybody_reads_the_kinds_with_their_certainty(world: World) -> None:
    answer = world.anonymous.get(f"{API}/accreditation-kinds").json()
    assert [one["code"] for one in answer] == list(accreditation_kinds.known())
    first = answer[0]
    assert (first["standard"], first["certainty"], first["term_certainty"]) == ("GB/T 37988-2019", "R", "U")
    assert first["levels"][4] == {"level": 5, "name": "continuously improving", "name_zh": "持续优化"}
