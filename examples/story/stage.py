"""The stage: an empty database, the exchange's own processes as the Procfile lists them, and their end."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from psycopg import sql

PROJECT = Path(__file__).resolve().parent.parent.parent
DATABASE = "exchange_demo"
ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the exchange answers, its first administrator's key, and the folder of this run."""

    url: str
    administrator_key: str
    folder: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _fresh_database(url: str) -> str:
    """Drop and create the demo's own database on the server of `url`; its URL. No other database is touched."""
    name = sql.Identifier(DATABASE)
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            # sends an autovacuum worker away; by force, that would take a superuser
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        except psycopg.errors.ObjectInUse:  # by processes of a demo that was killed
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    return urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))


def _manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 (our own command line)
        [sys.executable, "manage.py", *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {arguments[0]} failed:\n{done.stderr}")
    return done.stdout


def _wait_until_ready(url: str, supervisor: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        if supervisor.poll() is not None:
            raise RuntimeError(f"the exchange did not start:\n{log.read_text()[-3000:]}")
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError(f"the exchange is not ready after {seconds:.0f} s:\n{log.read_text()[-3000:]}")
        time.sleep(0.2)


@contextmanager
def raised(folder: Path) -> Iterator[Stage]:
    """Run every process of the Procfile on a fresh database and an empty vault until the block ends."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": _fresh_database(os.environ["DATABASE_URL"]),
        "VAULT_DIR": str(folder / "vault"),
        "AUDIT_CHECKPOINT_DIR": str(folder / "checkpoints"),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    _manage(environment, "migrate", "--noinput", "-v0")
    key = _manage(
        {**environment, "EXCHANGE_PASSWORD": secrets.token_urlsafe(18)},
        "bootstrap_exchange",
        "--name=Northern Data Exchange",
        "--name-zh=北方数据交易所",
        "--region=210000",
        f"--username={ADMINISTRATOR}",
    ).strip()
    log = folder / "exchange.log"
    with log.open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "foundation.embedded.procfile"],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, supervisor, log)
        yield Stage(url=url, administrator_key=key, folder=folder)
    finally:
        supervisor.send_signal(signal.SIGTERM)
        try:
            supervisor.wait(timeout=30)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait()
