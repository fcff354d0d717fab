import hashlib
import os
import stat
import tracemalloc
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event
from foundation.errors import NotFound, TooLarge
from foundation.vault import codec, reading, services, storage, tasks
from foundation.vault.errors import Tampered
from foundation.vault.models import Blob

from .conftest import ACTOR, files

pytestmark = pytest.mark.django_db(transaction=True)


def actions() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def test_store_keeps_file_row_and_event(vault_folder: Path) -> None:
    plain = b"id,name\n1,\xe6\x95\xb0\n"
    blob = services.store(actor=ACTOR, chunks=[plain[:4], b"", plain[4:]])
    assert Blob.objects.get() == blob
    assert blob.size == len(plain)
    assert blob.sha256 == hashlib.sha256(plain).hexdigest()
    assert Blob.objects.get().sha256 is None
    (path,) = files(vault_folder)
    assert path == vault_folder / "blobs" / blob.uid.hex[:2] / str(blob.uid)
    assert path.stat().st_size == codec.stored_size(len(plain))
    assert b"name" not in path.read_bytes()
    assert actions() == ["blob.stored"]
    assert Event.objects.get().data == {"size": len(plain), "address": blob.address}


def test_files_and_folders_are_private(vault_folder: Path) -> None:
    previous = os.umask(0)
    try:
        services.store(actor=ACTOR, chunks=[b"x"])
    finally:
        os.umask(previous)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (vault_folder, *vault_folder.rglob("*"))}
    assert len(modes) == 5
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_equal_files_share_an_address_and_nothing_else(vault_folder: Path) -> None:
    one, two, other = (services.store(actor=ACTOR, chunks=[plain]) for plain in (b"equal", b"equal", b"other"))
    assert one.address == two.address
    assert one.address != other.address
    assert one.address != hashlib.sha256(b"equal").hexdigest()
    assert one.wrapped_key != two.wrapped_key
    services.delete(actor=ACTOR, blob=one)
    assert b"".join(reading.open_range(two)) == b"equal"


def test_the_limit_counts_bytes(vault_folder: Path) -> None:
    assert services.store(actor=ACTOR, chunks=[b"12345"], limit=5).size == 5
    kept = files(vault_folder)
    with pytest.raises(TooLarge, match="limit of 5 bytes"):
        services.store(actor=ACTOR, chunks=[b"123", b"456"], limit=5)
    assert files(vault_folder) == kept
    assert Blob.objects.count() == 1


