"""Embedded servers after deaths, stale files, lost ports and passwords: the next start works, or says why not."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from foundation.embedded import valkey
from foundation.embedded.state import State
from tests.foundation.embedding import (
    REPORT_URLS,
    User,
    embedded,
    eventually,
    launch,
    pids,
    query,
)


def test_servers_of_a_killed_parent_are_adopted(made: Path) -> None:
    user = User(made)
    query(user.database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    servers = pids(made)
    user.kill()
    assert pids(made) == servers
    result = embedded(made, "--fast", "--", "true")
    assert result.stderr.count("already running") == 2
    assert pids(made) == {}
    heir = User(made)
    assert query(heir.database_url, "SELECT answer FROM kept") == 42
    heir.leave()


def test_the_command_of_a_killed_parent_is_told_to_end(made: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = (
        "import signal, sys, time, pathlib\n"
        f"signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path({str(told)!r}).touch(), sys.exit(0)))\n"
        f"{REPORT_URLS}"
        "time.sleep(60)"
    )
    User(made, code).kill()
    assert eventually(told.exists)


def test_stop_leaves_servers_in_use_alone(made: Path) -> None:
    user = User(made)
    servers = pids(made)
    refused = embedded(made, "stop")
    assert refused.returncode == 1
    assert "in use by another process" in refused.stderr
    assert pids(made) == servers
    assert embedded(made, "status").returncode == 0
    user.kill()
    assert eventually(lambda: embedded(made, "stop").returncode == 0)
    assert pids(made) == {}
    assert embedded(made, "status").returncode == 3


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
def test_a_pid_file_that_names_another_program_is_not_believed(made: Path, file: str) -> None:
    lines = [str(os.getpid()), str(made / "postgres"), "1700000000", "5432", "/tmp", "", "0 0", "ready"]
    (made / file).write_text("\n".join(lines) if file.startswith("postgres") else str(os.getpid()))
    user = User(made)
    assert query(user.database_url, "SELECT 1") == 1
    with redis.Redis.from_url(user.redis_url) as client:
        assert client.ping() is True
    assert user.leave() == 0  # and this process was not mistaken for a server to be stopped


def test_a_hung_valkey_is_replaced(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = User(made)
    hung = pids(made)["valkey"]
    user.kill()
    os.kill(hung, signal.SIGSTOP)
    monkeypatch.setattr(valkey, "STARTS_WITHIN_SECONDS", 1)
    monkeypatch.setattr(valkey, "STOPS_WITHIN_SECONDS", 1)
    server = valkey.Valkey(State(made), fast=True)
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


def test_a_port_that_somebody_else_took_is_given_up(made: Path) -> None:
    User(made).leave()
    taken = json.loads((made / "embedded.json").read_text())["valkey_port"]
    listen = f"import socket; s = socket.create_server(('127.0.0.1', {taken})); print(1, flush=True); input()"
    listener = launch([sys.executable, "-c", listen])
    assert listener.stdout is not None
    assert listener.stdout.readline() == "1\n"
    user = User(made)
    assert urlsplit(user.redis_url).port != taken
    with redis.Redis.from_url(user.redis_url) as client:
        assert client.ping() is True
    user.leave()
    listener.communicate("\n", timeout=60)


def test_a_server_that_cannot_start_says_why_in_one_line(made: Path) -> None:
    (made / "postgres" / "global" / "pg_control").unlink()
    result = embedded(made, "--fast", "--", "true")
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("embedded: PostgreSQL does not start: ")
    assert "pg_control" in line
    assert str(made / "log" / "postgres.log") in line
    assert pids(made) == {}


def test_lost_passwords_are_named_with_the_remedy(made: Path) -> None:
    (made / "embedded.json").unlink()
    result = embedded(made, "--fast", "--", "true")
    assert result.returncode == 1
    assert "embedded.json is gone" in result.stderr
    assert "put it back, or remove the state folder" in result.stderr
