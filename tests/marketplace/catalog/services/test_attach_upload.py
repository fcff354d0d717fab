"""A file that came in pieces is attached by a job: all in one transaction, as the uploader may at that moment."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound, TooLarge
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.participants.models import User
from foundation.uploads import services as uploads
from foundation.uploads.models import Piece, Upload
from foundation.vault import reading, storage
from foundation.vault import services as vault
from foundation.vault.models import Blob
from grading.models import DataAsset
from marketplace.catalog import services
from marketplace.catalog.models import Distribution, ListingVersion
from tests.factories import CSV, World, add_file, draft_listing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def vault_folder(tmp_path: Path, settings: Any) -> None:
    settings.VAULT_DIR = tmp_path / "vault"


@pytest.fixture
def world() -> World:
    return World()


def sent(world: World, version: ListingVersion, plain: bytes = CSV, **more: Any) -> Upload:
    """An upload of which all bytes have arrived."""
    row = services.begin_upload(
        actor=world.provider.actor, version_id=version.pk, filename="Flights.CSV", length=len(plain), **more
    )
    half = len(plain) // 2
    for start, piece in ((0, plain[:half]), (half, plain[half:])):
        row = uploads.append(actor=world.provider.actor, upload_id=row.pk, offset=start, chunks=[piece])
    return row


def work(row: Upload) -> Upload:
    """Run the job that the last byte caused."""
    jobs.execute(Job.objects.filter(kind="catalog.attach_upload", arguments={"subject_id": row.pk}).latest("pk").pk)
    row.refresh_from_db()
    return row


def kept() -> tuple[int, int, int, int, int]:
    rows = (model.objects.count() for model in (Blob, Piece, DataAsset, Distribution))
    return (*rows, len(list(storage.everything())))  # type: ignore[return-value]


def test_it_becomes_a_file_of_the_draft_like_any_other(world: World) -> None:
    version = draft_listing(world)
    upload = work(sent(world, version, title=" Departures ", sha256=hashlib.sha256(CSV).hexdigest().upper()))
    row = Distribution.objects.get()
    assert (upload.state, upload.result) == ("attached", {"distribution": row.pk, "asset": row.asset_id})
    assert (row.version_id, row.title, row.media_type, row.asset.filename) == (
        version.pk, "Departures", "text/csv", "Flights.CSV",
    )  # fmt: skip
    assert (row.asset.sha256, row.asset.byte_size) == (hashlib.sha256(CSV).hexdigest(), len(CSV))
    assert row.asset.declared["title"] == "Departures of New York airports"
    assert b"".join(reading.open_range(row.asset.blob)) == CSV
    assert kept() == (1, 0, 1, 1, 1)  # the pieces are gone
    assert Job.objects.filter(kind="grading.examine", subject_id=row.asset_id).count() == 1


def test_an_empty_file_is_attached_and_judged_as_one(world: World) -> None:
    version = draft_listing(world)
    row = services.begin_upload(actor=world.provider.actor, version_id=version.pk, filename="a.csv", length=0)
    assert work(row).state == "attached"
    assert Distribution.objects.get().asset.byte_size == 0


def test_what_a_one_shot_upload_would_refuse_is_refused_before_a_byte_is_sent(world: World, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 100
    version = draft_listing(world)
    add_file(world.provider, version, filename="taken.csv")
    actor, begin = world.provider.actor, services.begin_upload
    for changed, error in (
        ({"filename": "a.exe"}, InvalidInput),
        ({"filename": "../taken.csv"}, Conflict),
        ({"title": "x" * 301}, InvalidInput),
        ({"sha256": "abc"}, InvalidInput),
        ({"length": 101}, TooLarge),
        ({"actor": world.buyer.actor}, NotFound),
        ({"actor": world.exchange.actor}, Forbidden),
    ):
        said: dict[str, Any] = {"actor": actor, "filename": "a.csv", "length": 1, **changed}
        with pytest.raises(error):
            begin(version_id=version.pk, **said)
    assert not Upload.objects.exists()


def _submitted(world: World, version: ListingVersion) -> None:
    add_file(world.provider, version, filename="first.csv")
    services.submit_version(actor=world.provider.actor, version_id=version.pk)


def _same_name(world: World, version: ListingVersion) -> None:
    add_file(world.provider, version, filename="Flights.CSV")


def _left(world: World, version: ListingVersion) -> None:
    User.objects.filter(pk=world.provider.user.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("meanwhile", "code", "files"), [(_submitted, "conflict", 1), (_same_name, "conflict", 1), (_left, "forbidden", 0)]
)
def test_what_the_draft_does_not_take_any_longer_is_refused_and_removed(
    world: World, meanwhile: Any, code: str, files: int
) -> None:
    version = draft_listing(world)
    row = sent(world, version)
    meanwhile(world, version)
    upload = work(row)
    assert (upload.state, upload.error_code, upload.result) == ("refused", code, None)
    assert upload.error_detail
    assert kept() == (files, 0, files, files, files)
    assert Job.objects.get(kind="catalog.attach_upload").state == "succeeded"


def test_another_digest_than_announced_is_refused(world: World) -> None:
    upload = work(sent(world, draft_listing(world), sha256="0" * 64))
    assert (upload.state, upload.error_code) == ("refused", "invalid_input")
    assert hashlib.sha256(CSV).hexdigest() in upload.error_detail
    assert kept() == (0, 0, 0, 0, 0)


def test_a_damaged_piece_attaches_nothing_and_waits(world: World) -> None:
    row = sent(world, draft_listing(world))
    ((_uid, path),) = storage.everything()
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    assert work(row).state == "received"
    job = Job.objects.get(kind="catalog.attach_upload")
    assert (job.state, job.error_code) == ("failed", "tampered")
    assert kept() == (1, 1, 0, 0, 1)


def test_an_attempt_that_ended_at_any_point_is_repeated_without_harm(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the first attempt breaks off, the second leaves one file, one asset, one row."""
    for point in ("receive", "keep", "delete"):
        version = draft_listing(world)
        row, before = sent(world, version), kept()
        with monkeypatch.context() as patch:
            patch.setattr(vault, point, _broken)
            work(row)
        assert (row.state, kept()) == ("received", before)
        Job.objects.filter(kind="catalog.attach_upload", state="queued").update(run_after="2000-01-01T00:00Z")
        assert work(row).state == "attached"
        assert Distribution.objects.filter(version=version).count() == 1
    with transaction.atomic():  # an attempt that committed, and could not say so, is repeated
        jobs.enqueue(kind="catalog.attach_upload", arguments={"subject_id": row.pk})
    assert work(row).state == "attached"
    assert Job.objects.latest("pk").result == {"state": "over"}
    assert Distribution.objects.count() == DataAsset.objects.count() == 3
    assert len(list(storage.everything())) == Blob.objects.count() == 3


def _broken(**_: object) -> None:
    raise OSError("no space left on device")


def test_a_one_shot_upload_that_ends_between_its_steps_leaves_no_orphan(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, before = draft_listing(world), kept()

    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Distribution.objects, "create", killed)
    with pytest.raises(KeyboardInterrupt):
        add_file(world.provider, version)
    assert kept() == before
    assert not Job.objects.filter(kind="grading.examine").exists()


def test_no_transaction_is_open_while_pieces_are_assembled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row, seen = sent(world, draft_listing(world)), []
    pieces = reading.open_range

    def watched(blob: Blob, **part: int) -> Iterator[bytes]:
        seen.append(connection.in_atomic_block)
        return pieces(blob, **part)

    monkeypatch.setattr(reading, "open_range", watched)
    assert work(row).state == "attached"
    assert seen == [False]
