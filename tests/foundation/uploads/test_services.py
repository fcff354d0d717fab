"""Uploads in pieces: offsets, checksums, who may, quotas, ends; nothing half-stored."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from foundation.actors import ANONYMOUS, system
from foundation.audit.models import Event
from foundation.errors import Forbidden, Gone, NotFound, TooLarge
from foundation.jobs.models import Job
from foundation.uploads import selectors, services, tasks
from foundation.uploads.arriving import Checksum
from foundation.uploads.errors import ChecksumMismatch, OffsetMismatch, UploadQuota
from foundation.uploads.models import Piece, Upload
from foundation.vault import storage
from foundation.vault.models import Blob
from tests.factories import Party, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def vault_folder(tmp_path: Path, settings: Any) -> None:
    settings.VAULT_DIR = tmp_path / "vault"


@pytest.fixture
def world() -> World:
    return World()


def begun(party: Party, length: int = 10, **more: Any) -> Upload:
    return services.begin_upload(actor=party.actor, target=("tests.target", 1), filename="a.csv", length=length, **more)


def added(party: Party, row: Upload, offset: int, *chunks: bytes, **more: Any) -> Upload:
    return services.append(actor=party.actor, upload_id=row.pk, offset=offset, chunks=chunks, **more)


def content(row: Upload) -> bytes:
    return b"".join(selectors.content(Upload.objects.get(pk=row.pk)))


def woken() -> QuerySet[Job]:
    """The jobs of the room that waits for the upload."""
    return Job.objects.filter(kind="catalog.attach_upload")


def kept() -> tuple[int, int, int]:
    """(pieces, blobs, files in the vault)."""
    return Piece.objects.count(), Blob.objects.count(), len(list(storage.everything()))


def test_pieces_become_the_file_and_the_last_one_wakes_its_room(world: World) -> None:
    row = begun(world.provider, expected_sha256=hashlib.sha256(b"0123456789").hexdigest())
    assert added(world.provider, row, 0, b"01", b"", b"234").offset == 5
    assert not woken().exists()
    done = added(world.provider, row, 5, b"56789")
    assert (done.offset, done.state, content(row)) == (10, "received", b"0123456789")
    assert list(woken().values_list("kind", "arguments", "organisation_id")) == [
        ("catalog.attach_upload", {"subject_id": row.pk}, world.provider.organisation_id)
    ]
    actions = Event.objects.filter(subject_type="upload").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["upload.begun", "upload.received"]


def test_what_is_stored_is_encrypted_and_small_pieces_are_joined(world: World) -> None:
    row = begun(world.provider, 30)
    for offset in range(0, 30, 3):
        added(world.provider, row, offset, b"abc")
    assert kept() == (1, 1, 1)
    assert content(row) == b"abc" * 10
    ((_uid, path),) = storage.everything()
    assert b"abc" not in path.read_bytes()


def test_long_requests_are_committed_in_segments(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SEGMENT", 4)
    monkeypatch.setattr(services, "JOINED_BELOW", 4)
    row, seen = begun(world.provider), []

    def chunks() -> Iterator[bytes]:
        for start in (0, 3, 6, 9):
            assert not connection.in_atomic_block
            seen.append(Upload.objects.get(pk=row.pk).offset)
            yield b"0123456789"[start : start + 3]

    services.append(actor=world.provider.actor, upload_id=row.pk, offset=0, chunks=chunks())
    assert seen == [0, 0, 4, 8]  # what a killed process would have left
    assert list(row.pieces.values_list("start", "blob__size")) == [(0, 4), (4, 4), (8, 2)]
    assert content(row) == b"0123456789"


def test_what_came_before_a_broken_connection_is_kept(world: World) -> None:
    def broken() -> Iterator[bytes]:
        yield b"0123"
        raise ConnectionResetError

    row = begun(world.provider)
    with pytest.raises(ConnectionResetError):
        services.append(actor=world.provider.actor, upload_id=row.pk, offset=0, chunks=broken())
    assert Upload.objects.get().offset == 4
    assert added(world.provider, row, 4, b"456789").state == "received"
    assert content(row) == b"0123456789"


def test_with_a_checksum_all_of_a_request_is_kept_or_none(world: World) -> None:
    row = begun(world.provider)
    good = Checksum("sha256", hashlib.sha256(b"0123").digest())

    def broken() -> Iterator[bytes]:
        yield b"01"
        raise ConnectionResetError

    for chunks, error in (([b"01x3"], ChecksumMismatch), (broken(), ConnectionResetError)):
        with pytest.raises(error):
            services.append(actor=world.provider.actor, upload_id=row.pk, offset=0, chunks=chunks, checksum=good)
        assert (Upload.objects.get().offset, kept()) == (0, (0, 0, 0))
    added(world.provider, row, 0, b"01", b"23", checksum=good)
    assert Upload.objects.get().offset == 4
    added(world.provider, row, 4, b"45", checksum=Checksum("sha1", hashlib.sha1(b"45").digest()))
    assert content(row) == b"012345"  # the checksum is of the request, not of the joined piece


@pytest.mark.parametrize("offset", [0, 4, 6, 10])
def test_a_piece_that_begins_elsewhere_is_refused_unread(world: World, offset: int) -> None:
    row = begun(world.provider)
    added(world.provider, row, 0, b"01234")

    def untouched() -> Iterator[bytes]:
        raise AssertionError("read")
        yield b""

    with pytest.raises(OffsetMismatch, match="continues at byte 5"):
        services.append(actor=world.provider.actor, upload_id=row.pk, offset=offset, chunks=untouched())
    assert content(row) == b"01234"


def test_of_two_requests_at_once_one_adds(world: World) -> None:
    """The second sends its bytes while the first is still sending; whoever commits first wins, whole."""
    row = begun(world.provider)
    other: list[int] = []

    def slow() -> Iterator[bytes]:
        yield b"AA"
        other.append(added(world.provider, row, 0, b"0123456").offset)
        yield b"AA"

    with pytest.raises(OffsetMismatch, match="byte 7"):
        services.append(actor=world.provider.actor, upload_id=row.pk, offset=0, chunks=slow())
    assert other == [7]
    assert content(row) == b"0123456"
    assert kept() == (1, 1, 1)
    overtaken: list[int] = []

    def later() -> Iterator[bytes]:
        if not overtaken:
            overtaken.append(added(world.provider, row, 7, b"7").offset)
        yield b"BB"

    with pytest.raises(OffsetMismatch, match="byte 8"):
        services.append(actor=world.provider.actor, upload_id=row.pk, offset=7, chunks=later())
    assert content(row) == b"01234567"


def test_writers_in_many_threads_leave_one_clean_file(world: World) -> None:
    """Four clients send the same upload byte by byte, each from where it believes the end to be."""
    plain = bytes(range(40))
    row, actor = begun(world.provider, len(plain)), world.provider.actor
    errors: list[BaseException] = []

    def send() -> None:
        try:
            while True:
                at = Upload.objects.get(pk=row.pk)
                if at.state != "receiving":
                    return
                with suppress(OffsetMismatch, Gone):
                    services.append(
                        actor=actor, upload_id=row.pk, offset=at.offset, chunks=[plain[at.offset : at.offset + 4]]
                    )
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert content(row) == plain
    assert kept() == (1, 1, 1)
    assert woken().count() == 1


def test_more_bytes_than_announced_are_dropped(world: World) -> None:
    row = begun(world.provider)
    added(world.provider, row, 0, b"0123")
    with pytest.raises(TooLarge, match="10"):
        added(world.provider, row, 4, b"456789", b"x")
    assert (content(row), kept()) == (b"0123", (1, 1, 1))


def test_an_empty_file_is_complete_at_once(world: World) -> None:
    assert begun(world.provider, 0).state == "received"
    assert woken().count() == 1


def test_each_person_sees_its_own(world: World) -> None:
    row = begun(world.provider)
    added(world.provider, row, 0, b"0123")
    before = kept()
    colleague = world.colleague(world.provider, "administrator", "operator")
    for party in (colleague, world.buyer, world.exchange):
        assert not selectors.visible_uploads(party.actor).exists()
        with pytest.raises(NotFound):
            added(party, row, 4, b"4")
        with pytest.raises(NotFound):
            services.terminate_upload(actor=party.actor, upload_id=row.pk)
    assert not selectors.visible_uploads(ANONYMOUS).exists()
    with pytest.raises(Forbidden):
        services.begin_upload(actor=system("x"), target=("t", 1), filename="a.csv", length=1)
    assert (content(row), kept()) == (b"0123", before)


def test_the_quota_counts_unfinished_uploads_and_their_bytes(world: World, settings: Any) -> None:
    settings.UPLOAD_UNFINISHED_MOST, settings.UPLOAD_UNFINISHED_BYTES, settings.UPLOAD_LIMIT_BYTES = 3, 25, 20
    with pytest.raises(TooLarge):
        begun(world.provider, 21)
    first = begun(world.provider, 20)
    with pytest.raises(UploadQuota, match="1 unfinished uploads of 20 bytes; at most 3 of 25"):
        begun(world.colleague(world.provider, "operator"), 6)  # it is the organisation's
    assert begun(world.other_provider, 20).pk
    begun(world.provider, 5)
    begun(world.provider, 0)
    with pytest.raises(UploadQuota, match="3 unfinished"):
        begun(world.provider, 0)
    services.terminate_upload(actor=world.provider.actor, upload_id=first.pk)
    assert begun(world.provider, 20).pk


def test_two_that_begin_at_once_do_not_both_take_the_last_place(world: World, settings: Any) -> None:
    settings.UPLOAD_UNFINISHED_MOST = 1
    actor, refused, ready = world.provider.actor, [], threading.Barrier(4)

    def begin() -> None:
        try:
            ready.wait()
            services.begin_upload(actor=actor, target=("t", 1), filename="a.csv", length=1)
        except UploadQuota as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Upload.objects.count(), len(refused)) == (1, 3)


def test_a_terminated_upload_leaves_nothing(world: World) -> None:
    row = begun(world.provider)
    added(world.provider, row, 0, b"0123")
    assert services.terminate_upload(actor=world.provider.actor, upload_id=row.pk).state == "terminated"
    assert kept() == (0, 0, 0)
    with pytest.raises(Gone):
        services.terminate_upload(actor=world.provider.actor, upload_id=row.pk)
    with pytest.raises(Gone):
        added(world.provider, row, 4, b"4")


def test_uploads_expire_when_nobody_goes_on(world: World, settings: Any) -> None:
    settings.UPLOAD_IDLE_SECONDS = 3600
    old, fresh, whole = (begun(world.provider, length) for length in (10, 10, 4))
    for row in (old, fresh, whole):
        added(world.provider, row, 0, b"0123")
    Upload.objects.filter(pk__in=[old.pk, whole.pk]).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Gone):  # from that instant on, whenever the sweep comes
        added(world.provider, old, 4, b"4")
    assert tasks.expire() == 2
    assert list(Upload.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "receiving", "expired"]
    assert (kept(), content(fresh)) == ((1, 1, 1), b"0123")
    assert tasks.expire() == 0
    before = Upload.objects.get(pk=fresh.pk).expires_at
    assert added(world.provider, fresh, 4, b"4").expires_at > before


def test_what_ended_long_ago_is_forgotten(world: World) -> None:
    rows = [begun(world.provider) for _ in range(3)]
    for row in rows[:2]:
        services.terminate_upload(actor=world.provider.actor, upload_id=row.pk)
    long_ago = timezone.now() - timedelta(days=30, minutes=1)
    Upload.objects.filter(pk=rows[0].pk).update(finished_at=long_ago)
    Upload.objects.filter(pk=rows[2].pk).update(created_at=long_ago)
    tasks.expire()
    assert list(Upload.objects.order_by("pk")) == rows[1:]


def test_an_upload_ends_only_in_the_transaction_of_its_file(world: World) -> None:
    row = begun(world.provider, 0)
    with pytest.raises(RuntimeError, match="transaction"):
        services.attach(actor=world.provider.actor, upload_id=row.pk, result={})
