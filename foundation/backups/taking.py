"""Making a backup while the exchange runs: one snapshot of the database, then the stored files that it names.

The vault keeps every file in its place from before the snapshot until all are copied (foundation.vault.holding), and
stored files never change, so that database and files fit together though everybody goes on working. A backup has its
name only when it is complete and on disk: one that was killed is a folder called `.NAME.partial-…` without a manifest.
"""

import os
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC
from functools import partial
from json import dumps
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.backups import manifest, programs
from foundation.backups.errors import BackupError
from foundation.backups.manifest import Dump, Manifest, Part, StoredFile
from foundation.vault import codec, holding, keys, reading, storage
from foundation.vault.errors import Tampered
from foundation.vault.models import Blob

WRAPPED_FOR: Final = "exchange backup"
"""What the wrapped key of a dump is bound to in the place where a stored file has its address."""
LEFT_OUT: Final = ("django_session",)
"""Tables that come back empty: whoever was signed in when the backup was made is not signed in after a restore."""
_BATCH: Final = 1_000
_BLOB: Final = ("uid", "address", "size", "wrapped_key", "master_key_version")
_PATIENCE: Final = 100
"""Tries at the lock, 50 ms apart: removals hold its other side for moments."""


def take_backup(
    *, actor: Actor, output: Path, copy: bool = False, report: Callable[[str], object] = str
) -> tuple[Path, Manifest]:
    """Back up database and vault; the folder and what it holds. `report` hears of each step.

    `output` is the folder to make; where it is there already, a folder named after the present instant is made in it.
    Files are hard links where vault and backup share a file system, copies else or with `copy`. BackupError, and
    nothing stays, where something is missing or another backup is being made. Records `backup.made`.
    """
    made_at = timezone.now().astimezone(UTC)
    target = output / f"exchange-{made_at:%Y%m%dT%H%M%SZ}" if output.is_dir() else output
    if target.exists():
        raise BackupError(f"{target} is there already: name another folder")
    program = programs.find("pg_dump", server=programs.server_version(connection))
    unfinished = _unfinished(target)
    try:
        with _files_held(), _snapshot() as (other, snapshot):
            report(f"database: pg_dump {program.version}")
            database = _dump(program, snapshot, unfinished)
            report(f"database: {database.plain_size} bytes")
            files, count, size = _files(other, unfinished, copy=copy)
            report(f"stored files: {count} of {size} bytes")
            found = _manifest(other, made_at.isoformat(), program, database, files, count, size)
        manifest.write(unfinished, found)
        _on_disk(unfinished)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    _sync(target.parent)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="backup.made",
            subject=("backup", found.id),
            data={"files": count, "bytes": size, "key_version": found.key_version},
        )
    return target, found


@contextmanager
def _another_connection() -> Iterator[BaseDatabaseWrapper]:
    other = connection.copy()
    try:
        other.set_autocommit(False)
        yield other
        other.rollback()
    finally:
        other.close()


@contextmanager
def _files_held() -> Iterator[None]:
    """Nothing leaves the vault during the block; BackupError where another backup runs, or the hold was lost."""
    with _another_connection() as other, other.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        for _attempt in range(_PATIENCE):
            if holding.hold_files(cursor):
                break
            cursor.execute("SELECT pg_sleep(0.05)")
        else:
            raise BackupError("another backup of this exchange is being made: wait for its end")
        yield
        cursor.execute("SELECT 1")  # fails where the connection, and the hold with it, was lost meanwhile


@contextmanager
def _snapshot() -> Iterator[tuple[BaseDatabaseWrapper, str]]:
    """A connection that sees one instant of the database, and the name by which pg_dump sees the same."""
    with _another_connection() as other:
        with other.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
        yield other, name


def _unfinished(target: Path) -> Path:
    """A new private folder beside the target."""
    try:
        return Path(tempfile.mkdtemp(prefix=f".{target.name}.partial-", dir=target.parent))
    except OSError as error:
        raise BackupError(f"{target.parent} cannot be written to: {error.strerror}") from error


