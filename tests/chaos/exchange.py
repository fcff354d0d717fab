"""A private exchange that may be maltreated: its own PostgreSQL and Valkey, real workers and a real beat."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import psycopg
import redis

from foundation.embedded.postgres import Postgres
from foundation.embedded.processes import tie_to_this_process, wait_until
from foundation.embedded.state import State
from foundation.embedded.valkey import Valkey

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30


class Exchange:
    """Servers, workers, housekeeping and beat of one folder; a context manager that leaves nothing behind."""

    def __init__(self, folder: Path, *, workers: int, processes: int) -> None:
        self.folder, self.processes = folder, processes
        state = State(folder)
        self.state, self.postgres, self.valkey = state, Postgres(state, fast=True), Valkey(state, fast=True)
        self.workers: list[subprocess.Popen[bytes] | None] = [None] * workers
        self.beat: subprocess.Popen[bytes] | None = None
        self.housekeeping: subprocess.Popen[bytes] | None = None
        self.groups: list[int] = []
        self._connection: psycopg.Connection | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with self._stack:  # whatever fails while starting is undone
            self.state.prepare()
            self._stack.callback(self._stop_servers)
            with self.state.starting():
                self._stack.enter_context(self.state.using())
                self.database_url, self.redis_url = self.postgres.start().url, self.valkey.start().url
            self._stack.callback(self._kill_all)
            self.run("-m", "django", "migrate", "--skip-checks", "--verbosity", "0")  # there are no pages to check
            self.query((Path(__file__).parent / "tables.sql").read_text())
            for number in range(len(self.workers)):
                self.start_worker(number)
            self.start_housekeeping()
            self.start_beat()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    # -- processes ---------------------------------------------------------------------------------------------------
    def run(self, *arguments: str) -> str:
        """Run a Python command of the project to its end; what it printed."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=PROJECT, env=self._environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def start_worker(self, number: int) -> None:
        """Start a worker in the place of one that is dead."""
        self.workers[number] = self._launch(
            "worker", "-c", str(self.processes), "-n", f"chaos-{number}-{time.monotonic_ns()}@localhost",
            "--without-gossip", "--without-mingle", log=f"worker-{number}",
        )  # fmt: skip

    def start_housekeeping(self) -> None:
        """Start the worker of beat's tasks."""
        self.housekeeping = self._launch(
            "worker", "-Q", "housekeeping", "-P", "threads", "-c", "4", "-n", f"keeper-{time.monotonic_ns()}@localhost",
            "--without-gossip", "--without-mingle", log="housekeeping",
        )  # fmt: skip

    def start_beat(self) -> None:
        """Start the one beat."""
        self.beat = self._launch("beat", "--schedule", str(self.folder / "beat"), log="beat")

    def supervise(self) -> int:
        """Start again what ended by itself, as a supervisor does; how many there were.

        Celery gives up, for instance, where a process of its pool is killed before it has said that it is there.
        """
        ended = [n for n, worker in enumerate(self.workers) if worker is not None and worker.poll() is not None]
        for number in ended:
            self.start_worker(number)
        if self.beat is not None and self.beat.poll() is not None:
            self.start_beat()
            ended.append(-1)
        if self.housekeeping is not None and self.housekeeping.poll() is not None:
            self.start_housekeeping()
            ended.append(-2)
        return len(ended)

    def pool_of(self, number: int) -> list[int]:
        """The processes of a worker that run jobs."""
        worker = self.workers[number]
        return [] if worker is None else children(worker.pid)

    def kill(self, pid: int) -> None:
        """SIGKILL one process."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def kill_worker(self, number: int, *, pool_too: bool) -> None:
        """SIGKILL a worker's main process; its pool dies with it, or lives on until it finds that nobody is there."""
        worker = self.workers[number]
        assert worker is not None
        with suppress(ProcessLookupError):
            (os.killpg if pool_too else os.kill)(worker.pid, signal.SIGKILL)
        worker.wait()

    def kill_housekeeping(self) -> None:
        """SIGKILL the worker of beat's tasks and start another."""
        assert self.housekeeping is not None
        self.kill(self.housekeeping.pid)
        self.housekeeping.wait()
        self.start_housekeeping()

    def restart_postgres(self, *, killed: bool) -> None:
        """Stop the database, in order or by SIGKILL of its main process, and start it again."""
        with self.state.starting():
            _end(self.postgres, killed)
            self.postgres.start()

    def restart_valkey(self, *, killed: bool) -> None:
        """The same with the broker."""
        with self.state.starting():
            _end(self.valkey, killed)
            self.valkey.start()

    def flush_valkey(self) -> None:
        """Let the broker forget everything, if it is there."""
        with suppress(redis.ConnectionError), redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    def hang_valkey(self, seconds: float) -> None:
        """Let the broker take connections and not answer."""
        if (pid := self.valkey.pid()) is not None:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(pid, signal.SIGCONT)

    # -- the database ------------------------------------------------------------------------------------------------
    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement, whenever the database is there again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = psycopg.connect(self.database_url, autocommit=True, connect_timeout=5)
                cursor = self._connection.execute(statement.encode(), values or None)
                return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                if self._connection is not None:
                    self._connection.close()
                time.sleep(0.1)

    # -- inside ------------------------------------------------------------------------------------------------------
    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "EXCHANGE_STATE": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "CELERY_SKIP_CHECKS": "1",  # of pages that are not there
        }

    def _launch(self, *arguments: str, log: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log" / f"{log}.log").open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", *arguments, "-l", "INFO"],
                cwd=PROJECT,
                env=self._environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
                preexec_fn=tie_to_this_process(set()),
            )
        self.groups.append(process.pid)
        return process

    def _kill_all(self) -> None:
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        for process in [*self.workers, self.housekeeping, self.beat]:
            if process is not None:
                process.wait()

    def _stop_servers(self) -> None:
        if self._connection is not None:
            self._connection.close()
        with self.state.starting():
            for server in (self.valkey, self.postgres):
                server.stop()


def children(pid: int) -> list[int]:
    """The live children of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return sorted(set(found))


def _end(server: Postgres | Valkey, killed: bool) -> None:
    pid = server.pid()
    if killed and pid is not None:
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: server.pid() is None, PATIENCE_SECONDS)
    else:
        server.stop()
