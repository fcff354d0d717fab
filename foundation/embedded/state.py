"""The state folder: who owns it, who uses its servers, and the secrets those servers need.

Two locks, both released by the kernel when a process dies, however it dies:

``start.lock``  exclusive, held while servers are being started or stopped;
``users.lock``  shared, held by every process that uses the servers. Whoever can take it exclusively is alone.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class EmbeddedError(Exception):
    """A server cannot be had; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class Endpoint:
    """A running server: the URL a client needs and one line for people, without the password."""

    url: str
    description: str


@dataclass(frozen=True)
class State:
    """The folder (0700) that holds data, logs and secrets of one set of embedded servers."""

    root: Path

    @property
    def postgres(self) -> Path:
        """The data folder of PostgreSQL."""
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        """The data folder of Valkey."""
        return self.root / "valkey"

    @property
    def log(self) -> Path:
        """The folder of both servers' logs."""
        return self.root / "log"

    @property
    def is_new(self) -> bool:
        """Whether no server has ever been started here."""
        return not (self.root / "embedded.json").exists()

    def prepare(self) -> None:
        """Create the folder, or refuse one that belongs to somebody else.

        Raises:
            EmbeddedError: the folder is another user's, or cannot be created.
        """
        try:
            self.root.parent.mkdir(parents=True, exist_ok=True)
            for folder in (self.root, self.log):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(f"cannot create the state folder {self.root}: {error.strerror}") from error
        found = self.root.stat()
        if found.st_uid != os.geteuid():
            raise EmbeddedError(
                f"the state folder {self.root} belongs to uid {found.st_uid}, this is uid {os.geteuid()}: "
                "run as that user, or name another folder with --state"
            )
        # The group may pass through where root lets a system user run PostgreSQL; nobody else may, ever.
        self.root.chmod(found.st_mode & (0o710 if found.st_uid == 0 else 0o700))

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Hold the right to start or stop servers."""
        with self._open("start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def using(self) -> Iterator[None]:
        """Be one of the users of the servers. Enter it while ``starting`` is held, so that nobody stops them first."""
        with self._open("users.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    def in_use(self) -> bool:
        """Whether any live process is inside ``using``. Only meaningful while ``starting`` is held."""
        with self._open("users.lock") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    @contextmanager
    def _open(self, name: str) -> Iterator[int]:
        try:
            descriptor = os.open(self.root / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError as error:
            message = f"the state folder {self.root} was removed: end what is left of its servers by hand"
            raise EmbeddedError(message) from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def remembered(self) -> dict[str, Any]:
        """What must be the same at the next start: passwords, the Valkey port, the socket folder."""
        with suppress(FileNotFoundError):
            known: dict[str, Any] = json.loads((self.root / "embedded.json").read_text("utf-8"))
            return known
        if self.postgres.exists():
            raise EmbeddedError(
                f"{self.root / 'embedded.json'} is gone, and with it the passwords of the data in {self.postgres}: "
                "put it back, or remove the state folder to begin anew"
            )
        return self.remember(
            **{f"{who}_password": secrets.token_urlsafe(24) for who in ("postgres", "exchange", "valkey")}
        )

    def remember(self, **values: Any) -> dict[str, Any]:
        """Add values to what is remembered, atomically and durably, readable by the owner alone."""
        path = self.root / "embedded.json"
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        known.update(values)
        write_private(path, json.dumps(known, indent=1) + "\n")
        return known


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only its owner can read; a crash leaves the old or the new one, never a part."""
    partial = path.with_name(path.name + ".new")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def tail(path: Path, lines: int = 3) -> str:
    """The last lines of a log, joined into one, for an error message."""
    with suppress(OSError):
        return " | ".join(line.strip() for line in path.read_text("utf-8", "replace").splitlines()[-lines:])
    return "(no log)"
