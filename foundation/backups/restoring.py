"""Restoring a backup into an empty installation, and nowhere else; everything is verified before and after.

What is in a backup is checked to the last byte before anything is written. Files come first, then the database in one
transaction: a restore that was killed leaves a database that is still empty, and can be repeated.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.audit import verification as log
from foundation.backups import manifest, programs, taking
from foundation.backups.errors import BackupError
from foundation.backups.manifest import Manifest
from foundation.jobs import services as jobs
from foundation.vault import codec, keys, storage
from foundation.vault import verification as vault
from foundation.vault.errors import Tampered

_SHOWN: Final = 20


@dataclass(slots=True)
class Restored:
    """What a restore found and did; `problems` are sentences, none where all is as it was."""

    files: int = 0
    jobs: int = 0
    events: int = 0
    sealed: int = 0
    problems: list[str] = field(default_factory=list)


def check_backup(folder: Path, *, report: Callable[[str], object] = str) -> Manifest:
    """Read every byte of a backup and compare it with the manifest; BackupError names what is not as it was made."""
    found = manifest.read(folder)
    wrong = [
        name
        for name, part in ((manifest.DATABASE, found.database.part), (manifest.FILES, found.files))
        if manifest.measured(folder / name) != part
    ]
    if wrong:
        raise BackupError(f"{' and '.join(wrong)} of {folder}: not what was written")
    _data_key(found)
    count = 0
    for stored in manifest.stored_files(folder):
        part = manifest.measured(_blob(folder, stored.uid))
        if (part.size, part.sha256) != (stored.size, stored.sha256):
            wrong.append(stored.uid)
        count += 1
    if wrong:
        raise BackupError(f"{len(wrong)} stored files of {folder} are not what was written: {_some(wrong)}")
    report(f"backup {found.id} of {found.made_at}: {count} stored files and the database are what was written")
    return found


def restore_backup(
    *, actor: Actor, folder: Path, ignore_keys: bool = False, report: Callable[[str], object] = str
) -> Restored:
    """Restore a backup; what was found by verifying the result.

    BackupError, with nothing changed, where the backup is not whole, a secret it needs is missing or another one
    (`ignore_keys`: go on all the same), the software is older than the backup, or the installation is not empty.
    Afterwards the tables are brought to this software's form, jobs that were running are queued again, and the tail of
    the audit log is sealed in this cluster. Records `backup.restored`.
    """
    found = check_backup(folder, report=report)
    if not ignore_keys and (unmet := manifest.unmet(found)):
        raise BackupError("; ".join(unmet))
    _require_known_migrations(found)
    program = programs.find("pg_restore", server=programs.server_version(connection))
    _require_empty(folder)
    _place_files(folder)
    report(f"stored files: {found.file_count} of {found.file_bytes} bytes in place")
    _restore_database(program, folder, found)
    report("database: restored")
    result = Restored(files=found.file_count)
    result.problems += _differing_counts(found)
    call_command("migrate", interactive=False, verbosity=0)
    result.problems += [f"stored file {checked.uid}: {checked.damage}" for checked in vault.verify() if checked.damage]
    events = log.verify()
    result.events = events.events
    if not events.ok:
        result.problems.append(f"the audit log has {events.found} problems: `manage.py audit verify` names them")
    report(f"verified: {result.files} stored files, {result.events} audit events, {len(result.problems)} problems")
    result.jobs = jobs.release_leases()
    _set_checkpoints_aside(actor, result, report)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="backup.restored",
            subject=("backup", found.id),
            data={"made_at": found.made_at, "files": result.files, "problems": len(result.problems)},
        )
    result.sealed = audit.seal(actor=actor, thorough=True)
    return result


def _set_checkpoints_aside(actor: Actor, result: Restored, report: Callable[[str], object]) -> None:
    """Of the installation whose place this one takes: they speak of events after the backup."""
    try:
        aside = audit.set_checkpoints_aside(actor=actor)
    except OSError as error:
        result.problems.append(f"signed checkpoints that the audit log does not contain could not be moved: {error}")
        return
    if aside is not None:
        report(f"signed checkpoints of events after the backup: moved to {aside}, as evidence of what is missing")


def _blob(folder: Path, uid: str) -> Path:
    name = UUID(uid)
    return folder / "blobs" / name.hex[:2] / str(name)


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_SHOWN]) + (f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else "")


def _data_key(found: Manifest) -> bytes:
    dump = found.database
    try:
        return keys.unwrap(
            bytes.fromhex(dump.wrapped_key),
            version=found.key_version,
            uid=UUID(dump.uid),
            size=dump.plain_size,
            address=taking.WRAPPED_FOR,
        )
    except (Tampered, ValueError) as error:
        raise BackupError("the key of the database's dump does not open") from error


def _require_known_migrations(found: Manifest) -> None:
    known = MigrationLoader(None).disk_migrations or {}
    strange = [f"{app}.{name}" for app, name in found.migrations if (app, name) not in known]
    if strange:
        raise BackupError(f"the backup was made by newer software: migrations {_some(strange)} are not known here")


def _require_empty(folder: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
             WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
               AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
               AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
             ORDER BY relname""")
        tables = [row[0] for row in cursor.fetchall()]
    if tables:
        raise BackupError(
            f"the database is not empty ({_some(tables)}): make a new one, without `migrate`, for DATABASE_URL"
        )
    backed_up = {UUID(stored.uid) for stored in manifest.stored_files(folder)}
    strange = [str(uid) for uid, _path in storage.everything() if uid not in backed_up]
    if strange:
        raise BackupError(f"the vault is not empty ({_some(strange)}): name an empty folder in VAULT_DIR")


