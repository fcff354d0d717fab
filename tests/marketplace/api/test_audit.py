"""The audit log over REST: for auditors only; an altered event is named, from a file and in the database alike."""

import json
from typing import Any

import pytest
from django.db import connection, transaction

from foundation.actors import Actor, system
from foundation.audit import keys, proofs
from foundation.audit import services as audit
from foundation.audit.models import Event
from foundation.audit.notes import Checkpoint
from tests.factories import Party, World

NDJSON = "application/x-ndjson"
ADDRESSES = [("get", "events"), ("get", "export"), ("get", "verification"), ("post", "verification")]


@pytest.fixture
def sealed(transactional_db: None) -> World:
    """A world whose events are sealed but for the last one."""
    world = World()
    auditor = world.auditor
    audit.seal(actor=system("tests"))
    assert world.buyer.token
    assert auditor.token
    return world


def exported(party: Party) -> list[bytes]:
    answer = party.client.get("/api/v1/audit/export", headers={"Accept": NDJSON})
    assert (answer.status_code, answer["Content-Type"]) == (200, NDJSON)
    body = b"".join(getattr(answer, "streaming_content"))  # noqa: B009 (unknown to the stubs)
    answer.close()
    return body.splitlines(keepends=True)


def verified(party: Party, body: bytes) -> Any:
    client: Any = party.client
    return client.generic(
        "POST", "/api/v1/audit/verification", body, content_type=NDJSON, CONTENT_LENGTH=str(len(body))
    )


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_who_may_read_the_log(sealed: World, method: str, address: str) -> None:
    refused = {
        "anonymous": (sealed.anonymous, 401),
        "buyer": (sealed.buyer.client, 403),
        "reviewer": (sealed.reviewer.client, 403),
        "operator": (sealed.colleague(sealed.exchange, "operator").client, 403),
        "auditor of a buyer": (sealed.colleague(sealed.buyer, "auditor").client, 403),
    }
    for role, (client, status) in refused.items():
        answer = getattr(client, method)(f"/api/v1/audit/{address}")
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), role
        assert status == 401 or answer.json()["rule"] == "audit.read_log"
    for party in (sealed.auditor, sealed.exchange):
        if method == "post":
            assert verified(party, b"".join(exported(party))).status_code == 200
        elif address == "export":
            assert len(exported(party)) > 2
        else:
            assert party.client.get(f"/api/v1/audit/{address}").status_code == 200


def test_events_are_listed_newest_first_and_filtered(sealed: World) -> None:
    client = sealed.auditor.client
    listed = client.get("/api/v1/audit/events?page_size=200").json()["results"]
    stored = list(Event.objects.order_by("-pk").values_list("pk", flat=True))
    assert [row["id"] for row in listed] == stored
    buyer = str(sealed.buyer.organisation_id)
    of_buyer = client.get("/api/v1/audit/events", {"subject_type": "organisation", "subject_id": buyer}).json()[
        "results"
    ]
    assert [row["action"] for row in of_buyer] == ["organisation.verified", "organisation.registered"]
    assert of_buyer[0]["actor_organisation_id"] == sealed.exchange.organisation_id
    assert of_buyer[1]["data"] == {"roles": [["buyer", ""]], "region": "210200", "kind": "institution"}
    registered = client.get("/api/v1/audit/events", {"action": "exchange.bootstrapped"}).json()["results"]
    assert [row["subject_id"] for row in registered] == [str(sealed.exchange.organisation_id)]
    assert "mac" not in listed[0]


def test_the_database_is_verified(sealed: World) -> None:
    report = sealed.auditor.client.get("/api/v1/audit/verification").json()
    sealed_events = report["sealed"]
    assert report["ok"] is True
    assert (report["events"], report["problems"], report["found"]) == (Event.objects.count(), [], 0)
    assert (report["seals"], report["unsealed_tail"]) == (1, report["events"] - sealed_events)
    assert 0 < sealed_events < report["events"]


def test_an_event_altered_in_the_database_is_named(sealed: World) -> None:
    event = Event.objects.get(action="exchange.bootstrapped")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET subject_id = '4711' WHERE id = %s", [event.pk])
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    report = sealed.auditor.client.get("/api/v1/audit/verification", headers={"Accept-Language": "en"}).json()
    assert report["ok"] is False
    (problem,) = report["problems"]
    assert (problem["id"], problem["action"], problem["code"]) == (event.pk, "exchange.bootstrapped", "event_altered")
    assert problem["problem"] == "was altered after it was sealed"


def test_an_export_is_whole_and_verified(sealed: World) -> None:
    lines = exported(sealed.auditor)
    assert json.loads(lines[0])["kind"] == "export"
    events = [json.loads(line)["event"]["id"] for line in lines if json.loads(line)["kind"] == "event"]
    assert sorted(events) == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    report = verified(sealed.auditor, b"".join(lines)).json()
    assert (report["ok"], report["events"]) == (True, len(events))


