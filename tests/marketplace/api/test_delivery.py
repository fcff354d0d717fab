"""Delivery over REST: prepared by the holder, fetched by a link, refused in words."""

import pytest
from django.conf import LazySettings

from foundation.audit.models import Event
from marketplace.authorization.services import revoke_grant
from marketplace.delivery.models import Delivery, Transfer
from marketplace.delivery.services.transfers import STRIDE, TransferInterrupted
from tests.factories import CSV, World
from tests.marketplace.authorization.asking import granted
from tests.marketplace.delivery.fetching import MIB, file_of, linked, table

API = "/api/v1"


def test_from_grant_to_bytes(world: World) -> None:
    grant = granted(world, filename="航班 2013.csv")
    client = world.buyer.client
    body = {"distribution": file_of(grant).pk}
    answer = client.post(f"{API}/grants/{grant.pk}/deliveries", body, format="json")
    assert (answer.status_code, answer.json()["state"]) == (201, "ready")
    delivery = answer.json()["id"]
    link = client.post(f"{API}/deliveries/{delivery}/link")
    assert link.status_code == 201
    assert link.json()["url"].startswith("/api/v1/downloads/")
    download = world.anonymous.get(link.json()["url"])
    assert download.status_code == 200
    assert download.streaming
    assert b"".join(download) == CSV
    assert download["Content-Length"] == str(len(CSV))
    assert download["Content-Type"] == "text/csv"
    assert download["X-Content-Type-Options"] == "nosniff"
    assert download["Cache-Control"] == "no-store"
    assert download["Content-Disposition"] == ("attachment; filename*=utf-8''%E8%88%AA%E7%8F%AD%202013.csv")
    (transfer,) = client.get(f"{API}/deliveries/{delivery}/transfers").json()["results"]
    assert (transfer["bytes_reserved"], transfer["interrupted_by"]) == (len(CSV), "")
    assert [row["id"] for row in client.get(f"{API}/grants/{grant.pk}/deliveries").json()["results"]] == [delivery]


def test_head_does_not_count(world: World) -> None:
    link = linked(world, granted(world))
    assert world.anonymous.head(link.path).status_code == 405
    assert not Transfer.objects.exists()


def test_a_key_makes_no_difference_to_a_link(world: World) -> None:
    link = linked(world, granted(world))
    world.anonymous.credentials(HTTP_AUTHORIZATION="Bearer dx_nonsense_nonsense")
    assert world.anonymous.get(link.path).status_code == 200


def test_expired_and_forged_links(world: World, settings: LazySettings) -> None:
    link = linked(world, granted(world))
    assert world.anonymous.get(link.path + "x").status_code == 404
    settings.DELIVERY_LINK_SECONDS = -1
    answer = world.anonymous.get(link.path)
    assert (answer.status_code, answer.json()["type"]) == (410, "/api/problems/gone")
    assert not Transfer.objects.exists()


def test_a_refused_download_says_why_and_is_recorded(world: World) -> None:
    grant = granted(world)
    link = linked(world, grant)
    revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    answer = world.anonymous.get(link.path)
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["rule"] == "delivery.grant_not_active"
    assert answer.json()["detail"] == "This cannot be handed over: The grant is not active but 'revoked'."
    assert Event.objects.filter(action="transfer.refused").count() == 1
    assert not Transfer.objects.exists()


def test_a_revocation_cuts_the_connection(world: World) -> None:
    grant = granted(world, content=table(STRIDE + 2 * MIB))
    download = world.anonymous.get(linked(world, grant).path)
    pieces = iter(download)
    received = len(next(pieces))
    revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    received += sum(len(next(pieces)) for _ in range(3))  # what was reserved before
    with pytest.raises(TransferInterrupted, match="The grant is not active but 'revoked'"):
        next(pieces)
    assert received == STRIDE < int(download["Content-Length"])


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("other_buyer", 404), ("other_provider", 404), ("provider", 403), ("exchange", 403)],
)
def test_only_the_holder_receives(world: World, who: str, status: int) -> None:
    grant = granted(world)
    linked(world, grant)
    delivery = Delivery.objects.get()
    client = world.anonymous if who == "anonymous" else getattr(world, who).client
    links = Event.objects.filter(action="delivery.link_made").count()
    body = {"distribution": file_of(grant).pk}
    assert client.post(f"{API}/grants/{grant.pk}/deliveries", body, format="json").status_code == status
    assert client.post(f"{API}/deliveries/{delivery.pk}/link").status_code == status
    seen = 200 if status == 403 else status
    assert client.get(f"{API}/deliveries/{delivery.pk}").status_code == seen
    assert client.get(f"{API}/deliveries/{delivery.pk}/transfers").status_code == seen
    assert client.get(f"{API}/grants/{grant.pk}/deliveries").status_code == seen
    assert Event.objects.filter(action="delivery.link_made").count() == links
    assert Delivery.objects.count() == 1
