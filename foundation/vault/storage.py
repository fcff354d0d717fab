"""Where the vault's files are, and how they come and go without ever being half there.

    VAULT_DIR/incoming/<uid>        being received; left over when a process is killed
    VAULT_DIR/blobs/<xx>/<uid>      complete; xx is the start of the uid

Folders are 0700, files 0600.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from foundation.vault.errors import Tampered


def blob_path(uid: UUID) -> Path:
    """Where the complete file is."""
    return _root() / "blobs" / uid.hex[:2] / str(uid)


def incoming_path(uid: UUID) -> Path:
    """Where the file is while it is received."""
    return _root() / "incoming" / str(uid)


def create_incoming(uid: UUID) -> BinaryIO:
    """A new private file to write to."""
    path = incoming_path(uid)
    _private_folder(path.parent)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def flush(file: BinaryIO) -> None:
    """On disk when this returns, also after a power cut."""
    file.flush()
    os.fsync(file.fileno())


def admit(uid: UUID) -> None:
    """Move a received file to its place, atomically; the move itself is on disk when this returns."""
    target = blob_path(uid)
    _private_folder(target.parent)
    incoming_path(uid).rename(target)
    for folder in (target.parent, incoming_path(uid).parent):
        _sync_folder(folder)


def discard(path: Path) -> None:
    """Remove a file that may already be gone."""
    path.unlink(missing_ok=True)


def open_blob(uid: UUID) -> BinaryIO:
    """The stored file, for reading; Tampered where it is not there."""
    try:
        return open(blob_path(uid), "rb")
    except FileNotFoundError as error:
        raise Tampered() from error


def older_than(seconds: float) -> Iterator[tuple[UUID, Path]]:
    """Every file in the vault that was last written more than `seconds` ago; other names are left alone."""
    limit = time.time() - seconds
    for uid, path in everything():
        with suppress(FileNotFoundError):  # gone meanwhile
            if path.stat().st_mtime < limit:
                yield uid, path


def everything() -> Iterator[tuple[UUID, Path]]:
    """Every file in the vault, received or being received; other names are left alone."""
    for pattern in ("incoming/*", "blobs/*/*"):
        for path in _root().glob(pattern):
            with suppress(ValueError):
                yield UUID(path.name), path


def private_file() -> BinaryIO:
    """An empty file in the state folder without a name: nobody can open it, a kill leaves nothing behind."""
    folder = Path(settings.STATE_DIR) / "plaintext"
    _private_folder(folder)
    path = folder / os.urandom(16).hex()
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b")
    path.unlink()
    return file


def _root() -> Path:
    return Path(settings.VAULT_DIR)


def _private_folder(folder: Path) -> None:
    """Make the folder and what is missing above it, each for this user alone and on disk when this returns."""
    if folder.is_dir():
        return
    _private_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