def _place_files(folder: Path) -> None:
    for stored in manifest.stored_files(folder):
        uid = UUID(stored.uid)
        if storage.blob_path(uid).exists():  # placed by a restore that was killed; it is compared below
            if manifest.measured(storage.blob_path(uid)).sha256 == stored.sha256:
                continue
            storage.discard(storage.blob_path(uid))
        storage.discard(storage.incoming_path(uid))
        with open(_blob(folder, stored.uid), "rb") as source, storage.create_incoming(uid) as file:
            shutil.copyfileobj(source, file, manifest.PIECE)
            storage.flush(file)
        storage.admit(uid)


def _restore_database(program: programs.Program, folder: Path, found: Manifest) -> None:
    where, environment = programs.address(connection)
    command = [str(program.path), f"--dbname={where}", "--single-transaction", "--exit-on-error", "--no-password"]
    command += ["--no-owner", "--no-privileges"]
    with tempfile.TemporaryFile() as complaints, open(folder / manifest.DATABASE, "rb") as source:
        restoring = subprocess.Popen(  # noqa: S603 (our own arguments)
            command, stdin=subprocess.PIPE, stderr=complaints, env={**os.environ, **environment}
        )
        with restoring:
            assert restoring.stdin is not None  # noqa: S101
            try:
                for piece in codec.decrypt(
                    source, key=_data_key(found), uid=UUID(found.database.uid), size=found.database.plain_size
                ):
                    restoring.stdin.write(piece)
                restoring.stdin.close()
            except BrokenPipeError:
                pass  # it says below why it went away
            except BaseException:
                restoring.kill()  # before its input ends: nothing is committed
                raise
            restoring.wait()
        if restoring.returncode:
            complaints.seek(0)
            raise BackupError(f"pg_restore failed: {complaints.read(4_000).decode(errors='replace').strip()}")


def _differing_counts(found: Manifest) -> list[str]:
    now = taking.counts(connection)
    return [
        f"table {table} has {now.get(table, 0)} rows instead of {number}"
        for table, number in found.counts.items()
        if now.get(table, 0) != number
    ]
