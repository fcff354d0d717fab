"""Downloads through the real web server: what a client on the other end of a connection gets, and what is metered."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from marketplace.authorization.models import Grant
from marketplace.authorization.services import revoke_grant
from marketplace.delivery.models import Transfer
from tests.factories import World
from tests.marketplace.authorization.asking import granted
from tests.marketplace.delivery.fetching import MIB, linked, table
from tests.serving import Server

OPTIONS = ["--threads", "2"]
SIZE = 48 * MIB
"""More than the buffers of a connection hold: the server is still sending when something happens."""


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed rows, that the server sees."""
    return World()


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Gunicorn on the test database, as the Procfile runs it."""
    running = Server(tmp_path_factory.mktemp("served"), *OPTIONS)
    yield running
    running.stop()


def settled() -> Transfer:
    """The transfer, once the server has written its end."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        transfer = Transfer.objects.get()
        if transfer.finished_at is not None:
            return transfer
        time.sleep(0.05)
    raise TimeoutError("the transfer was not ended")


def test_a_whole_file_arrives(world: World, server: Server) -> None:
    content = table(SIZE)
    grant = granted(world, content=content)
    assert httpx.get(server.address + linked(world, grant).path, timeout=60).content == content
    transfer = settled()
    assert (transfer.bytes_reserved, transfer.interrupted_by) == (len(content), "")


def test_a_revocation_cuts_the_connection(world: World, server: Server) -> None:
    grant = granted(world, content=table(SIZE))
    path = linked(world, grant).path
    received: list[int] = []
    with httpx.stream("GET", server.address + path, timeout=60) as download:
        pieces = download.iter_raw()
        received.append(len(next(pieces)))
        revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
        with pytest.raises(httpx.RemoteProtocolError):
            received.extend(len(piece) for piece in pieces)  # keeps what came before the cut
    transfer = settled()
    grant.refresh_from_db()
    assert transfer.interrupted_by == "grant_not_active"
    assert 0 < sum(received) <= transfer.bytes_reserved == grant.bytes_sent < SIZE - MIB
    assert httpx.get(server.address + path).status_code == 403


def test_a_client_that_hangs_up_is_metered(world: World, server: Server) -> None:
    grant = granted(world, content=table(SIZE))
    with httpx.stream("GET", server.address + linked(world, grant).path, timeout=60) as download:
        received = len(next(download.iter_raw()))
    transfer = settled()
    grant.refresh_from_db()
    assert transfer.interrupted_by == "client"
    assert 0 < received <= transfer.bytes_reserved == grant.bytes_sent < SIZE - MIB


def test_a_killed_server_leaves_a_meter_that_is_not_too_low(world: World, tmp_path: Path) -> None:
    server = Server(tmp_path, *OPTIONS)
    grant = granted(world, content=table(SIZE), download_limit=1)
    path = linked(world, grant).path
    received: list[int] = []
    with httpx.stream("GET", server.address + path, timeout=60) as download:
        pieces = download.iter_raw()
        received.append(len(next(pieces)))
        server.kill()
        with pytest.raises(httpx.TransportError):
            received.extend(len(piece) for piece in pieces)  # keeps what came before the cut
    grant = Grant.objects.get(pk=grant.pk)
    transfer = Transfer.objects.get()
    assert grant.downloads_used == 1
    assert 0 < sum(received) <= transfer.bytes_reserved == grant.bytes_sent
    assert (transfer.finished_at, transfer.interrupted_by) == (None, "")
