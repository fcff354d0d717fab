"""Test databases are copies of one that is migrated, which is kept for as long as the code is what it was made of.

Migrating takes ten seconds of processor time, copying a fraction of one. The first lane of a run that finds none, or
one of other code, makes it, the others wait for it; it stays for the next run, beside the other data of the tests.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

NAME: Final = f"test_{settings.DATABASES['default']['NAME']}_template"
PROJECT: Final = Path(__file__).resolve().parent.parent
MADE_OF: Final = ("config", "foundation", "grading", "marketplace", "requirements.txt", "tests/template.py")
"""Migrations run code of every floor, some of which reads files; tables of libraries come with these."""


def version_of_the_code() -> str:
    """A digest of all that may have a say in what a migrated database holds."""
    digest = hashlib.sha256()
    for name in MADE_OF:
        within = sorted((PROJECT / name).rglob("*")) or [PROJECT / name]
        for path in within:
            if path.is_file() and path.suffix != ".pyc":
                content = path.read_bytes()
                digest.update(f"{path.relative_to(PROJECT)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    """A connection beside Django's, to the database that every server has; one process at a time."""
    address = make_conninfo(os.environ.get("DATABASE_URL") or "postgresql://", dbname="postgres")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [NAME])
        yield server


def use_template(version: str) -> None:
    """Have the test database copied from that of this version, which is made if it is not there."""
    with _server() as server:
        made_of = server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [NAME]
        ).fetchone()
        if made_of != (version,):
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(NAME)))
            _make()
            server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(NAME), sql.Literal(version)))
    connection.settings_dict["TEST"] |= {"TEMPLATE": NAME, "MIGRATE": False}  # all tables are there: none is made


def _make() -> None:
    """As Django makes a test database, under another name."""
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    lane, test["NAME"] = test["NAME"], NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # nobody may be connected to what is copied
    test["NAME"] = lane
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = own
