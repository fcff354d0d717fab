"""An installation with something in it, and an empty one to restore into."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
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
    """Another database and vault folder, which Django can be turned to; the secrets are those of the tests."""

    database: str
    vault: Path

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Everything in the block happens in this installation."""
        here, vault = connection.settings_dict["NAME"], django_settings.VAULT_DIR
        try:
            connection.close()
            connection.settings_dict["NAME"], django_settings.VAULT_DIR = self.database, self.vault
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"], django_settings.VAULT_DIR = here, vault


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Installation]:
    """An empty database on the same server, and a vault folder that is not there yet."""
    name = f"restored_{uuid4().hex[:12]}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield Installation(name, tmp_path / "elsewhere")
        finally:
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def database_url() -> str:
    """The test database's own URL."""
    return urlunsplit(
        urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{django_settings.DATABASES['default']['NAME']}")
    )
