"""What a backup holds, and how one is told from a copy that somebody changed.

    BACKUP/manifest.json   what is here, with the SHA-256 of every part; which keys a restore needs, by version
    BACKUP/manifest.mac    HMAC-SHA256 of exactly those bytes, in hex
    BACKUP/database.enc    pg_dump's custom format, encrypted in the vault's file format (foundation.vault.codec)
    BACKUP/files.jsonl     one line a stored file: uid, bytes on disk, SHA-256 of them
    BACKUP/blobs/<xx>/<uid>    the stored files, encrypted as they are in the vault

No key is in it. The key of the dump is wrapped by the vault's master key of that day, and the key of the HMAC is
derived from it: without the master key no stored file could be read anyhow, and one more secret is one more to lose.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from foundation.backups.errors import BackupError
from foundation.vault import keys

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CODE: Final = "manifest.mac"
DATABASE: Final = "database.enc"
FILES: Final = "files.jsonl"
_PURPOSE: Final = b"exchange backup manifest"
_LONGEST: Final = 64 * 1024 * 1024
PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Dump:
    """The encrypted dump: what `foundation.vault.keys` and `codec` need to read it."""

    part: Part
    uid: str
    plain_size: int
    wrapped_key: str


@dataclass(frozen=True, slots=True)
class NeededKey:
    """A secret by its variable; `check` tells who has the master key whether another installation has the same."""

    variable: str
    check: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a restore must know. `counts` are rows a table, `migrations` are (app, name)."""

    format: int
    id: str
    made_at: str
    key_version: int
    server_version: str
    dump_version: str
    migrations: list[list[str]]
    counts: dict[str, int]
    needs: list[NeededKey]
    database: Dump
    files: Part
    file_count: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A line of files.jsonl."""

    uid: str
    size: int
    sha256: str


def secrets() -> dict[str, str]:
    """The secrets that stored data depend on, from settings.BACKUP_NEEDS: variable → value, each version by its own."""
    found: dict[str, str] = {}
    for variable, setting in settings.BACKUP_NEEDS.items():
        value: str | Mapping[int, str] = getattr(settings, setting)
        for version, secret in ({1: value} if isinstance(value, str) else value).items():
            found[variable if version == 1 else f"{variable}_{version}"] = secret
    return found


def needs(key_version: int) -> list[NeededKey]:
    """Today's secrets as a manifest names them."""
    return [NeededKey(variable, _check(key_version, variable, value)) for variable, value in secrets().items()]


def unmet(manifest: Manifest) -> list[str]:
    """What is wrong with this installation's secrets for this backup, as sentences."""
    mine, problems = secrets(), []
    for needed in manifest.needs:
        if needed.variable not in mine:
            problems.append(f"{needed.variable} is not set")
        elif not hmac.compare_digest(
            needed.check, _check(manifest.key_version, needed.variable, mine[needed.variable])
        ):
            problems.append(f"{needed.variable} is another one than the backup was made with")
    return problems


def write(folder: Path, manifest: Manifest) -> None:
    """The last two files of a backup."""
    content = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / CODE).write_text(_code(manifest.key_version, content) + "\n", encoding="ascii")


def read(folder: Path) -> Manifest:
    """The manifest, once it is known to be what this exchange wrote; BackupError else. Parts are not looked at."""
    try:
        if (folder / MANIFEST).stat().st_size > _LONGEST:
            raise BackupError(f"{folder / MANIFEST} is too long for a manifest")
        content, code = (folder / MANIFEST).read_bytes(), (folder / CODE).read_bytes().strip()
    except OSError as error:
        raise BackupError(f"{folder} is not a complete backup: {error}") from error
    try:
        said: dict[str, Any] = json.loads(content)
        version, form = int(said["key_version"]), int(said["format"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BackupError(f"{folder / MANIFEST} is not the manifest of a backup") from error
    if version not in settings.VAULT_MASTER_KEYS:
        variable = "VAULT_MASTER_KEY" if version == 1 else f"VAULT_MASTER_KEY_{version}"
        raise BackupError(f"the backup was made under {variable}, which is not set: it cannot be read without it")
    if not hmac.compare_digest(_code(version, content).encode(), code):
        raise BackupError(
            f"{folder / MANIFEST} is not what the exchange wrote, or VAULT_MASTER_KEY version {version} is another "
            "than the backup was made with"
        )
    if form != FORMAT:
        raise BackupError(f"the backup has format {form}; this software reads format {FORMAT}")
    dump, files = said.pop("database"), said.pop("files")
    return Manifest(
        **{key: value for key, value in said.items() if key != "needs"},
        needs=[NeededKey(**needed) for needed in said["needs"]],
        database=Dump(**{**dump, "part": Part(**dump["part"])}),
        files=Part(**files),
    )


def stored_files(folder: Path) -> Iterator[StoredFile]:
    """The lines of files.jsonl."""
    with open(folder / FILES, encoding="ascii") as lines:
        for line in lines:
            yield StoredFile(**json.loads(line))


def measured(path: Path) -> Part:
    """Length and SHA-256 of a file as it is now; BackupError where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return Part(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from error


def _code(version: int, content: bytes) -> str:
    return hmac.digest(keys.derived(version, _PURPOSE), content, hashlib.sha256).hex()


def _check(version: int, variable: str, value: str) -> str:
    try:
        key = keys.derived(version, _PURPOSE)
    except ImproperlyConfigured as error:
        raise BackupError(str(error)) from error
    return hmac.digest(key, f"{variable}\0{value}".encode(), hashlib.sha256)[:8].hex()
