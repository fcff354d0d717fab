"""While a backup copies, files whose rows are removed stay; afterwards the sweep removes them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from foundation.vault import holding, services, storage

from .conftest import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def a_backup() -> Iterator[None]:
    """Another connection that copies files."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            assert holding.hold_files(cursor)
            yield
        other.rollback()
    finally:
        other.close()


def test_a_file_stays_while_a_backup_copies_and_goes_with_the_next_sweep() -> None:
    blob = services.store(actor=ACTOR, chunks=[b"copied"])
    path = storage.blob_path(blob.uid)
    os.utime(path, (0, 0))
    with a_backup():
        services.delete(actor=ACTOR, blob=blob)
        assert path.exists()
        assert services.sweep_orphans(actor=ACTOR) == 0
        assert path.exists()
    assert services.sweep_orphans(actor=ACTOR) == 1
    assert not path.exists()


def test_without_a_backup_the_file_goes_at_once() -> None:
    blob = services.store(actor=ACTOR, chunks=[b"gone"])
    services.delete(actor=ACTOR, blob=blob)
    assert not storage.blob_path(blob.uid).exists()


def test_a_backup_does_not_begin_beside_another_or_while_a_file_is_removed() -> None:
    with a_backup(), transaction.atomic(), connection.cursor() as cursor:
        assert not holding.hold_files(cursor)
        assert not holding.may_remove_files(cursor)
    other = connection.copy()
    with transaction.atomic(), connection.cursor() as cursor:
        assert holding.may_remove_files(cursor)
        with other.cursor() as second:
            assert not holding.hold_files(second)
    other.close()
    with a_backup():
        pass
