"""The master key is replaced while files are read and stored: nobody waits, nothing is lost, the old key can go."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from foundation.vault import keys, reading, selectors, services
from foundation.vault.models import Blob

from .conftest import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "the master key of the second year"


@contextmanager
def meanwhile(*works: Callable[[], object]) -> Iterator[list[int]]:
    """Repeat each of `works` in a thread of its own until the block ends; how often each ran. Raises their errors."""
    done, counts, errors = threading.Event(), [0] * len(works), []

    def repeat(place: int, work: Callable[[], object]) -> None:
        try:
            while not done.is_set():
                work()
                counts[place] += 1
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=repeat, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        done.set()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]


def test_readers_and_writers_go_on_while_keys_are_rotated(settings: Any) -> None:
    blobs = [services.store(actor=ACTOR, chunks=[b"file %d" % number]) for number in range(60)]
    settings.VAULT_MASTER_KEYS = {**settings.VAULT_MASTER_KEYS, 2: NEW}
    stored: list[tuple[int, bytes]] = []

    def read() -> None:
        for number, blob in enumerate(blobs):
            fresh = Blob.objects.get(pk=blob.pk)
            assert b"".join(reading.open_range(fresh)) == b"file %d" % number

    def write() -> None:
        content = b"meanwhile %d" % len(stored)
        stored.append((services.store(actor=ACTOR, chunks=[content]).pk, content))

    reports: list[int] = []

    def report(done: int) -> None:
        reports.append(done)
        while not all(counts):  # at least once round for everybody between the first batches
            done_event.wait(0.01)

    done_event = threading.Event()
    with meanwhile(read, write) as counts:
        settings.VAULT_MASTER_KEY_VERSION = 2
        done = services.rotate_keys(actor=ACTOR, batch=7, report=report)
    assert reports[0] == 7
    assert reports == sorted(set(reports))
    assert done == reports[-1] >= 60
    assert min(counts) >= 1
    services.rotate_keys(actor=ACTOR)  # what was begun under the old key
    assert not selectors.waiting_for_rotation()
    settings.VAULT_MASTER_KEYS = {2: NEW}
    for number, blob in enumerate(blobs):
        assert b"".join(reading.open_range(Blob.objects.get(pk=blob.pk))) == b"file %d" % number
    for pk, content in stored:
        assert b"".join(reading.open_range(Blob.objects.get(pk=pk))) == content


def test_an_interrupted_rotation_goes_on_where_it_stopped(settings: Any) -> None:
    for number in range(5):
        services.store(actor=ACTOR, chunks=[b"file %d" % number])
    settings.VAULT_MASTER_KEYS, settings.VAULT_MASTER_KEY_VERSION = {**settings.VAULT_MASTER_KEYS, 2: NEW}, 2

    def killed(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.rotate_keys(actor=ACTOR, batch=2, report=killed)
    assert selectors.waiting_for_rotation() == 3
    assert services.rotate_keys(actor=ACTOR, batch=2) == 3
    assert selectors.waiting_for_rotation() == 0


def test_two_rotations_at_once_wrap_each_key_once(settings: Any) -> None:
    for number in range(40):
        services.store(actor=ACTOR, chunks=[b"file %d" % number])
    settings.VAULT_MASTER_KEYS, settings.VAULT_MASTER_KEY_VERSION = {**settings.VAULT_MASTER_KEYS, 2: NEW}, 2
    counts: list[int] = []

    def rotate() -> None:
        try:
            counts.append(services.rotate_keys(actor=ACTOR, batch=3))
        finally:
            connection.close()

    threads = [threading.Thread(target=rotate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 40
    assert [use.files for use in selectors.key_use()] == [0, 40]


def test_the_command_says_which_keys_are_needed(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    first = services.store(actor=ACTOR, chunks=[b"first"])
    settings.VAULT_MASTER_KEYS, settings.VAULT_MASTER_KEY_VERSION = {**settings.VAULT_MASTER_KEYS, 2: NEW}, 2
    call_command("vault", "keys")
    assert capsys.readouterr().out.splitlines() == [
        "master key 1: 1 files, needed until `vault rotate` is done",
        "master key 2: 0 files, newest: new files are stored under it",
    ]
    call_command("vault", "rotate")
    call_command("vault", "keys")
    assert capsys.readouterr().out.splitlines()[2:] == [
        "master key 1: 0 files, no stored file needs it; keep it as long as a backup made under it",
        "master key 2: 1 files, newest: new files are stored under it",
    ]
    Blob.objects.filter(pk=first.pk).update(master_key_version=7)
    with pytest.raises(CommandError, match="not configured") as raised:
        call_command("vault", "keys")
    assert raised.value.returncode == 1
    assert "master key 7: 1 files, NOT CONFIGURED" in capsys.readouterr().out


def test_rotation_tells_of_what_others_stored_under_the_old_key(
    settings: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    services.store(actor=ACTOR, chunks=[b"first"])
    settings.VAULT_MASTER_KEYS, settings.VAULT_MASTER_KEY_VERSION = {**settings.VAULT_MASTER_KEYS, 2: NEW}, 2
    rotate = services.rotate_keys

    def and_another_stores(**arguments: Any) -> int:
        done = rotate(**arguments)
        with monkeypatch.context() as old:
            old.setattr(keys, "newest_version", lambda: 1)
            services.store(actor=ACTOR, chunks=[b"late"])
        return done

    monkeypatch.setattr(services, "rotate_keys", and_another_stores)
    call_command("vault", "rotate")
    assert capsys.readouterr().out.splitlines() == [
        "1 of 1 data keys re-wrapped",
        "1 data keys re-wrapped; 1 came meanwhile from processes that do not know master key 2 yet: "
        "restart those, then rotate again.",
    ]
