"""A foreign tus client against the server as it is run: interruptions, broken connections, killed workers."""

import hashlib
import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.uploads.models import Piece, Upload
from foundation.vault import reading, storage
from marketplace.catalog.models import Distribution, ListingVersion
from tests.factories import World, draft_listing
from tests.serving import Server
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

OPTIONS = ("--preload", "--workers", "2", "--threads", "4", "--graceful-timeout", "1")
MIB = 1024 * 1024
PLAIN = random.Random(7).randbytes(3 * MIB + 12_345)


@pytest.fixture(scope="module")
def _server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    running = Server(folder, *OPTIONS, environment={"VAULT_DIR": str(folder / "vault")})
    yield running
    running.stop()


@pytest.fixture
def server(_server: Server, settings: Any) -> Server:
    """The one server of these tests; they look into its vault."""
    settings.VAULT_DIR = _server.log.parent / "vault"
    return _server


@pytest.fixture
def world() -> World:
    return World()


def client(server: Server, world: World, version: ListingVersion) -> TusClient:
    return TusClient(
        f"http://127.0.0.1:{server.port}/api/v1/versions/{version.pk}/uploads",
        headers={"Authorization": f"Bearer {world.provider.token}"},
    )


def begun_patch(server: Server, world: World, url: str, offset: int, announced: int) -> socket.socket:
    """A connection on which the head of a PATCH has been sent, by hand: clients do not break off at will."""
    line = socket.create_connection(("127.0.0.1", server.port))
    line.sendall(
        f"PATCH {urlsplit(url).path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {world.provider.token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {announced}\r\n\r\n".encode()
    )
    return line


def attached(upload_id: int) -> Distribution:
    """The file that the upload became, once its job has run here."""
    jobs.execute(Job.objects.get(kind="catalog.attach_upload", arguments={"subject_id": upload_id}).pk)
    upload = Upload.objects.get(pk=upload_id)
    assert upload.state == "attached", upload.error_detail
    assert upload.result is not None
    return Distribution.objects.get(pk=upload.result["distribution"])


def test_uploads_go_on_after_whatever_happens(server: Server, world: World) -> None:
    version = draft_listing(world)

    # the client stops and another one, which knows nothing but the address, goes on; each request has a checksum
    tus = client(server, world, version)
    first = tus.uploader(
        file_stream=BytesIO(PLAIN), chunk_size=MIB, metadata={"filename": "one.csv"}, upload_checksum=True
    )
    first.upload(stop_at=MIB)
    assert (first.offset, Upload.objects.get().offset) == (MIB, MIB)
    second = tus.uploader(file_stream=BytesIO(PLAIN), chunk_size=700_000, url=first.url, upload_checksum=True)
    assert second.offset == MIB
    second.upload()
    row = attached(Upload.objects.get().pk)
    assert (row.asset.filename, row.asset.sha256) == ("one.csv", hashlib.sha256(PLAIN).hexdigest())
    assert b"".join(reading.open_range(row.asset.blob)) == PLAIN

    # the connection breaks in the middle of a request: what arrived is kept, and the client goes on from there
    third = tus.uploader(file_stream=BytesIO(PLAIN), chunk_size=MIB, metadata={"filename": "two.csv"})
    third.upload(stop_at=MIB)
    upload = Upload.objects.latest("pk")
    with begun_patch(server, world, str(third.url), MIB, len(PLAIN) - MIB) as line:
        line.sendall(PLAIN[MIB : 2 * MIB + 77])
    until(lambda: Upload.objects.get(pk=upload.pk).offset == 2 * MIB + 77)
    resumed = tus.uploader(file_stream=BytesIO(PLAIN), chunk_size=MIB, url=third.url)
    assert resumed.offset == 2 * MIB + 77
    resumed.upload()
    assert attached(upload.pk).asset.sha256 == hashlib.sha256(PLAIN).hexdigest()

    # a request for a one-shot upload breaks off: nothing of it stays
    before = len(list(storage.everything()))
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(
            f"POST /api/v1/versions/{version.pk}/files?filename=cut.csv HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {world.provider.token}\r\nContent-Length: {len(PLAIN)}\r\n\r\n".encode()
        )
        line.sendall(PLAIN[:MIB])
        until(lambda: len(list(storage.everything())) == before + 1)
    until(lambda: len(list(storage.everything())) == before)
    assert Distribution.objects.filter(version=version).count() == 2


def incoming() -> list[Path]:
    """Pieces that are being written, or whose writer was killed."""
    return [path for _uid, path in storage.everything() if path.parent.name == "incoming"]


def test_killed_workers_lose_no_more_than_a_segment(server: Server, world: World) -> None:
    version, plain = draft_listing(world), PLAIN * 22  # 66 MiB and a little: more than one segment
    tus = client(server, world, version)
    killed = tus.uploader(file_stream=BytesIO(plain), chunk_size=MIB, metadata={"filename": "large.csv"})
    killed.set_url(str(killed.create_url()))
    upload = Upload.objects.get()
    with begun_patch(server, world, str(killed.url), 0, len(plain)) as line:
        line.sendall(plain[: 65 * MIB])
        until(lambda: Upload.objects.get().offset == 64 * MIB)
        until(lambda: len(incoming()) == 1)  # the next segment has begun
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        with suppress(ConnectionResetError):  # no answer: the process is gone
            assert line.recv(1) == b""
    until(lambda: len(server.workers()) == 2)
    assert len(incoming()) == 1  # for the sweep
    resumed = None
    while resumed is None:
        try:
            resumed = tus.uploader(file_stream=BytesIO(plain), chunk_size=4 * MIB, url=killed.url, retries=3)
        except (TusCommunicationError, TusUploadFailed):
            time.sleep(0.1)
    assert resumed.offset == 64 * MIB
    resumed.upload()
    assert list(Piece.objects.order_by("start").values_list("start", flat=True)[:2]) == [0, 64 * MIB]
    assert attached(upload.pk).asset.sha256 == hashlib.sha256(plain).hexdigest()
    assert not Piece.objects.exists()
