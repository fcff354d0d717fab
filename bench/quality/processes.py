"""One contestant as a whole process: what it used, or why it did not finish.

Processor seconds are the kernel's count for the process and its children that it waited for. Memory is the high-water
mark of resident memory of the process (VmHWM, kept by the kernel, so no peak falls between two looks) plus what its
children held when looked at; beside it the highest anonymous memory seen, which leaves out mapped pages of files.
The mark that wait4 gives (ru_maxrss), which catches what ended between two looks, begins with the parent's own at the
time of its fork; that is why the runner stays small and imports none of the libraries that are measured.
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may take before it is ended: bytes of resident memory, seconds by the clock."""

    memory: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Bytes and seconds. `failure` says why there is no result; then the figures are those until then."""

    cpu: float
    wall: float
    peak: int
    anonymous: int
    seen: Mapping[str, int]
    failure: str | None = None


def measure(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], limits: Limits) -> Run:
    """Run the command, which prints a JSON object on its last line, in a session of its own, and end what is left."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        child = subprocess.Popen(  # noqa: S603 - the table of contestants
            command,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        watch = _Watch(child.pid, limits, began)
        watch.start()
        try:
            # Not reaped yet: as long as the watch looks, the number is nobody else's.
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            wall = time.monotonic() - began
        finally:
            watch.ended.set()
            watch.join()
            _end(child.pid)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        seen, failure = _outcome(child.returncode, output.read(), errors.read())
    # Kilobytes on Linux.
    peak = max(watch.peak, used.ru_maxrss * 1024)
    return Run(used.ru_utime + used.ru_stime, wall, peak, watch.anonymous, seen, watch.reason or failure)


class _Watch(threading.Thread):
    """Looks at the processes of a session until `ended`, and ends them when they take too much."""

    def __init__(self, session: int, limits: Limits, began: float) -> None:
        super().__init__(daemon=True)
        self.session, self.limits, self.began = session, limits, began
        self.ended = threading.Event()
        self.peak = self.anonymous = 0
        self.reason: str | None = None

    def run(self) -> None:
        while not self.ended.wait(LOOK_SECONDS):
            peak = anonymous = 0
            for number in tree(self.session):
                held = memory(number)
                # The leader's own mark is exact; of the others only what they hold now can be added up.
                peak += held["VmHWM"] if number == self.session else held["VmRSS"]
                anonymous += held["RssAnon"] + held["RssShmem"]
            self.peak, self.anonymous = max(self.peak, peak), max(self.anonymous, anonymous)
            if anonymous > self.limits.memory:
                self.reason = f"more than {self.limits.memory / 1e9:g} GB of memory"
            elif time.monotonic() - self.began > self.limits.seconds:
                self.reason = f"more than {self.limits.seconds:g} s"
            if self.reason:
                _end(self.session)
                return


def tree(leader: int) -> list[int]:
    """The process and all that descend from it now."""
    found, waiting = [], [leader]
    while waiting:
        number = waiting.pop()
        found.append(number)
        for task in _listed(f"/proc/{number}/task"):
            try:
                children = Path(f"/proc/{number}/task/{task}/children").read_text()
            except OSError:  # it ended meanwhile
                continue
            waiting += map(int, children.split())
    return found


def memory(number: int) -> dict[str, int]:
    """VmHWM, VmRSS, RssAnon and RssShmem of a process in bytes; 0 once it has ended."""
    held = dict.fromkeys(("VmHWM", "VmRSS", "RssAnon", "RssShmem"), 0)
    try:
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
    except OSError:
        return held
    for line in lines:
        name, _, rest = line.partition(":")
        if name in held:
            held[name] = int(rest.split()[0]) * 1024
    return held


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _end(session: int) -> None:
    try:
        os.killpg(session, signal.SIGKILL)
    except ProcessLookupError:
        return


def _outcome(code: int, output: bytes, errors: bytes) -> tuple[dict[str, int], str | None]:
    if code:
        lines = [line for line in errors.decode(errors="replace").replace("\r", "\n").splitlines() if line.strip()]
        return {}, f"exit {code}: {lines[-1].strip()[-300:] if lines else 'no word'}"
    lines = output.decode(errors="replace").strip().splitlines()
    try:
        seen: Any = json.loads(lines[-1])
    except (IndexError, ValueError):
        return {}, "said nothing that can be read"
    return seen, None