def test_an_event_altered_in_an_export_is_named_and_no_other(sealed: World) -> None:
    lines = exported(sealed.auditor)
    place, line = next((n, json.loads(row)) for n, row in enumerate(lines) if b"organisation.verified" in row)
    line["event"]["data"] = {"reason": "bribed"}
    lines[place] = json.dumps(line).encode() + b"\n"
    answer = verified(sealed.auditor, b"".join(lines))
    assert answer.status_code == 200
    report = answer.json()
    assert (report["ok"], report["found"]) == (False, 1)
    (problem,) = report["problems"]
    assert (problem["id"], problem["action"]) == (line["event"]["id"], "organisation.verified")
    assert problem["at"] == line["event"]["at"]


def test_a_line_that_is_missing_is_noticed(sealed: World) -> None:
    lines = exported(sealed.auditor)
    place = next(n for n, row in enumerate(lines) if b"exchange.bootstrapped" in row)
    assert verified(sealed.auditor, b"".join(lines[:place] + lines[place + 1 :])).json()["ok"] is False
    assert verified(sealed.auditor, b"".join(lines[:-1])).json()["problems"][-1]["code"] == "export_altered"


@pytest.mark.parametrize("body", [b"[]", b"\xff\xfe", b"{", b'{"kind":"export","format":99}', b"a" * 2_000_000])
def test_what_is_no_export_is_refused_with_its_line(sealed: World, body: bytes) -> None:
    answer = verified(sealed.auditor, body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/api/problems/unreadable_export")
    assert "1" in answer.json()["detail"]


def test_nothing_at_all_is_no_whole_log(sealed: World) -> None:
    report = verified(sealed.auditor, b"").json()
    assert (report["ok"], [problem["code"] for problem in report["problems"]]) == (False, ["export_altered"])


def test_a_body_beyond_the_limit_is_refused(sealed: World, settings) -> None:
    body = b"".join(exported(sealed.auditor))
    settings.UPLOAD_LIMIT_BYTES = len(body)
    assert verified(sealed.auditor, body).json()["ok"] is True
    settings.UPLOAD_LIMIT_BYTES = len(body) - 1
    answer = verified(sealed.auditor, body)
    assert (answer.status_code, answer.json()["type"]) == (413, "/api/problems/too_large")


def test_a_form_is_refused(sealed: World) -> None:
    answer = sealed.auditor.client.post("/api/v1/audit/verification", {"a": 1}, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/content-type")


def test_everybody_reads_the_newest_checkpoint_and_the_keys(sealed: World) -> None:
    assert sealed.anonymous.get("/api/v1/audit/checkpoint").status_code == 404
    audit.write_checkpoint(actor=system("tests"))
    answer = sealed.anonymous.get("/api/v1/audit/checkpoint", headers={"Accept": "text/plain"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    published = sealed.anonymous.get("/api/v1/audit/public-keys").json()
    assert published == {"origin": "localhost/audit", "keys": [str(key) for key in keys.public_keys()]}
    checkpoint = Checkpoint.opened(answer.content.decode(), keys.public_keys())
    assert checkpoint.size == sealed.auditor.client.get("/api/v1/audit/verification").json()["checkpointed"] > 0


def test_everybody_learns_that_the_log_continues_the_copy_that_was_kept(sealed: World) -> None:
    older = audit.write_checkpoint(actor=system("tests"))
    assert older is not None
    audit.seal(actor=system("tests"))
    newer = audit.write_checkpoint(actor=system("tests"))
    assert newer is not None
    answer = sealed.anonymous.get("/api/v1/audit/consistency", {"size": older.size})
    assert answer.status_code == 200
    shown = proofs.check(answer.content.decode(), keys.public_keys(), since=older.note)
    assert shown == proofs.Consistency(older, newer)
    for size in ("", "0", "x", "-1", newer.size + 1, "9" * 19):
        refused = sealed.anonymous.get("/api/v1/audit/consistency", {"size": size})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/size"), size


def test_an_organisation_proves_what_it_did(sealed: World) -> None:
    buyer = Actor(kind="member", label="buyer", organisation_id=sealed.buyer.organisation_id)
    with transaction.atomic():
        audit.record(actor=buyer, action="demand.opened", subject=("demand", 1))
    audit.seal(actor=system("tests"))
    audit.write_checkpoint(actor=system("tests"))
    own = Event.objects.filter(actor_organisation_id=sealed.buyer.organisation_id).earliest("pk")
    other = Event.objects.get(action="exchange.bootstrapped")
    address = "/api/v1/audit/events/{}/proof"
    answer = sealed.buyer.client.get(address.format(own.pk))
    assert answer.status_code == 200
    shown = proofs.check(answer.content.decode(), keys.public_keys())
    assert isinstance(shown, proofs.Inclusion)
    assert shown.event["id"] == own.pk
    assert sealed.anonymous.get(address.format(own.pk)).status_code == 401
    for client, event, status in (
        (sealed.buyer.client, other.pk, 404),
        (sealed.provider.client, own.pk, 404),
        (sealed.buyer.client, 2**40, 404),
        (sealed.auditor.client, own.pk, 200),
        (sealed.auditor.client, other.pk, 200),
    ):
        assert client.get(address.format(event)).status_code == status


def test_an_event_without_checkpoint_is_proved_later(sealed: World) -> None:
    event = Event.objects.latest("pk")
    answer = sealed.exchange.client.get(f"/api/v1/audit/events/{event.pk}/proof")
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/problems/not_yet_sealed")