def _dump(program: programs.Program, snapshot: str, folder: Path) -> Dump:
    where, environment = programs.address(connection)
    command = [str(program.path), f"--dbname={where}", "--format=custom", "--no-owner", "--no-privileges"]
    command += ["--no-password", f"--snapshot={snapshot}", *(f"--exclude-table-data={table}" for table in LEFT_OUT)]
    uid, data_key, path = uuid4(), codec.new_key(), folder / manifest.DATABASE
    with tempfile.TemporaryFile() as complaints, open(path, "xb") as sink:
        dumping = subprocess.Popen(  # noqa: S603 (our own arguments)
            command, stdout=subprocess.PIPE, stderr=complaints, env={**os.environ, **environment}
        )
        with dumping:
            assert dumping.stdout is not None  # noqa: S101
            try:
                pieces = iter(partial(dumping.stdout.read, manifest.PIECE), b"")
                size = codec.encrypt(pieces, sink, key=data_key, uid=uid)
            except BaseException:
                dumping.kill()
                raise
        if dumping.returncode:
            complaints.seek(0)
            raise BackupError(f"pg_dump failed: {complaints.read(4_000).decode(errors='replace').strip()}")
    wrapped = keys.wrap(data_key, version=keys.newest_version(), uid=uid, size=size, address=WRAPPED_FOR)
    return Dump(manifest.measured(path), str(uid), size, wrapped.hex())


def _files(other: BaseDatabaseWrapper, folder: Path, *, copy: bool) -> tuple[Part, int, int]:
    """Copy every file that the snapshot names; files.jsonl, their number and bytes on disk."""
    count = size = 0
    listing = folder / manifest.FILES
    with open(listing, "x", encoding="ascii") as lines, other.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_BLOB)} FROM vault_blob ORDER BY uid")  # noqa: S608 (our names)
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                blob = Blob(**dict(zip(_BLOB, row, strict=True)))
                part = _copied(blob, folder, copy=copy)
                lines.write(dumps(asdict(StoredFile(str(blob.uid), part.size, part.sha256))) + "\n")
                count, size = count + 1, size + part.size
    return manifest.measured(listing), count, size


def _copied(blob: Blob, folder: Path, *, copy: bool) -> Part:
    """A stored file at its place in the backup, known to open: a damaged one would look whole for as long as it lies.

    BackupError for a lost or damaged file, and for one whose key is not configured.
    """
    uid = blob.uid
    target = folder / "blobs" / uid.hex[:2] / str(uid)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = storage.blob_path(uid)
    try:
        place(source, target, copy=copy)
    except FileNotFoundError as error:
        raise BackupError(f"stored file {uid} is lost: `manage.py vault verify` names all damaged files") from error
    part = manifest.measured(target)
    if part.size != codec.stored_size(blob.size):
        raise BackupError(f"stored file {uid} is cut short: `manage.py vault verify` names all damaged files")
    try:
        with open(target, "rb") as file:
            deque(codec.decrypt(file, key=reading.data_key_of(blob), uid=uid, size=blob.size), maxlen=0)
    except Tampered as error:
        raise BackupError(f"stored file {uid} is damaged: `manage.py vault verify` names all damaged files") from error
    except ImproperlyConfigured as error:
        raise BackupError(f"stored file {uid} cannot be read: {error}") from error
    return part


def place(source: Path, target: Path, *, copy: bool = False) -> None:
    """The same file at another place: a hard link where that is possible, else a copy that is on disk."""
    if not copy:
        try:
            os.link(source, target)
            return
        except FileNotFoundError:
            raise
        except OSError:  # another file system, or one without links
            pass
    with open(source, "rb") as old, open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
        shutil.copyfileobj(old, new, manifest.PIECE)
        new.flush()
        os.fsync(new.fileno())


def _manifest(
    other: BaseDatabaseWrapper,
    made_at: str,
    program: programs.Program,
    database: Dump,
    files: Part,
    count: int,
    size: int,
) -> Manifest:
    with other.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        migrations = [list(row) for row in cursor.fetchall()]
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
        rows = counts(other)
    version = keys.newest_version()
    return Manifest(
        format=manifest.FORMAT,
        id=str(uuid4()),
        made_at=made_at,
        key_version=version,
        server_version=server,
        dump_version=program.version,
        migrations=migrations,
        counts={table: 0 if table in LEFT_OUT else number for table, number in rows.items()},
        needs=manifest.needs(version),
        database=database,
        files=files,
        file_count=count,
        file_bytes=size,
    )


def counts(of: BaseDatabaseWrapper) -> dict[str, int]:
    """Rows of every table."""
    with of.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {of.ops.quote_name(table)}")  # noqa: S608 (a name of the catalogue)
            found[table] = int(cursor.fetchone()[0])
    return found


def _on_disk(folder: Path) -> None:
    """All of the folder survives a power cut when this returns."""
    for path in (
        folder / manifest.DATABASE,
        folder / manifest.FILES,
        folder / manifest.MANIFEST,
        folder / manifest.CODE,
    ):
        _sync(path)
    for path in (*folder.glob("blobs/*"), *folder.glob("blobs"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
