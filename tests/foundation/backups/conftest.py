"""An installation with something in it, and an empty one to restore into."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings as django_settings
from psycopg import sql

from foundation.actors import system

ACTOR = system("test")
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def vault_folder(tmp_path: Path, settings: Any) -> Path:
    """A vault of its own for each test."""
    settings.VAULT_DIR = tmp_path / "vault"
    return tmp_path / "vault"


@dataclass(frozen=True)
class Installation:
    """A database and a vault folder, for commands in a process of their own; secrets are those of the tests."""

    url: str
    vault: Path

    def manage(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=PROJECT,
            env={**os.environ, "DATABASE_URL": self.url, "VAULT_DIR": str(self.vault)},
            capture_output=True,
            text=True,
        )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Installation]:
    """An empty database on the same server, and a vault folder that is not there yet."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"restored_{uuid4().hex[:12]}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield Installation(urlunsplit(server._replace(path=f"/{name}")), tmp_path / "elsewhere")
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def database_url() -> str:
    """The test database's own URL."""
    return urlunsplit(
        urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{django_settings.DATABASES['default']['NAME']}")
    )
