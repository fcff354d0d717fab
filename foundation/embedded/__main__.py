"""Command line: run a command with PostgreSQL and Valkey at hand, or see to the servers themselves."""

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from foundation.embedded.postgres import Postgres
from foundation.embedded.processes import become_command, run_command
from foundation.embedded.state import EmbeddedError, Endpoint, State
from foundation.embedded.valkey import Valkey

PROJECT = Path(__file__).resolve().parents[2]
USAGE = """python -m foundation.embedded [--state DIR] [--fast] -- COMMAND [ARGUMENT ...]
       python -m foundation.embedded [--state DIR] status
       python -m foundation.embedded [--state DIR] stop"""
DESCRIPTION = """Run COMMAND with DATABASE_URL and REDIS_URL set. Where one is not set already, a server of this
project's own is started for it, shared by all commands with the same state folder and stopped by the last of them.
EXCHANGE_STATE is set to the state folder."""


def main(arguments: Sequence[str]) -> int:
    """Parse the command line and obey it; returns the exit code."""
    own = list(arguments)
    command: list[str] = []
    if "--" in own:
        command = own[own.index("--") + 1 :]
        own = own[: own.index("--")]
    parser = argparse.ArgumentParser(prog="python -m foundation.embedded", usage=USAGE, description=DESCRIPTION)
    parser.add_argument("--state", help="state folder (default: $EXCHANGE_STATE, else .state in the project)")
    parser.add_argument("--fast", action="store_true", help="trade durability for speed, for tests")
    parser.add_argument("action", nargs="?", choices=["status", "stop"])
    options = parser.parse_args(own)
    if bool(options.action) == bool(command):
        parser.error("give either a COMMAND after --, or one of: status, stop")
    folder = options.state or os.environ.get("EXCHANGE_STATE") or PROJECT / ".state"
    state = State(Path(folder).absolute())
    try:
        if options.action == "status":
            return show_status(state)
        if options.action == "stop":
            return stop_servers(state)
        return run_with_servers(state, command, fast=options.fast)
    except EmbeddedError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def run_with_servers(state: State, command: Sequence[str], *, fast: bool) -> int:
    """Start what is missing, run the command, stop the servers if no other process uses them."""
    needed = servers(state, fast=fast)
    environment = dict(os.environ, EXCHANGE_STATE=str(state.root))
    for variable in ("DATABASE_URL", "REDIS_URL"):
        if variable not in needed:
            say(f"{variable} is set: using {without_password(os.environ[variable])}")
    if not needed:
        become_command(command, environment)  # nothing to look after
    if sys.platform != "linux":
        raise EmbeddedError("embedded servers run on Linux only: set DATABASE_URL and REDIS_URL")
    state.prepare()
    for number in (signal.SIGTERM, signal.SIGHUP):  # until the command runs: leave through the clean-up below
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupted)
    try:
        with ExitStack() as use:
            with state.starting():
                use.enter_context(state.using())
                for variable, server in needed.items():
                    endpoint: Endpoint = server.start()
                    environment[variable] = endpoint.url
                    say(endpoint.description)
                    if isinstance(server, Postgres):  # pg_dump must not be older than its server
                        environment["PATH"] = f"{server.programs}{os.pathsep}{environment.get('PATH', os.defpath)}"
            return run_command(command, environment)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave servers behind
        stop_unused(state, list(needed.values()))


def servers(state: State, *, fast: bool = False) -> dict[str, Postgres | Valkey]:
    """The embedded servers that are needed: those whose URL is not in the environment."""
    every: dict[str, Postgres | Valkey] = {"DATABASE_URL": Postgres(state, fast), "REDIS_URL": Valkey(state, fast)}
    return {variable: server for variable, server in every.items() if not os.environ.get(variable)}


def stop_unused(state: State, which: Sequence[Postgres | Valkey]) -> bool:
    """Stop servers unless a live process uses them; says whether they were stopped."""
    with state.starting():
        if state.in_use():
            return False
        for server in reversed(which):
            server.stop()
        return True


def stop_servers(state: State) -> int:
    """The ``stop`` action, for servers that a killed process left."""
    if state.is_new:
        say(f"no servers were ever started in {state.root}")
        return 0
    if not stop_unused(state, [Postgres(state), Valkey(state)]):
        say(f"the servers of {state.root} are in use by another process: end it, and it will stop them")
        return 1
    say(f"the servers of {state.root} are stopped")
    return 0


def show_status(state: State) -> int:
    """The ``status`` action: exit code 0 if every server that is needed runs, else 3."""
    needed = servers(state)
    for variable in ("DATABASE_URL", "REDIS_URL"):
        if variable not in needed:
            say(f"{variable} is set: {without_password(os.environ[variable])}")
    running = True
    for server in needed.values():
        running = running and server.pid() is not None
        say(server.status())
    return 0 if running else 3


def without_password(url: str) -> str:
    """A URL or connection string that may be shown."""
    return re.sub(r"(?i)(password=)[^&\s]+", r"\1***", re.sub(r"(://[^/@:]*:).*@", r"\1***@", url))


def say(line: str) -> None:
    """Tell the person at the terminal; standard output belongs to the command."""
    print(f"embedded: {line}", file=sys.stderr, flush=True)


def _interrupted(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
