"""Test databases are copies of one that is migrated, which is kept for as long as what it follows from is the same.

Migrating takes ten seconds of processor time, copying a fraction of one. The first lane of a run that finds none, or
one of other migrations, makes it, the others wait for it. It stays for the next run, beside the other test data.
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
FLOORS: Final = ("foundation", "grading", "marketplace")
MADE_OF: Final = (
    "requirements.txt",  # tables of libraries
    "config/*.py",
    *(f"{floor}/**/migrations/*.py" for floor in FLOORS),
    *(f"{floor}/**/models{part}.py" for floor in FLOORS for part in ("", "/*")),  # of which permissions are made
    "foundation/state_machine.py",  # writes triggers
    "tests/template.py",
)
"""What a migrated database follows from. `tests/architecture/test_migrations.py` sees that migrations use no more."""


def files() -> list[Path]:
    """The files of `MADE_OF`, in order."""
    return sorted({path for pattern in MADE_OF for path in PROJECT.glob(pattern)})


def version_of_the_code() -> str:
    """A digest of what a migrated database follows from."""
    digest = hashlib.sha256()
    for path in files():
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
