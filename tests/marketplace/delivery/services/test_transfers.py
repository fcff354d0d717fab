"""Downloads: decided when they begin and while they run; the meter is never below what left."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.signals import request_finished
from django.db import close_old_connections
from django.db.models import F
from django.utils import timezone

from foundation.audit.models import Event
from foundation.errors import Forbidden
from foundation.participants.services import suspend_organisation
from foundation.vault.errors import Tampered
from marketplace.authorization.models import Grant
from marketplace.authorization.services import resume_grant, revoke_grant, suspend_grant
from marketplace.catalog import services as catalog
from marketplace.catalog.models import Listing
from marketplace.catalog.services import count_use
from marketplace.delivery import services
from marketplace.delivery.models import Transfer
from marketplace.delivery.services import ending
from marketplace.delivery.services.transfers import STRIDE
from tests.factories import CSV, SYSTEM, World, draft, examined
from tests.marketplace.authorization.asking import granted, regrade
from tests.marketplace.delivery.fetching import MIB, file_of, linked, table, token_of


def refused_download(token: str, rule: str) -> Forbidden:
    """Nothing begins, nothing is counted, and the refusal is recorded."""
    before = list(Grant.objects.values_list("downloads_used", "bytes_sent"))
    transfers, events = Transfer.objects.count(), Event.objects.filter(action="transfer.refused").count()
    with pytest.raises(Forbidden) as caught:
        services.begin_download(token=token)
    assert caught.value.rule == rule
    assert list(Grant.objects.values_list("downloads_used", "bytes_sent")) == before
    assert Transfer.objects.count() == transfers
    assert Event.objects.filter(action="transfer.refused").count() == events + 1
    return caught.value


def test_the_original_arrives_as_it_is(world: World) -> None:
    grant = granted(world)
    download = services.begin_download(token=token_of(linked(world, grant)))
    assert (download.size, download.filename, download.media_type) == (len(CSV), "table.csv", "text/csv")
    assert b"".join(download.stream()) == CSV
    grant.refresh_from_db()
    assert (grant.downloads_used, grant.bytes_sent) == (1, len(CSV))
    transfer = Transfer.objects.get()
    assert (transfer.bytes_reserved, transfer.interrupted_by) == (len(CSV), "")
    assert transfer.finished_at is not None
    listing = Listing.objects.get(pk=grant.listing_id)
    assert (listing.downloads, listing.bytes_delivered) == (1, len(CSV))
    permitted = Event.objects.get(action="transfer.permitted")
    assert (permitted.subject_type, permitted.subject_id) == ("transfer", str(transfer.pk))
    assert permitted.actor_user_id == world.buyer.user.pk
    decision = permitted.data["decision"]
    assert decision["allowed"] is True
    assert decision["facts"]["state"] == "active"
    assert decision["asked"]["bytes"] == len(CSV)
    completed = Event.objects.get(action="transfer.completed")
    assert completed.data == {"grant": grant.pk, "bytes_reserved": len(CSV)}


def test_each_stride_is_reserved_before_it_leaves(world: World) -> None:
    content = table(STRIDE + 2 * MIB)
    grant = granted(world, content=content)
    stream = services.begin_download(token=token_of(linked(world, grant))).stream()
    sent = 0
    for piece in stream:
        sent += len(piece)
        grant.refresh_from_db()
        transfer = Transfer.objects.get()
        assert grant.bytes_sent == transfer.bytes_reserved == min(len(content), -(-sent // STRIDE) * STRIDE)
    assert sent == len(content) == grant.bytes_sent


def test_a_client_that_breaks_off_has_been_metered(world: World) -> None:
    content = table(STRIDE + 2 * MIB)
    grant = granted(world, content=content)
    stream = services.begin_download(token=token_of(linked(world, grant))).stream()
    received = len(next(stream)) + len(next(stream))
    stream.close()  # what a WSGI server does when the connection is lost
    grant.refresh_from_db()
    transfer = Transfer.objects.get()
    assert received == 2 * MIB
    assert grant.bytes_sent == transfer.bytes_reserved == STRIDE >= received
    assert transfer.interrupted_by == "client"
    assert Listing.objects.get(pk=grant.listing_id).bytes_delivered == STRIDE
    assert Event.objects.get(action="transfer.interrupted").data["by"] == "client"


def test_a_client_that_is_gone_before_the_first_byte_has_ended_its_download(world: World) -> None:
    grant = granted(world, download_limit=2)
    path = linked(world, grant).path
    answer = world.anonymous.get(path)
    assert Transfer.objects.get().finished_at is None
    request_finished.disconnect(close_old_connections)  # the test's own connection has to stay
    for _number in range(2):  # servers may close twice
        answer.close()
    request_finished.connect(close_old_connections)
    transfer = Transfer.objects.get()
    assert (transfer.interrupted_by, transfer.bytes_reserved) == ("client", 0)
    assert transfer.finished_at is not None
    grant.refresh_from_db()
    assert (grant.downloads_used, grant.bytes_sent) == (1, 0)
    assert Event.objects.get(action="transfer.interrupted").data == {
        "grant": grant.pk,
        "bytes_reserved": 0,
        "by": "client",
    }
    whole = world.anonymous.get(path)
    assert b"".join(whole) == CSV  # the client of tests closes it then
    assert Transfer.objects.latest("pk").interrupted_by == ""
    assert Event.objects.filter(action="transfer.interrupted").count() == 1


def test_the_sweep_ends_what_a_killed_server_left(world: World, settings) -> None:
    content = table(STRIDE + 2 * MIB)
    grant = granted(world, content=content)
    token = token_of(linked(world, grant))
    abandoned, running = (services.begin_download(token=token).stream() for _number in range(2))
    for stream in (abandoned, running):
        next(stream)
    old, young = Transfer.objects.order_by("pk")
    begun = timezone.now() - timedelta(hours=settings.DELIVERY_TRANSFER_HOURS, seconds=1)
    Transfer.objects.filter(pk=old.pk).update(started_at=begun)
    assert services.end_overdue_transfers(actor=SYSTEM) == 1
    assert services.end_overdue_transfers(actor=SYSTEM) == 0
    for row in (old, young):
        row.refresh_from_db()
    assert (old.interrupted_by, old.bytes_reserved, young.finished_at) == ("overdue", STRIDE, None)
    grant.refresh_from_db()
    assert (grant.downloads_used, grant.bytes_sent) == (2, 2 * STRIDE)
    listing = Listing.objects.get(pk=grant.listing_id)
    assert (listing.downloads, listing.bytes_delivered) == (1, STRIDE)
    event = Event.objects.get(action="transfer.interrupted")
    assert (event.actor_kind, event.subject_id, event.data["by"]) == ("system", str(old.pk), "overdue")
    with pytest.raises(services.TransferInterrupted, match="longer than a download may take"):
        b"".join(abandoned)  # it was not dead, only slow: nothing beyond its last stride leaves
    grant.refresh_from_db()
    assert grant.bytes_sent == 2 * STRIDE
    assert Event.objects.filter(action="transfer.interrupted").count() == 1
    b"".join(running)
    listing.refresh_from_db()
    assert (listing.downloads, listing.bytes_delivered) == (2, STRIDE + len(content))


def test_the_sweep_leaves_what_has_just_reserved_more(world: World, monkeypatch) -> None:
    stream = services.begin_download(token=token_of(linked(world, granted(world)))).stream()
    next(stream)
    begun = timezone.now() - timedelta(hours=settings.DELIVERY_TRANSFER_HOURS, seconds=1)
    Transfer.objects.update(started_at=begun)

    def count_late(**given: int) -> None:
        Transfer.objects.update(bytes_reserved=F("bytes_reserved") + 1)  # while the sweep waits for the listing
        count_use(**given)

    with monkeypatch.context() as patched:
        patched.setattr(ending, "count_use", count_late)
        assert services.end_overdue_transfers(actor=SYSTEM) == 0
    assert Transfer.objects.get().finished_at is None
    assert Listing.objects.get().downloads == 0
    assert not Event.objects.filter(action="transfer.interrupted").exists()
    assert services.end_overdue_transfers(actor=SYSTEM) == 1
    stream.close()


@pytest.mark.parametrize("event", ["revoke", "suspend", "expire", "listing", "holder", "provider", "level"])
def test_what_ends_the_right_stops_a_running_download(world: World, event: str) -> None:
    content = table(STRIDE + 2 * MIB)
    grant = granted(world, content=content)
    stream = services.begin_download(token=token_of(linked(world, grant))).stream()
    sent = sum(len(next(stream)) for _ in range(3))
    if event == "revoke":
        revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    elif event == "suspend":
        suspend_grant(actor=world.approver.actor, grant_id=grant.pk, reason="incident")
    elif event == "expire":
        Grant.objects.filter(pk=grant.pk).update(ends_at=timezone.now())
    elif event == "listing":
        catalog.suspend_version(actor=world.reviewer.actor, version_id=grant.version_id, reason="complaint")
    elif event == "holder":
        suspend_organisation(actor=world.exchange.actor, organisation_id=grant.organisation_id, reason="under inquiry")
    elif event == "provider":
        provider = grant.listing.organisation_id
        suspend_organisation(actor=world.exchange.actor, organisation_id=provider, reason="under inquiry")
    else:
        regrade(world, grant.version, "general_3")
    code = {
        "revoke": "grant_not_active",
        "suspend": "grant_not_active",
        "expire": "term_over",
        "listing": "listing_not_available",
        "holder": "holder_not_verified",
        "provider": "provider_not_verified",
        "level": "level_above_granted",
    }[event]
    sent += len(next(stream))  # of the stride that was reserved before
    with pytest.raises(services.TransferInterrupted):
        next(stream)
    assert next(stream, None) is None
    grant.refresh_from_db()
    transfer = Transfer.objects.get()
    assert sent == STRIDE == grant.bytes_sent == transfer.bytes_reserved < len(content)
    assert transfer.interrupted_by == code
    assert transfer.finished_at is not None
    interrupted = Event.objects.get(action="transfer.interrupted")
    assert interrupted.data["by"] == code
    assert interrupted.data["decision"]["allowed"] is False
    assert [reason["code"] for reason in interrupted.data["decision"]["reasons"]] == [code]


def test_revocation_is_final_and_suspension_is_not(world: World) -> None:
    grant = granted(world)
    token = token_of(linked(world, grant))
    suspend_grant(actor=world.approver.actor, grant_id=grant.pk, reason="incident")
    refused_download(token, "delivery.grant_not_active")
    resume_grant(actor=world.approver.actor, grant_id=grant.pk)
    assert b"".join(services.begin_download(token=token).stream()) == CSV
    revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    refused_download(token, "delivery.grant_not_active")


def test_a_refusal_names_every_reason(world: World) -> None:
    grant = granted(world)
    token = token_of(linked(world, grant))
    now = timezone.now()
    Grant.objects.filter(pk=grant.pk).update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    error = refused_download(token, "delivery.grant_not_active")
    assert "The grant is not active but 'revoked'. The grant's term ended at " in str(error)
    recorded = Event.objects.get(action="transfer.refused").data["decision"]
    assert [reason["code"] for reason in recorded["reasons"]] == ["grant_not_active", "term_over"]


def test_the_limit_of_downloads(world: World) -> None:
    grant = granted(world, download_limit=2)
    token = token_of(linked(world, grant))
    for _ in range(2):
        assert b"".join(services.begin_download(token=token).stream()) == CSV
    error = refused_download(token, "delivery.downloads_used_up")
    assert "All 2 downloads of the grant are used." in str(error)


def test_a_download_counts_when_it_begins(world: World) -> None:
    grant = granted(world, download_limit=1)
    token = token_of(linked(world, grant))
    services.begin_download(token=token)
    refused_download(token, "delivery.downloads_used_up")
    grant.refresh_from_db()
    assert (grant.downloads_used, Transfer.objects.count()) == (1, 1)


def test_a_damaged_file_is_not_counted(world: World) -> None:
    grant = granted(world)
    token = token_of(linked(world, grant))
    uid = file_of(grant).asset.blob.uid
    path = Path(settings.VAULT_DIR) / "blobs" / uid.hex[:2] / str(uid)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Tampered):
        services.begin_download(token=token)
    grant.refresh_from_db()
    assert grant.downloads_used == 0
    assert not Transfer.objects.exists()


def test_damage_in_the_middle_ends_the_transfer(world: World) -> None:
    content = table(3 * MIB)
    grant = granted(world, content=content)
    token = token_of(linked(world, grant))
    uid = file_of(grant).asset.blob.uid
    path = Path(settings.VAULT_DIR) / "blobs" / uid.hex[:2] / str(uid)
    stored = bytearray(path.read_bytes())
    stored[2 * MIB] ^= 1
    path.write_bytes(stored)
    stream = services.begin_download(token=token).stream()
    assert next(stream) == content[:MIB]
    with pytest.raises(Tampered):
        next(stream)
    assert Transfer.objects.get().interrupted_by == "tampered"


def test_a_superseded_version_is_still_owed(world: World) -> None:
    grant = granted(world)
    token = token_of(linked(world, grant))
    newer = catalog.revise_listing(actor=world.provider.actor, listing_id=grant.listing_id, draft=draft(world.provider))
    catalog.submit_version(actor=world.provider.actor, version_id=newer.pk)
    examined(file_of(grant).asset)
    catalog.publish_version(actor=world.reviewer.actor, version_id=newer.pk)
    grant.version.refresh_from_db()
    assert grant.version.state == "superseded"
    assert b"".join(services.begin_download(token=token).stream()) == CSV
    catalog.suspend_version(actor=world.reviewer.actor, version_id=newer.pk, reason="Under examination.")
    error = refused_download(token, "delivery.listing_not_available")
    assert "suspended" in str(error), "what stops a listing stops what came before as well"