def test_the_limit_stops_reading_as_soon_as_it_is_passed(vault_folder: Path, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1000
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield bytes(100)

    with pytest.raises(TooLarge):
        services.store(actor=ACTOR, chunks=endless())
    assert read == 11
    assert files(vault_folder) == []
    assert not Blob.objects.exists()


def test_a_broken_upload_leaves_nothing(vault_folder: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield bytes(codec.CHUNK + 1)
        assert len(files(vault_folder / "incoming")) == 1
        raise ConnectionResetError("the client is gone")

    with pytest.raises(ConnectionResetError):
        services.store(actor=ACTOR, chunks=broken())
    assert files(vault_folder) == []
    assert not Blob.objects.exists()
    assert actions() == []


def test_a_failing_row_leaves_no_file(vault_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        assert len(files(vault_folder / "blobs")) == 1  # the file is in place before its row
        raise RuntimeError("no event, no change")

    monkeypatch.setattr("foundation.audit.services.record", refuse)
    with pytest.raises(RuntimeError, match="no event"):
        services.store(actor=ACTOR, chunks=[b"x"])
    assert files(vault_folder) == []
    assert not Blob.objects.exists()


def test_received_files_are_kept_in_the_callers_transaction(vault_folder: Path) -> None:
    with services.receive(chunks=[b"abc"]) as incoming:
        assert incoming.size == 3
        assert incoming.sha256 == hashlib.sha256(b"abc").hexdigest()
        assert not Blob.objects.exists()
        with transaction.atomic():
            blob = services.keep(actor=ACTOR, incoming=incoming)
    assert b"".join(reading.open_range(blob)) == b"abc"


def test_a_file_kept_in_a_transaction_that_fails_is_removed(vault_folder: Path) -> None:
    def upload() -> None:
        with services.receive(chunks=[b"abc"]) as incoming, transaction.atomic():
            services.keep(actor=ACTOR, incoming=incoming)
            assert len(files(vault_folder)) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        upload()
    assert files(vault_folder) == []
    assert not Blob.objects.exists()


def test_a_file_whose_row_is_committed_stays_whatever_follows(vault_folder: Path) -> None:
    def upload() -> None:
        with services.receive(chunks=[b"abc"]) as incoming:
            services.keep(actor=ACTOR, incoming=incoming)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        upload()
    assert b"".join(reading.open_range(Blob.objects.get())) == b"abc"


def test_a_received_file_that_is_not_kept_is_removed(vault_folder: Path) -> None:
    with services.receive(chunks=[b"abc"]):
        assert len(files(vault_folder)) == 1
    assert files(vault_folder) == []


def test_memory_does_not_grow_with_the_file(vault_folder: Path) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            services.store(actor=ACTOR, chunks=(bytes(65_536) for _ in range(count)))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(16)
    assert peak(1024) < peak(128) + codec.CHUNK  # 64 MiB beside 8 MiB


def test_delete_removes_row_and_file_on_commit(vault_folder: Path) -> None:
    blob = services.store(actor=ACTOR, chunks=[b"x"])
    with transaction.atomic():
        services.delete(actor=ACTOR, blob=blob)
        assert len(files(vault_folder)) == 1
    assert files(vault_folder) == []
    assert not Blob.objects.exists()
    assert actions() == ["blob.stored", "blob.deleted"]
    assert Event.objects.last().subject_id == Event.objects.first().subject_id  # type: ignore[union-attr]


def test_a_delete_that_is_rolled_back_keeps_the_file(vault_folder: Path) -> None:
    blob = services.store(actor=ACTOR, chunks=[b"x"])
    with transaction.atomic():
        services.delete(actor=ACTOR, blob=blob)
        transaction.set_rollback(True)
    assert b"".join(reading.open_range(blob)) == b"x"


def test_delete_twice_is_not_found() -> None:
    blob = services.store(actor=ACTOR, chunks=[b"x"])
    gone = Blob.objects.get()
    services.delete(actor=ACTOR, blob=blob)
    with pytest.raises(NotFound):
        services.delete(actor=ACTOR, blob=gone)
    assert actions() == ["blob.stored", "blob.deleted"]


def test_rotation_rewraps_keys_and_leaves_files(vault_folder: Path, settings: Any) -> None:
    blobs = [services.store(actor=ACTOR, chunks=[b"%d" % n]) for n in range(5)]
    before = {path: path.read_bytes() for path in files(vault_folder)}
    old = settings.VAULT_MASTER_KEYS[1]
    settings.VAULT_MASTER_KEYS = {1: old, 2: "the master key of the second year"}
    settings.VAULT_MASTER_KEY_VERSION = 2
    assert services.rotate_keys(actor=ACTOR, batch=2) == 5
    assert services.rotate_keys(actor=ACTOR) == 0
    settings.VAULT_MASTER_KEYS = {2: "the master key of the second year"}  # the old key can go
    for number, blob in enumerate(blobs):
        blob.refresh_from_db()
        assert blob.master_key_version == 2
        assert b"".join(reading.open_range(blob)) == b"%d" % number
    assert {path: path.read_bytes() for path in files(vault_folder)} == before
    counts = Event.objects.filter(action="vault.keys_rotated").order_by("pk").values_list("data__count", flat=True)
    assert list(counts) == [2, 2, 1]


def test_rotation_goes_on_after_an_interruption(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        services.store(actor=ACTOR, chunks=[b"%d" % number])
    settings.VAULT_MASTER_KEYS = {1: settings.VAULT_MASTER_KEYS[1], 2: "the master key of the second year"}
    settings.VAULT_MASTER_KEY_VERSION = 2
    unwrap, seen = reading.data_key_of, []

    def killed(blob: Blob) -> bytes:
        seen.append(blob.pk)
        if len(seen) == 4:  # in the middle of the second batch
            raise KeyboardInterrupt
        return unwrap(blob)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "data_key_of", killed)
        with pytest.raises(KeyboardInterrupt):
            services.rotate_keys(actor=ACTOR, batch=2)
    assert Blob.objects.filter(master_key_version=2).count() == 2
    assert services.rotate_keys(actor=ACTOR, batch=2) == 2
    assert [b"".join(reading.open_range(blob)) for blob in Blob.objects.all()] == [b"0", b"1", b"2", b"3"]


def test_rotation_passes_over_a_damaged_row_and_names_it(settings: Any) -> None:
    blobs = [services.store(actor=ACTOR, chunks=[b"%d" % n]) for n in range(3)]
    Blob.objects.filter(pk=blobs[1].pk).update(wrapped_key=bytes(60))
    settings.VAULT_MASTER_KEYS = {1: settings.VAULT_MASTER_KEYS[1], 2: "the master key of the second year"}
    settings.VAULT_MASTER_KEY_VERSION = 2
    with pytest.raises(Tampered, match=rf"1 keys .* file {blobs[1].pk}; 2 keys are rotated"):
        services.rotate_keys(actor=ACTOR, batch=1)
    assert list(Blob.objects.values_list("master_key_version", flat=True)) == [2, 1, 2]


def _age(path: Path, seconds: float) -> None:
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def test_the_sweep_removes_only_old_files_without_a_row(vault_folder: Path) -> None:
    stored = storage.blob_path(services.store(actor=ACTOR, chunks=[b"stored"]).uid)
    orphan, young = (storage.blob_path(uuid.uuid4()) for _ in range(2))
    received = storage.incoming_path(uuid.uuid4())
    foreign = vault_folder / "blobs" / "notes.txt"
    for path in (orphan, young, received, foreign):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for path in (stored, orphan, received, foreign):
        _age(path, services.ORPHAN_SECONDS + 60)
    _age(young, services.ORPHAN_SECONDS - 600)
    assert tasks.sweep() == 2
    assert files(vault_folder) == sorted([stored, young, foreign])
    removed = Event.objects.filter(action="vault.orphan_removed").values_list("subject_id", flat=True)
    assert set(removed) == {orphan.name, received.name}
    assert tasks.sweep() == 0


def test_the_sweep_asks_once_for_many_files(vault_folder: Path, django_assert_num_queries: Any) -> None:
    for number in range(5):
        services.store(actor=ACTOR, chunks=[bytes(number)])
    for path in files(vault_folder):
        _age(path, services.ORPHAN_SECONDS + 60)
    with django_assert_num_queries(1):
        assert tasks.sweep() == 0
    assert len(files(vault_folder)) == 5


def test_a_kill_between_rename_and_commit_leaves_an_orphan_that_is_swept(vault_folder: Path) -> None:
    """What a killed process or a caller's rollback leaves: the file in place, no row."""
    with services.receive(chunks=[b"x"]) as incoming, transaction.atomic():
        services.keep(actor=ANONYMOUS, incoming=incoming)
        transaction.set_rollback(True)
    assert len(files(vault_folder)) == 1
    assert services.sweep_orphans(actor=ACTOR) == 0
    _age(files(vault_folder)[0], services.ORPHAN_SECONDS + 60)
    assert services.sweep_orphans(actor=ACTOR) == 1
    assert files(vault_folder) == []
