"""`python -m foundation.embedded` with real servers, seen from outside: its users and their signals."""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

from tests.foundation.embedding import (
    PROJECT,
    REPORT_URLS,
    User,
    embedded,
    environment,
    launch,
    mode,
    pids,
    query,
)


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


def test_data_survive_a_restart(made: Path) -> None:
    first = User(made)
    query(first.database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    with redis.Redis.from_url(first.redis_url) as client:
        client.set("kept", "42")
    first.leave()
    second = User(made)
    assert (second.database_url, second.redis_url) == (first.database_url, first.redis_url)
    assert query(second.database_url, "SELECT answer FROM kept") == 42
    with redis.Redis.from_url(second.redis_url) as client:
        assert client.get("kept") == b"42"
    second.leave()


def test_the_last_user_stops_the_servers(made: Path) -> None:
    first, second = User(made), User(made)
    servers = pids(made)
    assert first.database_url == second.database_url
    assert first.leave() == 0
    assert pids(made) == servers
    assert query(second.database_url, "SELECT 1") == 1
    assert second.leave() == 0
    assert pids(made) == {}


def test_users_that_start_at_once_share_one_server(state: Path) -> None:
    command = [sys.executable, "-m", "foundation.embedded", "--state", str(state), "--fast", "--"]
    command += [sys.executable, "-c", REPORT_URLS]
    users = [launch(command) for _ in range(4)]
    outputs = [user.communicate(timeout=120) for user in users]
    assert [user.returncode for user in users] == [0, 0, 0, 0], outputs
    assert len({out for out, _ in outputs}) == 1
    assert pids(state) == {}


def test_the_exit_code_is_the_commands(made: Path) -> None:
    assert embedded(made, "--fast", "--", "sh", "-c", "exit 7").returncode == 7
    assert embedded(made, "--fast", "--", "sh", "-c", "kill -KILL $$").returncode == 128 + signal.SIGKILL
    missing = embedded(made, "--fast", "--", "/no/such/program")
    assert missing.returncode == 1
    assert missing.stderr.splitlines()[-1] == "embedded: cannot run /no/such/program: No such file or directory"
    assert pids(made) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_signals_reach_the_command_once(made: Path, number: signal.Signals) -> None:
    code = (
        "import signal, sys, time\n"
        "seen = []\n"
        f"signal.signal({int(number)}, lambda *_: seen.append(1))\n"
        f"{REPORT_URLS}"
        "while not seen: time.sleep(0.01)\n"
        "time.sleep(0.3); print(len(seen)); sys.exit(9)"
    )
    user = User(made, code)
    user.process.send_signal(number)
    assert user.process.stdout is not None
    output = user.process.stdout.read()
    user.leave()
    assert (output, user.process.returncode) == ("1\n", 9)
    assert pids(made) == {}


def test_control_c_at_a_terminal_reaches_the_command_once(made: Path) -> None:
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
        command = [sys.executable, "-m", "foundation.embedded", "--state", str(made), "--fast", "--"]
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
    assert pids(made) == {}


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
