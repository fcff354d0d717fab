"""The parent's side: start a child, give it its order, listen, watch, and end it in every case."""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, cast

from foundation.confined import limits as resources
from foundation.confined.limits import Broken, Exceeded, Killed, Limits

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parents[2]
TICK: Final = 0.05
"""Seconds between two looks at the child's memory and at the clock."""
GRACE: Final = 10.0
"""Seconds that a child which has said its last word may take to end."""
PIECE: Final = 1 << 16
COMPLAINTS: Final = 16 * 1024
"""Bytes of standard error that are kept, the last ones."""
FAULTS: Final = {
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGILL,
    signal.SIGFPE,
    signal.SIGABRT,
    signal.SIGTRAP,
    signal.SIGSYS,
}
Report = Callable[[float, str], None]


def call(
    function: str,
    request: Mapping[str, Any],
    *,
    inputs: Mapping[str, int],
    outputs: Mapping[str, int],
    limits: Limits,
    scratch: Path,
    report: Report | None = None,
) -> Any:
    """Run `package.module:name` in a confined process and return what it returns, any JSON value.

    The function is called as `function(request, files=…, scratch=…, report=…)`: `files` has a path for each open
    descriptor of `inputs` (to be read) and `outputs` (to be written), `scratch` is a folder of its own below the given
    one, the only one where it may make files, and gone afterwards. Its reports reach `report` here, in this thread;
    from the first on `report` is called with the latest one every TICK, so that it can renew a lease. What `report`
    raises ends the child and passes through.

    Raises Exceeded, Broken or Killed. The child never outlives the call, nor this process.
    """
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        return _call(function, request, inputs, outputs, limits, folder, report)


