"""Users of embedded servers as processes of their own, and what can be seen of the servers from outside."""

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import psycopg

PROJECT = Path(__file__).resolve().parents[2]
REPORT_URLS = (
    "import json, os, sys\n"
    "print(json.dumps([os.environ[n] for n in ('DATABASE_URL', 'REDIS_URL', 'EXCHANGE_STATE')]), flush=True)\n"
)
HOLD = REPORT_URLS + "sys.stdin.read()"


def environment(**extra: str) -> dict[str, str]:
    """What a command is given here: nothing of the servers that run these tests."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "EXCHANGE_STATE")}
    return {**inherited, **extra}


def embedded(state: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "foundation.embedded", "--state", str(state), *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environment(**extra), capture_output=True, text=True, timeout=120)


def launch(command: list[str]) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=PROJECT, env=environment(), text=True, stdin=pipe, stdout=pipe, stderr=pipe)


class User:
    """A process that uses the servers until it is told to leave, is signalled, or is killed."""

    living: ClassVar[list["User"]] = []

    def __init__(self, state: Path, code: str = HOLD, *, fast: bool = True) -> None:
        command = [
            sys.executable,
            "-m",
            "foundation.embedded",
            "--state",
            str(state),
            *(["--fast"] if fast else []),
            "--",
        ]
        self.process = launch([*command, sys.executable, "-c", code])
        self.living.append(self)
        assert self.process.stdout is not None
        self.database_url, self.redis_url, self.state = json.loads(self.process.stdout.readline())

    def leave(self) -> int:
        self.process.communicate(timeout=60)
        self.living.remove(self)
        return self.process.returncode

    def kill(self) -> None:
        """Kill the parent; its command gets SIGTERM from the kernel and ends too."""
        self.process.kill()
        self.leave()


def pids(state: Path) -> dict[str, int]:
    """The live servers of a state folder, found by their working folder rather than by their pid files."""
    found: dict[str, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("postgres", "valkey"):
            with suppress(OSError):
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                in_folder = (process / "cwd").resolve() == (state / name).resolve()
                if in_folder and parent not in found.values():
                    found[name] = int(process.name)
    return found


def query(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)
