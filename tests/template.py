"""Lanes that run side by side copy one migrated database instead of each making its own.

The first lane of a run makes it, the others wait for it; the process that leads the lanes drops it at the end. A run
that was killed leaves it: the next one, which may have other migrations, makes it anew.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

NAME = f"test_{settings.DATABASES['default']['NAME']}_template"


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    """A connection beside Django's, to the database that every server has; one process at a time."""
    address = make_conninfo(os.environ.get("DATABASE_URL") or "postgresql://", dbname="postgres")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [NAME])
        yield server


def use_template(run: str) -> None:
    """Have the test database of this lane copied from that of the run `run`, which is made if it is not there yet."""
    with _server() as server:
        made_by = server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [NAME]
        ).fetchone()
        if made_by != (run,):
            _drop(server)
            _make()
            server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(NAME), sql.Literal(run)))
    connection.settings_dict["TEST"] |= {"TEMPLATE": NAME, "MIGRATE": False}  # all tables are there: none is made


def drop_template() -> None:
    """After all lanes have ended; where no server answers there is nothing to drop."""
    with suppress(psycopg.OperationalError), _server() as server:
        _drop(server)


def _drop(server: psycopg.Connection) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(NAME)))


def _make() -> None:
    """As Django makes a test database, under another name."""
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    lane, test["NAME"] = test["NAME"], NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # nobody may be connected to what is copied
    test["NAME"] = lane
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = own
