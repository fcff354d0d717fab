"""What a backup holds, and that half a backup never looks like a whole one."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from foundation.audit.models import Event
from foundation.backups import manifest, programs, restoring, taking
from foundation.backups.errors import BackupError
from foundation.vault import holding, services, storage

from .conftest import ACTOR, PROJECT, database_url

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_backup_is_private_names_its_keys_and_holds_none(tmp_path: Path, settings: Any) -> None:
    settings.VAULT_MASTER_KEYS = {**settings.VAULT_MASTER_KEYS, 2: "the master key of the second year"}
    settings.VAULT_MASTER_KEY_VERSION = 2
    blob = services.store(actor=ACTOR, chunks=[b"secret content"])
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('marked-session', 'marked-data', now())")
    folder, made = taking.take_backup(actor=ACTOR, output=tmp_path / "backup")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / f"blobs/{blob.uid.hex[:2]}/{blob.uid}").stat().st_nlink == 2  # a hard link
    assert [needed.variable for needed in made.needs] == [
        "VAULT_MASTER_KEY", "VAULT_MASTER_KEY_2", "VAULT_ADDRESS_KEY", "AUDIT_KEY", "AUDIT_SIGNING_KEY", "ACCOUNT_KEY",
        "NOTIFICATION_KEY", "DELIVERY_KEY",
    ]  # fmt: skip
    assert made.key_version == 2
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for secret in (*manifest.secrets().values(), "secret content", "vault_blob_pkey", "marked-data"):
        assert secret.encode() not in content
    assert manifest.read(folder) == made
    event = Event.objects.get(action="backup.made")
    assert (event.subject_id, event.data["files"], event.data["key_version"]) == (made.id, 1, 2)

    settings.VAULT_MASTER_KEYS = {2: settings.VAULT_MASTER_KEYS[2]}
    settings.AUDIT_KEYS = {1: "another secret than the backup was made with"}
    assert manifest.unmet(made) == [
        "VAULT_MASTER_KEY is not set",
        "AUDIT_KEY is another one than the backup was made with",
    ]
    with pytest.raises(BackupError, match="AUDIT_KEY is another one"):
        restoring.restore_backup(actor=ACTOR, folder=folder)
    settings.VAULT_MASTER_KEYS, settings.VAULT_MASTER_KEY_VERSION = {1: "any master key there is"}, 1
    with pytest.raises(BackupError, match="made under VAULT_MASTER_KEY_2, which is not set"):
        restoring.check_backup(folder)


def test_every_secret_of_the_settings_is_named_by_a_backup() -> None:
    """Whoever adds a secret is asked here whether stored data depend on it."""
    source = (PROJECT / "config" / "settings.py").read_text(encoding="utf-8")
    asked = set(re.findall(r'secrets?\("([A-Z_]+)"', source))
    assert asked - {"SECRET_KEY"} == set(django_settings.BACKUP_NEEDS)


def test_a_failed_backup_leaves_nothing(tmp_path: Path) -> None:
    lost = services.store(actor=ACTOR, chunks=[b"content"])
    places = tmp_path / "backups"
    places.mkdir()
    whole = storage.blob_path(lost.uid).read_bytes()
    storage.blob_path(lost.uid).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))  # as long as it was
    with pytest.raises(BackupError, match=f"{lost.uid} is damaged"):
        taking.take_backup(actor=ACTOR, output=places / "today")
    os.truncate(storage.blob_path(lost.uid), 20)
    with pytest.raises(BackupError, match=f"{lost.uid} is cut short"):
        taking.take_backup(actor=ACTOR, output=places / "today")
    storage.blob_path(lost.uid).unlink()
    with pytest.raises(BackupError, match=f"{lost.uid} is lost"):
        taking.take_backup(actor=ACTOR, output=places / "today")
    assert list(places.iterdir()) == []
    assert not Event.objects.filter(action="backup.made").exists()


def test_a_killed_backup_is_none(tmp_path: Path) -> None:
    """SIGKILL at the moment when the dump is complete and files are being copied."""
    services.store(actor=ACTOR, chunks=[b"content"])
    script = (
        "import os, signal, sys, django; django.setup()\n"
        "from pathlib import Path; from foundation.actors import system; from foundation.backups import taking\n"
        "taking._copied = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n"
        "taking.take_backup(actor=system('test'), output=Path(sys.argv[1]))\n"
    )
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment["VAULT_DIR"] = str(tmp_path / "vault")
    killed = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "backup")], cwd=PROJECT, env=environment, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (left,) = tmp_path.glob(".backup.partial-*")
    assert (left / manifest.DATABASE).exists()
    with pytest.raises(BackupError, match="not a complete backup"):
        restoring.check_backup(left)
    deadline = time.monotonic() + 10
    while True:  # the server notices within moments that the killed one is gone, and with it its lock
        try:
            folder, _made = taking.take_backup(actor=ACTOR, output=tmp_path / "backup")
            break
        except BackupError:
            assert time.monotonic() < deadline
    restoring.check_backup(folder)


def test_two_backups_do_not_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "_PATIENCE", 2)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        assert holding.hold_files(cursor)
        with pytest.raises(BackupError, match="another backup"):
            taking.take_backup(actor=ACTOR, output=tmp_path / "backup")
    other.close()
    assert list(tmp_path.glob("*backup*")) == []


def test_the_command_names_the_folder_by_the_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("backup", "--output", str(tmp_path))
    said = capsys.readouterr()
    folder = Path(said.out.strip())
    assert folder.parent == tmp_path
    assert folder.name.startswith("exchange-20")
    assert f"needed: {', '.join(django_settings.BACKUP_NEEDS)}" in said.err
    call_command("restore", str(folder), "--check")
    assert "0 stored files and the database are what was written" in capsys.readouterr().out
    with pytest.raises(CommandError, match="the database is not empty"):
        call_command("restore", str(folder))
    with pytest.raises(CommandError, match="cannot be written to: No such file"):
        call_command("backup", "--output", str(tmp_path / "nowhere" / "deep"))


def test_programs_older_than_the_server_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 12.9'\n")
    old.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.find("pg_dump", server=12).path == old
    assert programs.find("pg_dump", server=14).path != old  # the wheel's
    with pytest.raises(BackupError, match=rf"PostgreSQL 99 or newer is needed.*{old} is version 12\.9"):
        programs.find("pg_dump", server=99)