def _call(
    function: str,
    request: Mapping[str, Any],
    inputs: Mapping[str, int],
    outputs: Mapping[str, int],
    limits: Limits,
    scratch: str,
    report: Report | None,
) -> Any:
    listening, answers = os.pipe()
    order = {
        "function": function,
        "request": request,
        "inputs": dict(inputs),
        "outputs": dict(outputs),
        "packages": sorted({"foundation", *_packages(), function.partition(".")[0]}),
        "scratch": scratch,
        "parent": os.getpid(),
        "answers": answers,
        "limits": {
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
            "scratch_bytes": limits.scratch_bytes,
        },
    }
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "foundation.confined.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(answers, *inputs.values(), *outputs.values()),
            env=_environment(),
            cwd="/",
            start_new_session=True,
        )
    except BaseException:
        os.close(listening)
        raise
    finally:
        os.close(answers)
    talk = _Talk(process, listening, limits, report)
    try:
        talk.hold(json.dumps(order, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        return talk.outcome()
    finally:
        talk.end()


def _packages() -> list[str]:
    """The project's own packages: what a child may import besides the environment's libraries."""
    return [path.parent.name for path in ROOT.glob("*/__init__.py")]


def _environment() -> dict[str, str]:
    """Nothing of ours: neither secrets nor addresses."""
    # A child needs no threads for matrices: their start is a part of what a small file costs.
    found = {"OPENBLAS_NUM_THREADS": "1"}
    found |= {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    if sys.pycache_prefix:
        found["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    return {**found, "PYTHONUTF8": "1"}


@dataclass
class _Talk:
    """One conversation with one child."""

    process: subprocess.Popen[bytes]
    listening: int
    limits: Limits
    report: Report | None
    heard: int = 0
    pending: list[bytes] = field(default_factory=list)
    complaints: bytes = b""
    last_word: list[Any] | None = None
    latest: tuple[float, str] | None = None

    def hold(self, order: bytes) -> None:
        """Until the child has said its last word or closed its mouth. Raises Exceeded."""
        stdin, stderr = cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stderr)
        rest = memoryview(order)
        deadline = time.monotonic() + self.limits.wall_seconds
        os.set_blocking(stdin.fileno(), False)
        with selectors.DefaultSelector() as selector:
            selector.register(stdin, selectors.EVENT_WRITE)
            selector.register(stderr, selectors.EVENT_READ)
            selector.register(self.listening, selectors.EVENT_READ)
            while self.last_word is None and self.listening in selector.get_map():
                for key, _events in selector.select(TICK):
                    if key.fileobj is stdin:
                        rest = self._tell(stdin.fileno(), rest)
                        if not rest:
                            selector.unregister(stdin)
                            stdin.close()
                    elif piece := os.read(key.fd, PIECE):
                        self._hear(key.fd, piece)
                    else:
                        selector.unregister(key.fileobj)
                self._watch(deadline)

    def outcome(self) -> Any:
        """The answer, or how it ended without one."""
        kind, *said = self.last_word or [""]
        if kind == "answer":
            return said[0]
        if kind == "exceeded":
            raise self._exceeded(str(said[0]))
        if kind in ("broken", "hindered"):
            log.error("confined work: %s\n%s", said[0], self._last_complaints())
            raise (Broken if kind == "broken" else Killed)(str(said[0])[:80])
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        raise self._silent_end()

    def end(self) -> None:
        """No child, no descriptor is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.listening)
        for stream in (self.process.stdin, self.process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    def _tell(self, descriptor: int, rest: memoryview) -> memoryview:
        try:
            return rest[os.write(descriptor, rest[:PIECE]) :]
        except BrokenPipeError:  # it is gone: why, is found out at its end
            return rest[:0]

    def _hear(self, descriptor: int, piece: bytes) -> None:
        if descriptor != self.listening:
            self.complaints = (self.complaints + piece)[-COMPLAINTS:]
            return
        self.heard += len(piece)
        if self.heard > self.limits.answer_bytes:
            raise Exceeded(resources.ANSWER, self.limits.answer_bytes)
        *lines, rest = piece.split(b"\n")
        for line in lines:
            self._understand(b"".join([*self.pending, line]))
            self.pending.clear()
        self.pending.append(rest)

    def _understand(self, line: bytes) -> None:
        kind, *said = _message(line)
        if kind == "report":
            self.latest = (said[0], said[1])
            self._report()
        else:
            self.last_word = [kind, *said]

    def _watch(self, deadline: float) -> None:
        if self.last_word is not None:
            return
        if _memory_of(self.process.pid) > self.limits.memory_bytes:
            raise Exceeded(resources.MEMORY, self.limits.memory_bytes)
        if time.monotonic() > deadline:
            raise Exceeded(resources.TIME, self.limits.wall_seconds)
        self._report()

    def _report(self) -> None:
        if self.report is not None and self.latest is not None:
            self.report(*self.latest)

    def _silent_end(self) -> Exception:
        """Why a child ended without a word: what killed it says so."""
        code = self.process.poll()
        number = -code if code is not None and code < 0 else 0
        if number == signal.SIGXCPU:
            return Exceeded(resources.CPU, self.limits.cpu_seconds)
        if number == signal.SIGXFSZ:
            return Exceeded(resources.SCRATCH, self.limits.scratch_bytes)
        complaints = self._last_complaints()
        if number == signal.SIGABRT and "memory allocation" in complaints:  # how Rust ends for want of memory
            return Exceeded(resources.MEMORY, self.limits.memory_bytes)
        log.error("confined work: ended with code %s\n%s", code, complaints)
        if number in FAULTS:
            return Broken(signal.Signals(number).name)
        return Killed(signal.Signals(number).name if number else f"exit {code}")

    def _exceeded(self, resource: str) -> Exception:
        if resource == resources.MEMORY:
            return Exceeded(resource, self.limits.memory_bytes)
        return Exceeded(resources.SCRATCH, self.limits.scratch_bytes)

    def _last_complaints(self) -> str:
        """What stands on its standard error, with what was not yet read of it."""
        stderr = self.process.stderr
        if stderr is not None:
            os.set_blocking(stderr.fileno(), False)
            with suppress(BlockingIOError):
                while piece := os.read(stderr.fileno(), PIECE):
                    self.complaints = (self.complaints + piece)[-COMPLAINTS:]
        return self.complaints.decode("utf-8", "replace")


def _message(line: bytes) -> list[Any]:
    """A line of the child, checked: whoever took it over may say anything. Broken where it makes no sense."""
    try:
        message = json.loads(line)
        kind, said = message[0], message[1]
        if kind == "report":
            return [kind, min(max(float(said), 0.0), 1.0), str(message[2])[:200]]
        if kind == "answer" or (kind in ("exceeded", "broken", "hindered") and isinstance(said, str)):
            return [kind, said]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise Broken("Answer") from error
    raise Broken("Answer")


def _memory_of(pid: int) -> int:
    """Bytes of private memory that a process has written to; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_bytes().split()
        return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
