"""`python -m foundation.embedded` with real servers, seen from outside: its users, their signals and their deaths."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

from foundation.embedded import valkey
from foundation.embedded.state import State

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


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "state"
    yield folder
    for user in list(User.living):  # a failed test must not leave anything behind
        user.kill()
    embedded(folder, "stop")
    for name, pid in pids(folder).items():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        raise AssertionError(f"{name} outlived its test")


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


def test_a_command_gets_both_servers_and_they_end_with_it(state: Path) -> None:
    user = User(state)
    assert user.state == str(state)
    assert query(user.database_url, "SHOW server_encoding") == "UTF8"
    assert query(user.database_url, "SELECT current_database() || ' ' || current_user") == "exchange exchange"
    assert query(user.database_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert query(user.database_url, "SELECT lower('ÀÉ数据')") == "àé数据"
    with redis.Redis.from_url(user.redis_url) as client:
        assert client.set("key", "值") is True
        assert client.get("key") == "值".encode()
    assert sorted(pids(state)) == ["postgres", "valkey"]
    assert user.leave() == 0
    assert pids(state) == {}


def test_what_is_running_is_said_without_passwords(state: Path) -> None:
    result = embedded(state, "--fast", "--", sys.executable, "-c", REPORT_URLS)
    database_url, redis_url, _ = json.loads(result.stdout)
    postgres_line, valkey_line = result.stderr.splitlines()
    assert postgres_line.startswith("embedded: PostgreSQL 18.")
    assert str(state / "postgres") in postgres_line
    assert parse_qs(urlsplit(database_url).query)["host"][0] in postgres_line
    assert valkey_line.startswith("embedded: Valkey 9.")
    assert f"127.0.0.1:{urlsplit(redis_url).port}" in valkey_line
    for url in (database_url, redis_url):
        assert len(urlsplit(url).password or "") >= 32
        assert (urlsplit(url).password or "") not in result.stderr


def test_data_survive_a_restart(state: Path) -> None:
    first = User(state)
    query(first.database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    with redis.Redis.from_url(first.redis_url) as client:
        client.set("kept", "42")
    first.leave()
    second = User(state)
    assert (second.database_url, second.redis_url) == (first.database_url, first.redis_url)
    assert query(second.database_url, "SELECT answer FROM kept") == 42
    with redis.Redis.from_url(second.redis_url) as client:
        assert client.get("kept") == b"42"
    second.leave()


def test_the_last_user_stops_the_servers(state: Path) -> None:
    first, second = User(state), User(state)
    servers = pids(state)
    assert first.database_url == second.database_url
    assert first.leave() == 0
    assert pids(state) == servers
    assert query(second.database_url, "SELECT 1") == 1
    assert second.leave() == 0
    assert pids(state) == {}


def test_users_that_start_at_once_share_one_server(state: Path) -> None:
    command = [sys.executable, "-m", "foundation.embedded", "--state", str(state), "--fast", "--"]
    command += [sys.executable, "-c", REPORT_URLS]
    users = [launch(command) for _ in range(4)]
    outputs = [user.communicate(timeout=120) for user in users]
    assert [user.returncode for user in users] == [0, 0, 0, 0], outputs
    assert len({out for out, _ in outputs}) == 1
    assert pids(state) == {}


def test_the_exit_code_is_the_commands(state: Path) -> None:
    assert embedded(state, "--fast", "--", "sh", "-c", "exit 7").returncode == 7
    assert embedded(state, "--fast", "--", "sh", "-c", "kill -KILL $$").returncode == 128 + signal.SIGKILL
    missing = embedded(state, "--fast", "--", "/no/such/program")
    assert missing.returncode == 1
    assert missing.stderr.splitlines()[-1] == "embedded: cannot run /no/such/program: No such file or directory"
    assert pids(state) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_command_once(state: Path, number: signal.Signals) -> None:
    code = (
        "import signal, sys, time\n"
        "seen = []\n"
        f"signal.signal({int(number)}, lambda *_: seen.append(1))\n"
        f"{REPORT_URLS}"
        "while not seen: time.sleep(0.01)\n"
        "time.sleep(0.3); print(len(seen)); sys.exit(9)"
    )
    user = User(state, code)
    user.process.send_signal(number)
    assert user.process.stdout is not None
    output = user.process.stdout.read()
    user.leave()
    assert (output, user.process.returncode) == ("1\n", 9)
    assert pids(state) == {}


def test_control_c_at_a_terminal_reaches_the_command_once(state: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "seen = []\n"
        "signal.signal(2, lambda *_: seen.append(1))\n"
        "print('ready', flush=True)\n"
        "while not seen: time.sleep(0.01)\n"
        "time.sleep(0.3); print('seen', len(seen), flush=True); sys.exit(9)"
    )
    child, terminal = os.forkpty()
    if child == 0:
        os.chdir(PROJECT)
        command = [sys.executable, "-m", "foundation.embedded", "--state", str(state), "--fast", "--"]
        os.execve(sys.executable, [*command, sys.executable, "-c", code], environment())
    output = b""
    with suppress(OSError):  # reading fails when the other end is closed
        while piece := os.read(terminal, 1024):
            output += piece
            if b"ready" in piece:
                os.write(terminal, b"\x03")
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert b"seen 1" in output
    assert pids(state) == {}


def test_servers_of_a_killed_parent_are_adopted(state: Path) -> None:
    user = User(state)
    query(user.database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    servers = pids(state)
    user.kill()
    assert pids(state) == servers
    result = embedded(state, "--fast", "--", "true")
    assert result.stderr.count("already running") == 2
    assert pids(state) == {}
    heir = User(state)
    assert query(heir.database_url, "SELECT answer FROM kept") == 42
    heir.leave()


def test_the_command_of_a_killed_parent_is_told_to_end(state: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = (
        "import signal, sys, time, pathlib\n"
        f"signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path({str(told)!r}).touch(), sys.exit(0)))\n"
        f"{REPORT_URLS}"
        "time.sleep(60)"
    )
    User(state, code).kill()
    assert eventually(told.exists)


def test_stop_leaves_servers_in_use_alone(state: Path) -> None:
    user = User(state)
    servers = pids(state)
    refused = embedded(state, "stop")
    assert refused.returncode == 1
    assert "in use by another process" in refused.stderr
    assert pids(state) == servers
    assert embedded(state, "status").returncode == 0
    user.kill()
    assert eventually(lambda: embedded(state, "stop").returncode == 0)
    assert pids(state) == {}
    assert embedded(state, "status").returncode == 3


def test_status_and_stop_start_nothing(state: Path) -> None:
    status = embedded(state, "status")
    assert status.returncode == 3
    assert status.stderr == "embedded: PostgreSQL is not running\nembedded: Valkey is not running\n"
    assert embedded(state, "stop").returncode == 0
    assert not state.exists()


def test_killed_servers_are_started_again_and_lose_nothing(state: Path) -> None:
    user = User(state, fast=False)
    query(user.database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    with redis.Redis.from_url(user.redis_url) as client:
        client.set("kept", "42")
    user.process.kill()
    for pid in pids(state).values():
        os.kill(pid, signal.SIGKILL)
    user.kill()
    assert (state / "postgres" / "postmaster.pid").exists()
    heir = User(state)
    assert query(heir.database_url, "SELECT answer FROM kept") == 42
    with redis.Redis.from_url(heir.redis_url) as client:
        assert client.get("kept") == b"42"
    heir.leave()


@pytest.mark.parametrize("file", ["postgres/postmaster.pid", "valkey/valkey.pid"])
def test_a_pid_file_that_names_another_program_is_not_believed(state: Path, file: str) -> None:
    User(state).leave()
    lines = [str(os.getpid()), str(state / "postgres"), "1700000000", "5432", "/tmp", "", "0 0", "ready"]
    (state / file).write_text("\n".join(lines) if file.startswith("postgres") else str(os.getpid()))
    user = User(state)
    assert query(user.database_url, "SELECT 1") == 1
    with redis.Redis.from_url(user.redis_url) as client:
        assert client.ping() is True
    assert user.leave() == 0  # and this process was not mistaken for a server to be stopped


def test_a_hung_valkey_is_replaced(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = User(state)
    hung = pids(state)["valkey"]
    user.kill()
    os.kill(hung, signal.SIGSTOP)
    monkeypatch.setattr(valkey, "STARTS_WITHIN_SECONDS", 1)
    monkeypatch.setattr(valkey, "STOPS_WITHIN_SECONDS", 1)
    server = valkey.Valkey(State(state), fast=True)
    assert server.start().url == user.redis_url
    assert server.pid() not in (None, hung)
    with redis.Redis.from_url(user.redis_url) as client:
        assert client.ping() is True


def test_an_initdb_that_was_killed_half_way_does_no_harm(state: Path) -> None:
    command = [sys.executable, "-m", "foundation.embedded", "--state", str(state), "--fast", "--", "true"]
    starting = launch(command)
    assert eventually(lambda: any(state.glob("postgres.new-*/base/1")))
    starting.kill()
    starting.communicate(timeout=60)
    assert not (state / "postgres").exists()
    user = User(state)
    assert query(user.database_url, "SELECT 1") == 1
    user.leave()
    assert eventually(lambda: embedded(state, "--fast", "--", "true").returncode == 0)


def test_a_killed_start_leaves_nothing_locked(state: Path) -> None:
    """Kill the parent at many moments of its start; the next start must always work."""
    command = [sys.executable, "-m", "foundation.embedded", "--state", str(state), "--fast", "--", "true"]
    for moment in range(8):
        starting = launch(command)
        with suppress(subprocess.TimeoutExpired):
            starting.wait(timeout=0.35 + moment * 0.12)
        starting.kill()
        starting.communicate(timeout=60)
    user = User(state)
    assert query(user.database_url, "SELECT 1") == 1
    assert user.leave() == 0
    assert pids(state) == {}


def test_everything_is_closed_to_other_users(state: Path) -> None:
    user = User(state)
    sockets = Path(parse_qs(urlsplit(user.database_url).query)["host"][0])
    assert mode(state) == 0o700
    assert mode(state / "postgres") == 0o700
    assert mode(state / "valkey") == 0o700
    assert mode(state / "log") == 0o700
    assert mode(state / "embedded.json") == 0o600
    assert mode(state / "valkey" / "valkey.conf") == 0o600
    assert mode(sockets) == 0o700
    assert mode(sockets / ".s.PGSQL.5432") == 0o700
    assert len(f"{sockets}/.s.PGSQL.5432") < 100
    assert query(user.database_url, "SHOW listen_addresses") == ""
    password = urlsplit(user.database_url).password or ""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(user.database_url.replace(password, "guess"))
    guess = user.redis_url.replace(urlsplit(user.redis_url).password or "", "guess")
    with redis.Redis.from_url(guess) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
    for pid in pids(state).values():
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        assert password not in command_line
        assert (urlsplit(user.redis_url).password or "") not in command_line
    assert user.leave() == 0
    assert not sockets.exists()


def test_a_url_that_is_set_is_used_and_no_server_started(state: Path) -> None:
    given = {"DATABASE_URL": "postgresql://u:s3cret@db.example/x", "REDIS_URL": "redis://:s3cret@mq.example/0"}
    result = embedded(state, "--", sys.executable, "-c", REPORT_URLS, **given)
    assert json.loads(result.stdout) == [*given.values(), str(state)]
    assert "DATABASE_URL is set: using postgresql://u:***@db.example/x" in result.stderr
    assert "REDIS_URL is set: using redis://:***@mq.example/0" in result.stderr
    assert "s3cret" not in result.stderr
    assert not state.exists()


def test_only_the_missing_server_is_started(state: Path) -> None:
    given = {"DATABASE_URL": "postgresql://u:s3cret@db.example/x", "REDIS_URL": ""}
    result = embedded(state, "--fast", "--", sys.executable, "-c", REPORT_URLS, **given)
    assert json.loads(result.stdout)[0] == given["DATABASE_URL"]
    assert json.loads(result.stdout)[1].startswith("redis://")
    assert not (state / "postgres").exists()
    assert (state / "valkey").exists()


def test_a_port_that_somebody_else_took_is_given_up(state: Path) -> None:
    User(state).leave()
    taken = json.loads((state / "embedded.json").read_text())["valkey_port"]
    listen = f"import socket; s = socket.create_server(('127.0.0.1', {taken})); print(1, flush=True); input()"
    listener = launch([sys.executable, "-c", listen])
    assert listener.stdout is not None
    assert listener.stdout.readline() == "1\n"
    user = User(state)
    assert urlsplit(user.redis_url).port != taken
    with redis.Redis.from_url(user.redis_url) as client:
        assert client.ping() is True
    user.leave()
    listener.communicate("\n", timeout=60)


def test_a_server_that_cannot_start_says_why_in_one_line(state: Path) -> None:
    User(state).leave()
    (state / "postgres" / "global" / "pg_control").unlink()
    result = embedded(state, "--fast", "--", "true")
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("embedded: PostgreSQL does not start: ")
    assert "pg_control" in line
    assert str(state / "log" / "postgres.log") in line
    assert pids(state) == {}


def test_lost_passwords_are_named_with_the_remedy(state: Path) -> None:
    User(state).leave()
    (state / "embedded.json").unlink()
    result = embedded(state, "--fast", "--", "true")
    assert result.returncode == 1
    assert "embedded.json is gone" in result.stderr
    assert "put it back, or remove the state folder" in result.stderr


def test_usage_errors_start_nothing(state: Path) -> None:
    for arguments in ((), ("restart",), ("status", "--", "true")):
        assert embedded(state, *arguments).returncode == 2
    assert not state.exists()


def test_a_project_folder_with_a_long_path_works(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 75) / ("y" * 75)
    user = User(folder)
    try:
        assert len(str(folder)) > 150
        assert query(user.database_url, "SELECT 1") == 1
    finally:
        assert user.leave() == 0
    assert pids(folder) == {}
