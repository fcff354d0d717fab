"""What the tests have confined children do: functions as `foundation.confined.call` runs them."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Files = Mapping[str, Path]
Report = Callable[[float, str], None]


def echo(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    report(0.5, "halfway")
    return dict(request)


def copy(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    content = files["source"].read_bytes()
    files["sink"].write_bytes(content.upper())
    return len(content)


def surroundings(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    return {
        "environment": dict(os.environ),
        "descriptors": len([fd for fd in range(256) if _is_open(fd)]),
        "nice": os.nice(0),
        "user_code": "django" in sys.modules,
        "session": os.getsid(0) == os.getpid(),
        "parent": os.getppid(),
    }


def attempts(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    """What is tried and what comes of it, each by the name of the error."""
    tries: dict[str, Callable[[], Any]] = {
        "network": lambda: socket.create_connection(("127.0.0.1", request["port"]), timeout=2),
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "process": os.fork,
        "secret": lambda: Path(request["secret"]).read_bytes(),
        "parents_environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "elsewhere": lambda: Path(request["secret"] + ".new").write_bytes(b"x"),
        "input": lambda: files["source"].write_bytes(b"overwritten"),
        "signal": lambda: os.kill(os.getppid(), 0),
        "parents_limits": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE),
        "permissions": lambda: Path(request["secret"]).chmod(0o777),
        "times": lambda: os.utime(request["secret"]),
        "scratch": lambda: (scratch / "mine").write_bytes(b"x"),
        "thread": _thread,
    }
    results = {}
    for name, attempt in tries.items():
        try:
            attempt()
        except OSError as error:
            results[name] = type(error).__name__
        else:
            results[name] = "done"
    return results


def allocate(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    kept = []
    for _number in range(request["blocks"]):
        kept.append(bytearray(b"\x01" * request["size"]))
        time.sleep(request["pause"])
    return len(kept)


def spin(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    while True:
        pass


def sleep(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    report(0.25, f"pid {os.getpid()}")
    time.sleep(60)


def fill(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    with (scratch / "filled").open("wb") as file:
        file.write(bytes(request["bytes"]))
    return "written"


def chatter(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    return "x" * request["bytes"]


def fault(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    ctypes.string_at(0)


def kill_itself(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    signal.raise_signal(signal.SIGKILL)


def fail(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    raise {"ValueError": ValueError, "OSError": OSError, "MemoryError": MemoryError}[request["error"]]("the value 4711")


def surprise(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    raise RuntimeError("the value 4711")


def lie(request: Mapping[str, Any], *, files: Files, scratch: Path, report: Report) -> Any:
    """Speak past the protocol, as whoever takes the process over could."""
    for descriptor in range(3, 256):
        if _is_open(descriptor):
            os.write(descriptor, request["line"].encode() + b"\n")
    time.sleep(60)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _thread() -> None:
    thread = threading.Thread(target=time.sleep, args=(0,))
    thread.start()
    thread.join()
