"""Every operation, asked by everybody: the answer is the one in the table, and who is refused changes nothing.

The operations are read from the addresses of the API: one without a line in `matrix.txt` fails. Things belong to
`provider` and `buyer` (see scene.py); the others try them from outside. `/0` is a list without any row.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import pytest
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from foundation.audit.models import Event
from foundation.notifications.models import WebhookEndpoint
from foundation.participants.models import Organisation
from marketplace.api.urls import urlpatterns
from marketplace.authorization.agreement import terms_digest
from tests.factories import World, as_json, draft, send
from tests.marketplace.api.scene import Scene
from tests.marketplace.api.test_participants import REGISTRATION

pytestmark = pytest.mark.django_db
WRITTEN: Final = """
SELECT sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
    + pg_stat_get_xact_tuples_deleted(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
METHODS: Final = ("get", "post", "put", "patch", "delete")
REASON: Final = {"reason": "It must be so."}
READS_BY_POST: Final = {"POST audit/verification", "POST authorization/explain"}
QUERIES: Final = {
    "GET audit/consistency": "?size=1",
    "GET schemes/crosswalk": "?from=finance&level=level_4&to=zhejiang",
    "POST versions/<int:version_id>/files": "?filename=more.csv",
    "POST demands/<int:demand_id>/sample": "?filename=like.csv",
}
MAY_FIND_NOTHING_TO_DO: Final = {"POST notifications/actions/read-all", "POST grants/<int:grant_id>/deliveries"}
"""There is nothing to read for most; what is ready already is answered again."""
WRITES_BY_GET: Final = {"GET downloads/<str:token>"}
"""A download is counted when it begins."""
TABLE: Final = Path(__file__).with_name("matrix.txt")


@dataclass(frozen=True)
class Line:
    """One operation and the answers that the roles get, in the order of the table's first line."""

    operation: str
    answers: tuple[str, ...]


def table() -> tuple[tuple[str, ...], dict[str, Line]]:
    """The roles, and operation → line."""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    roles = tuple(lines[0])
    found = {f"{method} {route}": Line(f"{method} {route}", tuple(rest)) for method, route, *rest in lines[1:]}
    return roles, found


ROLES, LINES = table()
OPERATIONS: Final = tuple(
    f"{method.upper()} {pattern.pattern}"
    for pattern in urlpatterns
    for method in METHODS
    if hasattr(pattern.callback.view_class, method)  # type: ignore[attr-defined]
)


@cache
def bodies(scene: Scene) -> dict[str, Any]:
    """What is sent with an operation; nothing for others."""
    world = scene.world
    listing = as_json(draft(world.provider, title="Another"))
    choice = {"category": "transport", "reason": "As the evidence says."}
    return {
        "POST organisations": REGISTRATION,
        "POST notifications/actions/read-all": {},
        "PATCH notifications/preferences": {
            "preferences": [{"kind": "catalog.listing_published", "channel": "mail", "wanted": False}]
        },
        "POST webhooks": {"url": "https://hooks.example.com/new", "kinds": ["catalog.listing_published"]},
        "PATCH webhooks/<int:webhook_id>": {"description": "ours"},
        "POST organisations/<int:organisation_id>/accreditations": {
            "kind": "information_security_management",
            "issuer": "A certification body",
            "number": "IS-1",
            "scope": "The data centre",
            "valid_from": str(timezone.localdate()),
            "valid_until": str(timezone.localdate()),
        },
        "PATCH me": {"language": "zh-hans"},
        "POST organisations/<int:organisation_id>/invitations": {"roles": ["operator"]},
        "POST members/<int:membership_id>/actions/change-roles": {"roles": ["auditor"]},
        "POST invitations/actions/accept": {"token": scene.invitation_token, "username": "invited", "key": True},
        "POST keys/<int:key_id>/actions/rotate": {"grace_hours": 1},
        "POST keys": {"membership": scene.names["membership_id"], "label": "second"},
        "POST listings": listing,
        "POST listings/<int:listing_id>/versions": listing,
        "PUT versions/<int:version_id>": listing,
        "POST grades/<int:grade_id>/actions/confirm": {"level": "important", **choice},
        "POST grades/<int:grade_id>/actions/decide": {"level": "general_1", **choice},
        "POST reviews/actions/confirm-low": {"grades": [scene.grade.pk]},
        "POST assets/<int:asset_id>/appeals": {"grounds": "No persons are in it."},
        "POST assets/<int:asset_id>/actions/regrade": {"cause": "incident", "note": "A leak."},
        "POST assets/<int:asset_id>/actions/examine": {},
        "POST assets/<int:asset_id>/actions/declare": {"elements": {"depth": "raw"}},
        "POST assets/actions/examine-outdated": {"limit": 2},
        "POST versions/<int:version_id>/files/<int:distribution_id>/actions/declare": {"table_schema": None},
        "POST demands": {"text": "hourly weather", "sector": "meteorology"},
        "POST scenarios": {
            "code": "new_scenario",
            "name": "New",
            "levels": [{"title": "First", "organisation": world.authority.organisation_id}],
        },
        "POST access-requests": {
            "listing": scene.by_unified.listing_id,
            "purpose": "research",
            "form": "original",
            "term_days": 10,
        },
        "POST approval-steps/<int:step_id>/actions/reject": {"ground": "other", **REASON},
        "POST approval-steps/<int:step_id>/actions/ask": {"question": "Which cohort?"},
        "POST access-requests/<int:request_id>/actions/answer": {"answer": "That of 2020."},
        "POST access-requests/<int:request_id>/actions/appeal": {"grounds": "It is needed."},
        "POST approval-delegations": {
            "membership": scene.colleague,
            "ends_at": (timezone.now() + timedelta(days=2)).isoformat(),
            **REASON,
        },
        "POST authorization/explain": {"listing": scene.by_sector.listing_id},
        "POST grants/<int:grant_id>/actions/accept-terms": {"sha256": terms_digest(scene.suspended_grant.agreement)},
        "POST grants/<int:grant_id>/actions/renew": {"term_days": 30},
        "POST incidents": {"kind": "leak", "description": "Seen elsewhere.", "grants": [scene.grant.pk]},
        "POST incidents/<int:incident_id>/actions/investigate": {"suspend": False},
        "POST grants/<int:grant_id>/deliveries": {"distribution": scene.published.distributions.get().pk},
    }


@cache
def targets(scene: Scene) -> dict[str, dict[str, int]]:
    """Path parameters of operations that need another object than the scene's usual one."""
    version, listing = {"version_id": scene.published.pk}, {"listing_id": scene.published.listing_id}
    registered = {"organisation_id": scene.newcomer.organisation_id}
    return {
        "POST organisations/<int:organisation_id>/actions/verify": registered,
        "GET assets/<int:asset_id>/appeals": {"asset_id": scene.appeal.asset_id},
        "POST assets/<int:asset_id>/appeals": {"asset_id": scene.published.distributions.get().asset_id},
        "POST organisations/<int:organisation_id>/actions/reject": registered,
        "POST organisations/<int:organisation_id>/actions/reinstate": {
            "organisation_id": scene.suspended.organisation_id
        },
        **{
            f"POST accreditations/<int:accreditation_id>/actions/{action}": {"accreditation_id": scene.claim.pk}
            for action in ("confirm", "refuse", "withdraw")
        },
        "POST people/<int:user_id>/actions/reactivate": {"user_id": scene.closed_account},
        "POST listings/<int:listing_id>/versions": listing,
        "POST versions/<int:version_id>/actions/return": {"version_id": scene.in_review.pk},
        "POST versions/<int:version_id>/actions/publish": {"version_id": scene.in_review.pk},
        "POST versions/<int:version_id>/actions/suspend": version,
        "POST versions/<int:version_id>/actions/reinstate": {"version_id": scene.suspended_version.pk},
        "POST grants/<int:grant_id>/actions/accept-terms": {"grant_id": scene.suspended_grant.pk},
        "POST grants/<int:grant_id>/actions/resume": {"grant_id": scene.suspended_grant.pk},
        "POST incidents/<int:incident_id>/actions/close": {"incident_id": scene.open_incident.pk},
        "POST access-requests/<int:request_id>/actions/answer": {"request_id": scene.asked.pk},
        "POST access-requests/<int:request_id>/actions/appeal": {"request_id": scene.rejected.pk},
        "POST demands/<int:demand_id>/actions/open": {"demand_id": scene.demand_draft.pk},
        "POST webhooks/<int:webhook_id>/actions/resume": {"webhook_id": scene.paused_webhook},
        "GET webhook-deliveries/<int:delivery_id>": {"delivery_id": scene.webhook_delivery},
        "POST webhook-deliveries/<int:delivery_id>/actions/redeliver": {"delivery_id": scene.webhook_delivery},
        "GET audit/events/<int:pk>/proof": {"pk": scene.event.pk},
    }


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One scene for all lines: every request is rolled back. Nothing of it is sealed, since nothing is committed."""
    empty = tmp_path_factory.mktemp("checkpoints")
    with override_settings(AUDIT_CHECKPOINT_DIR=empty), django_db_blocker.unblock(), transaction.atomic():
        yield Scene(World())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(scene: Scene) -> Mapping[str, str]:
    """The state of all tables that every request finds."""
    return picture()


def picture() -> dict[str, str]:
    """Table → number of rows and a hash of their contents."""
    names = connection.introspection.table_names()
    parts = [
        f"SELECT '{name}', count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{name}\" t"
        for name in names
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def writes() -> int:
    """How many rows this transaction has inserted, updated and deleted, in savepoints that it rolled back too."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)  # as pg_stat_xact_user_tables has it, without its joins
        return int(cursor.fetchone()[0])


def cell(answer: HttpResponse) -> str:
    """How the table has an answer: its status, with `/0` for a list without rows."""
    is_json = answer["Content-Type"] == "application/json" if "Content-Type" in answer else False
    said = json.loads(answer.content) if is_json else None
    rows = said.get("results") if isinstance(said, dict) else said
    return f"{answer.status_code}/0" if rows == [] else str(answer.status_code)


def client_of(scene: Scene, role: str) -> APIClient:
    """The client of a role of the table."""
    if role == "anonymous":
        return scene.world.anonymous
    party = scene.newcomer if role == "newcomer" else getattr(scene.world, role)
    client: APIClient = party.client
    return client


def revision(scene: Scene, operation: str, names: Mapping[str, Any]) -> str:
    """The ETag of what is changed."""
    if "webhooks" in operation:
        return f'"{WebhookEndpoint.objects.get(pk=names["webhook_id"]).revision}"'
    return f'"{scene.revisions.get(names["version_id"], 0)}"'


def ask(scene: Scene, role: str, operation: str) -> HttpResponse:
    """Carry out an operation as a role."""
    method, route = operation.split(" ", 1)
    names = {**scene.names, **targets(scene).get(operation, {})}
    url = "/api/v1/" + re.sub(r"<\w+:(\w+)>", lambda found: str(names[found[1]]), route)
    url += QUERIES.get(operation, "")
    client, headers = client_of(scene, role), {"If-Match": revision(scene, operation, names)}
    if "uploads" in route:
        headers |= {"Tus-Resumable": "1.0.0"}
    raw = {
        "POST versions/<int:version_id>/files": b"id,value\n1,2\n",
        "POST demands/<int:demand_id>/sample": b"id,value\n1,2\n",
        "POST audit/verification": scene.export,
    }
    if operation in raw:
        return cast("HttpResponse", send(client, url, raw[operation], "application/octet-stream"))
    if method == "POST" and route.endswith("/uploads"):
        announced = {"Upload_Length": "9", "Upload_Metadata": f"filename {b64encode(b'more.csv').decode()}"}
        return cast("HttpResponse", send(client, url, b"", "", Tus_Resumable="1.0.0", **announced))
    if operation == "PATCH uploads/<int:upload_id>":
        part = {"Tus_Resumable": "1.0.0", "Upload_Offset": "0"}
        sent = send(client, url, b"id,value\n", "application/offset+octet-stream", "PATCH", **part)
        return cast("HttpResponse", sent)
    body = bodies(scene).get(operation, REASON)
    sent = {} if method in ("GET", "DELETE") else {"data": body, "format": "json"}
    return cast("HttpResponse", getattr(client, method.lower())(url, headers=headers, **sent))


def test_every_operation_has_its_line() -> None:
    assert sorted(OPERATIONS) == sorted(LINES)
    assert {len(line.answers) for line in LINES.values()} == {len(ROLES)}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_everybody_gets_the_answer_of_the_table(scene: Scene, before: Mapping[str, str], operation: str) -> None:
    reads = (operation.startswith("GET ") or operation in READS_BY_POST) and operation not in WRITES_BY_GET
    answers = []
    written = writes()
    for role in ROLES:
        with transaction.atomic():
            answer = ask(scene, role, operation)
            answers.append(cell(answer))
            if isinstance(answer, StreamingHttpResponse):
                assert b"".join(cast("Iterator[bytes]", iter(answer)))
            written, until_now = writes(), written
            after = picture() if written != until_now else before
            changed = [name for name in after if after[name] != before[name]]
            transaction.set_rollback(True)
        if answer.status_code >= 400:
            assert changed == [], f"{operation} as {role}: refused with {answer.status_code}, and yet"
            assert answer["Content-Type"] == "application/problem+json", f"{operation} as {role}"
        elif reads:
            assert changed == [], f"{operation} as {role}: a read changed something"
        elif operation not in MAY_FIND_NOTHING_TO_DO:
            assert changed != [], f"{operation} as {role}: answered {answer.status_code} and did nothing"
    expected = LINES[operation].answers
    assert dict(zip(ROLES, answers, strict=True)) == dict(zip(ROLES, expected, strict=True))


def test_the_picture_sees_a_single_changed_value(scene: Scene, before: Mapping[str, str]) -> None:
    with transaction.atomic():
        count = writes()
        Organisation.objects.filter(pk=scene.world.provider.organisation_id).update(name="x")
        assert writes() == count + 1
        after = picture()
        transaction.set_rollback(True)
    assert [name for name in after if after[name] != before[name]] == ["participants_organisation"]
    assert picture() == before
    assert before["audit_event"].startswith(f"{Event.objects.count()} ")
