import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from foundation.vault import services, storage
from foundation.vault.models import Blob
from foundation.vault.verification import verify

from .conftest import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blobs() -> list[Blob]:
    return [services.store(actor=ACTOR, chunks=[b"file %d" % number]) for number in range(4)]


def test_verify_reads_every_file(blobs: list[Blob], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("vault", "verify")
    assert capsys.readouterr().out == "4 files of 24 bytes read, 0 damaged.\n"


def test_verify_names_the_damaged_files(blobs: list[Blob], capsys: pytest.CaptureFixture[str]) -> None:
    path = storage.blob_path(blobs[1].uid)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    storage.blob_path(blobs[2].uid).unlink()
    Blob.objects.filter(pk=blobs[3].pk).update(master_key_version=9)
    with pytest.raises(CommandError) as raised:
        call_command("vault", "verify")
    assert raised.value.returncode == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [f"file {b.pk} ({b.uid})" for b in blobs[1:]]
    assert "no version 9" in lines[2]
    assert lines[-1] == "4 files of 24 bytes read, 3 damaged."


def test_verify_compares_content_and_address(blobs: list[Blob], settings: Any) -> None:
    settings.VAULT_ADDRESS_KEY = "not the key of these addresses"
    assert [checked.damage for checked in verify()] == ["The address is not that of the content."] * 4


def test_rotate_says_what_it_did(blobs: list[Blob], settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.VAULT_MASTER_KEYS = {**settings.VAULT_MASTER_KEYS, 2: "the master key of the second year"}
    settings.VAULT_MASTER_KEY_VERSION = 2
    call_command("vault", "rotate")
    assert capsys.readouterr().out == (
        "4 of 4 data keys re-wrapped\n4 data keys re-wrapped; all are under master key 2.\n"
    )
    call_command("vault", "rotate")
    assert capsys.readouterr().out == "0 data keys re-wrapped; all are under master key 2.\n"


def test_rotate_fails_over_a_damaged_row(blobs: list[Blob], settings: Any) -> None:
    Blob.objects.filter(pk=blobs[0].pk).update(size=99)
    settings.VAULT_MASTER_KEYS = {**settings.VAULT_MASTER_KEYS, 2: "the master key of the second year"}
    settings.VAULT_MASTER_KEY_VERSION = 2
    with pytest.raises(CommandError, match=f"file {blobs[0].pk}; 3 keys are rotated"):
        call_command("vault", "rotate")


def test_sweep_says_what_it_did(vault_folder: Path, blobs: list[Blob], capsys: pytest.CaptureFixture[str]) -> None:
    Blob.objects.filter(pk=blobs[0].pk).delete()
    os.utime(storage.blob_path(blobs[0].uid), (0, 0))
    call_command("vault", "sweep")
    assert capsys.readouterr().out == "1 files removed.\n"
    assert not storage.blob_path(blobs[0].uid).exists()
