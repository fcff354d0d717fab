"""Waiting for what other processes do, and ending these."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress


def until(reached: Callable[[], object], what: str = "it never came to that", *, seconds: float = 60) -> None:
    """Look again and again, without hurry; `what` is said when it does not come to that."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and its children at once: nothing is cleaned up, nothing handed back."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
