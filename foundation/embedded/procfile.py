"""Run every line of the Procfile, and end them together: ``python -m foundation.embedded.procfile [FILE]``.

With ``--only NAME`` this process becomes the one of that line: what a container runs.

Only the main process of each line is asked to end: gunicorn and Celery let their own workers finish what they do,
which a signal to all of them would cut off. What has not ended when the time is over is killed with its descendants.
If this process is killed outright, the kernel asks in its place.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from foundation.embedded.processes import exit_code, tie_to_this_process

ENDS_WITHIN_SECONDS = 25
ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(\S.*)$")


def read_procfile(text: str) -> dict[str, str]:
    """Return the shell command of each name; comments and blank lines are left out."""
    return {found[1]: found[2] for found in map(LINE.match, text.splitlines()) if found}


def run_together(commands: Mapping[str, str]) -> int:
    """Run shell commands until one ends or a signal comes, then end all.

    Returns:
        128 + n after signal n, else the exit code of the one that ended first: 1 instead of 0, since none of them is
        meant to end, and whoever supervises us starts again what failed, not what said that it was done.
    """
    waited_for = {*ENDED_BY, signal.SIGCHLD}
    outer_mask = signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
    width = max(map(len, commands))
    # All of them before the first thread: a fork that runs Python code must not copy a half-held lock.
    processes = {name: _start(command, outer_mask) for name, command in commands.items()}
    printers = [_print_output(f"{name:{width}} | ", process) for name, process in processes.items()]
    code: int | None = None
    asked_at = 0.0
    while running := [name for name, process in processes.items() if process.poll() is None]:
        received = signal.sigtimedwait(waited_for, 0.5)
        told = received is not None and received.si_signo in ENDED_BY
        if code is None:
            code = 128 + received.si_signo if received is not None and told else _first_failure(processes)
            if code is not None:
                asked_at = time.monotonic()
                left = [name for name in running if processes[name].poll() is None]
                _say(f"ending {', '.join(left)} (Ctrl-C once more to kill)")
                for process in processes.values():
                    process.terminate()
        else:
            waited = time.monotonic() - asked_at
            # A signal to a whole process group comes twice, directly and passed on: that is not "once more".
            if (told and waited > 1) or waited > ENDS_WITHIN_SECONDS:
                break
    for process in processes.values():
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # descendants that outlived their parent, too
        process.wait()
    for printer in printers:
        printer.join(timeout=1)
    return code if code is not None else _first_failure(processes) or 1


def _first_failure(processes: Mapping[str, subprocess.Popen[bytes]]) -> int | None:
    for name, process in processes.items():
        if process.poll() is not None:
            code = exit_code(process.returncode)
            _say(f"{name} ended with exit code {code}")
            return code or 1
    return None


def _start(command: str, mask: set[signal.Signals | int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - a line of the Procfile is a shell command
        ["/bin/sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C at the terminal reaches this process alone
        preexec_fn=tie_to_this_process(mask),
    )


def _print_output(prefix: str, process: subprocess.Popen[bytes]) -> threading.Thread:
    output: IO[bytes] | None = process.stdout
    assert output is not None  # noqa: S101 - tells the type checker about PIPE

    def copy() -> None:
        for line in output:
            _say(prefix + line.decode("utf-8", "replace").rstrip("\n"))

    printer = threading.Thread(target=copy, daemon=True)
    printer.start()
    return printer


def _say(line: str) -> None:
    """Print without a buffer, which would be written again at exit, and go on if nobody reads any more.

    A closed terminal must neither end the exchange nor stop it by filling a pipe.
    """
    with suppress(OSError):
        os.write(1, f"{line}\n".encode())


def main(arguments: Sequence[str]) -> int:
    """Parse the command line and obey it; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m foundation.embedded.procfile")
    parser.add_argument("file", nargs="?", type=Path, default=Path("Procfile"))
    parser.add_argument("--only", metavar="NAME", help="become this line's process instead of running all")
    options = parser.parse_args(arguments)
    commands = read_procfile(options.file.read_text("utf-8"))
    if options.only is not None:
        if options.only not in commands:
            parser.error(f"{options.file} has no line {options.only!r}, only {', '.join(commands)}")
        os.execv("/bin/sh", ["/bin/sh", "-c", commands[options.only]])  # noqa: S606 - a line of the Procfile
    return run_together(commands)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
