"""The restore drill: a running exchange is backed up, restored elsewhere, and is what it was."""

import json
import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models.functions import Now

from foundation.audit import services as audit
from foundation.audit.models import Event, Seal
from foundation.backups import manifest, restoring, taking
from foundation.backups.errors import BackupError
from foundation.backups.restoring import check_backup
from foundation.jobs.models import Job
from foundation.vault import reading, services, storage
from foundation.vault.errors import Tampered
from foundation.vault.models import Blob
from foundation.vault.verification import verify
from tests.factories import World, add_file, draft_listing, published_listing

from .conftest import ACTOR, Installation

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_restored_is_what_was_backed_up(
    tmp_path: Path, elsewhere: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()
    published_listing(world)
    asset = add_file(world.provider, draft_listing(world), filename="second.csv").asset
    interrupted = Job.objects.get(subject_type="data_asset", subject_id=asset.pk)
    Job.objects.filter(pk=interrupted.pk).update(
        state="running", attempt=3, losses=2, max_losses=3, lease_expires_at=Now() + timedelta(hours=1)
    )  # one more loss, and it would fail
    assert world.auditor.admin.session.session_key  # somebody is signed in, and is not to be after the restore
    audit.seal(actor=ACTOR)
    doomed = services.store(actor=ACTOR, chunks=[b"deleted while it is copied"])
    done = threading.Event()

    def go_on() -> None:
        """What others do meanwhile: files come and go."""
        try:
            while not done.wait(0.02):
                services.delete(actor=ACTOR, blob=services.store(actor=ACTOR, chunks=[b"x" * 1000]))
                services.store(actor=ACTOR, chunks=[b"later"])
        finally:
            connection.close()

    copied = taking._files

    def after_the_snapshot(*arguments: object, **options: object) -> object:
        services.delete(actor=ACTOR, blob=doomed)  # its row is in the snapshot, so its file must still be there
        with transaction.atomic():
            audit.record(actor=ACTOR, action="tests.too_late", subject=("tests.drill", 1))
        return copied(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(taking, "_files", after_the_snapshot)
    busy = threading.Thread(target=go_on)
    busy.start()
    try:
        folder, made = taking.take_backup(actor=ACTOR, output=tmp_path / "backup")
    finally:
        done.set()
        busy.join()
    assert folder == tmp_path / "backup"
    assert made.file_count == made.counts["vault_blob"] >= 3
    assert (folder / "blobs" / doomed.uid.hex[:2] / str(doomed.uid)).exists()

    with elsewhere.entered():
        call_command("restore", str(folder))
        assert "1 interrupted jobs queued again" in capsys.readouterr().out
        call_command("audit", "verify")
        assert [checked.damage for checked in verify()] == [""] * made.file_count
        events = made.counts["audit_event"] + 1  # one more tells of the restore
        assert (Event.objects.count(), Seal.objects.latest("number").last) == (events, events)  # the tail is sealed
        assert not Event.objects.filter(action="tests.too_late").exists()
        assert Blob.objects.get(uid=doomed.uid).address == doomed.address
        interrupted.refresh_from_db()
        assert (interrupted.state, interrupted.attempt, interrupted.losses) == ("queued", 3, 3)
        assert not Session.objects.exists()
        assert services.store(actor=ACTOR, chunks=[b"the next"]).pk > doomed.pk  # sequences go on
        with pytest.raises(CommandError, match="the database is not empty"):
            call_command("restore", str(folder))
        assert Blob.objects.count() == made.file_count + 1
    assert Session.objects.exists()


def test_checkpoints_of_what_is_lost_are_set_aside(
    tmp_path: Path, elsewhere: Installation, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """The restored installation takes the old one's place, with its folder of checkpoints."""
    settings.AUDIT_CHECKPOINT_DIR = signed = tmp_path / "checkpoints"
    services.store(actor=ACTOR, chunks=[b"before"])
    assert audit.seal(actor=ACTOR)
    kept = audit.write_checkpoint(actor=ACTOR)
    folder, _made = taking.take_backup(actor=ACTOR, output=tmp_path / "backup")
    services.store(actor=ACTOR, chunks=[b"after"])
    assert audit.seal(actor=ACTOR)
    lost = audit.write_checkpoint(actor=ACTOR)
    assert kept is not None
    assert lost is not None
    with elsewhere.entered():
        call_command("restore", str(folder))
        (aside,) = [found for found in signed.iterdir() if found.is_dir()]
        assert f"moved to {aside}" in capsys.readouterr().out
        assert [file.name for file in aside.iterdir()] == [f"{lost.size:020}.checkpoint"]
        assert [file.name for file in signed.glob("*.checkpoint")] == [f"{kept.size:020}.checkpoint"]
        event = Event.objects.get(action="audit.checkpoints_set_aside")
        assert event.data == {"folder": aside.name, "count": 1}
        fresh = audit.write_checkpoint(actor=ACTOR)  # signing goes on
        assert fresh is not None
        assert fresh.size > kept.size
        assert audit.set_checkpoints_aside(actor=ACTOR) is None


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _raise_count(path: Path) -> None:
    said = json.loads(path.read_text())
    said["file_count"] += 1
    path.write_text(json.dumps(said))


def test_a_changed_backup_is_refused_and_nothing_is_restored(tmp_path: Path, elsewhere: Installation) -> None:
    for content in (b"one", b"two"):
        services.store(actor=ACTOR, chunks=[content])
    whole, _made = taking.take_backup(actor=ACTOR, output=tmp_path / "whole", copy=True)
    check_backup(whole)
    listed = [stored.uid for stored in manifest.stored_files(whole)]
    one, two = (f"blobs/{uid[:2]}/{uid}" for uid in listed)
    folder = tmp_path / "changed"

    def swap() -> None:
        first, second = (folder / one).read_bytes(), (folder / two).read_bytes()
        (folder / one).write_bytes(second)
        (folder / two).write_bytes(first)

    not_ours = (
        "DIR/manifest.json is not what the exchange wrote, or VAULT_MASTER_KEY version 1 is another than the backup "
        "was made with"
    )
    damages: list[tuple[Callable[[], object], str]] = [
        (lambda: _raise_count(folder / "manifest.json"), not_ours),
        (lambda: (folder / "manifest.mac").write_text("0" * 64), not_ours),
        (
            lambda: (folder / "manifest.json").unlink(),
            "DIR is not a complete backup: [Errno 2] No such file or directory: 'DIR/manifest.json'",
        ),
        (lambda: _flip(folder / "database.enc"), "database.enc of DIR: not what was written"),
        (lambda: (folder / "files.jsonl").write_text(""), "files.jsonl of DIR: not what was written"),
        (lambda: _flip(folder / one), f"1 stored files of DIR are not what was written: {listed[0]}"),
        (lambda: (folder / two).unlink(), f"DIR/{two} cannot be read: No such file or directory"),
        (swap, f"2 stored files of DIR are not what was written: {', '.join(listed)}"),
    ]
    for damage, refusal in damages:
        shutil.copytree(whole, folder)
        damage()
        with pytest.raises(BackupError) as refused:
            check_backup(folder)
        assert str(refused.value).replace(str(folder), "DIR") == refusal
        shutil.rmtree(folder)

    _flip(whole / "database.enc")
    with elsewhere.entered():
        with pytest.raises(CommandError, match=r"database\.enc"):
            call_command("restore", str(whole))
        assert connection.introspection.table_names() == []
        assert not elsewhere.vault.exists()


def test_a_dump_that_does_not_fit_leaves_the_database_empty(
    tmp_path: Path, elsewhere: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a dump be damaged after it was checked, pg_restore is killed before it commits."""
    folder, _made = taking.take_backup(actor=ACTOR, output=tmp_path / "backup")
    _flip(folder / "database.enc")
    monkeypatch.setattr(restoring, "check_backup", lambda found, **_: manifest.read(found))
    with elsewhere.entered():
        with pytest.raises(Tampered):
            restoring.restore_backup(actor=ACTOR, folder=folder)
        assert connection.introspection.table_names() == []


def test_a_restore_that_was_killed_is_repeated(tmp_path: Path, elsewhere: Installation) -> None:
    """One stored file had come in, another half; a file of somebody else's vault would be refused."""
    blobs = [services.store(actor=ACTOR, chunks=[b"file %d" % number]) for number in range(3)]
    folder, _made = taking.take_backup(actor=ACTOR, output=tmp_path / "backup")
    places = [elsewhere.vault / storage.blob_path(blob.uid).relative_to(tmp_path / "vault") for blob in blobs]
    for place, content in ((places[0], storage.blob_path(blobs[0].uid).read_bytes()), (places[1], b"half")):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    strange = elsewhere.vault / "blobs/00/00000000-0000-4000-8000-000000000000"
    strange.parent.mkdir(exist_ok=True)
    strange.write_bytes(b"")
    with elsewhere.entered():
        with pytest.raises(BackupError, match=rf"the vault is not empty \({strange.name}\)"):
            restoring.restore_backup(actor=ACTOR, folder=folder)
        assert places[1].read_bytes() == b"half"
        strange.unlink()
        assert restoring.restore_backup(actor=ACTOR, folder=folder).problems == []
        for number, blob in enumerate(blobs):
            assert b"".join(reading.open_range(Blob.objects.get(pk=blob.pk))) == b"file %d" % number
