"""A confined child: what it is given, what it cannot do, and every way in which its work can end."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from foundation.confined import Broken, Exceeded, Killed, Limits, call

PROGRAMS = "tests.foundation.confined.programs"
PROJECT = Path(__file__).resolve().parents[3]
MIB = 1 << 20
ROOMY = Limits(memory_bytes=256 * MIB, cpu_seconds=30, wall_seconds=60, scratch_bytes=MIB, answer_bytes=MIB)


def run(
    name: str,
    request: Mapping[str, Any],
    scratch: Path,
    *,
    limits: Limits = ROOMY,
    inputs: Mapping[str, int] | None = None,
    outputs: Mapping[str, int] | None = None,
    report: Callable[[float, str], None] | None = None,
) -> Any:
    return call(
        f"{PROGRAMS}:{name}",
        request,
        inputs=inputs or {},
        outputs=outputs or {},
        limits=limits,
        scratch=scratch,
        report=report,
    )


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children() -> set[int]:
    own = f"/proc/self/task/{os.getpid()}/children"
    return {int(pid) for pid in Path(own).read_text().split()}


def test_data_goes_in_and_comes_back_with_its_reports(tmp_path):
    heard: list[tuple[float, str]] = []
    order = {"text": "姓名 \ud800 \x00", "numbers": [1, 2.5, None], "long": "x" * 300_000}
    assert run("echo", order, tmp_path, report=lambda share, note: heard.append((share, note))) == order
    assert set(heard) == {(0.5, "halfway")}


def test_files_are_handed_over_by_descriptor(tmp_path):
    with tempfile.TemporaryFile(dir=tmp_path) as source, tempfile.TemporaryFile(dir=tmp_path) as sink:
        source.write(b"abc")
        source.flush()
        assert run("copy", {}, tmp_path, inputs={"source": source.fileno()}, outputs={"sink": sink.fileno()}) == 3
        sink.seek(0)
        assert sink.read() == b"ABC"


def test_nothing_of_ours_is_inherited(tmp_path, monkeypatch):
    monkeypatch.setenv("VAULT_MASTER_KEY", "secret")
    before = children()
    with socket.create_server(("127.0.0.1", 0)) as server:
        os.set_inheritable(server.fileno(), True)
        found = run("surroundings", {}, tmp_path)
    assert "secret" not in json.dumps(found)
    assert set(found["environment"]) - {"PYTHONPYCACHEPREFIX"} == {
        *("LANG", "OPENBLAS_NUM_THREADS", "PATH", "PYTHONPATH", "PYTHONSAFEPATH", "PYTHONUTF8")
    }
    assert found["descriptors"] == 4, "three standard ones and the pipe of answers"
    assert (found["nice"] >= 5, found["session"], found["user_code"]) == (True, True, False)
    assert children() == before


@pytest.mark.skipif(ctypes.CDLL(None).syscall(444, None, 0, 1) < 1, reason="this kernel has no Landlock")
def test_the_child_can_do_its_work_and_nothing_else(tmp_path):
    secret, scratch = tmp_path / "secrets.json", tmp_path / "scratch"
    secret.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server, tempfile.TemporaryFile(dir=tmp_path) as source:
        order = {"port": server.getsockname()[1], "secret": str(secret)}
        found = run("attempts", order, scratch, inputs={"source": source.fileno()})
    assert {name for name, end in found.items() if end == "done"} == {"scratch", "thread"}
    assert {name for name, end in found.items() if end == "PermissionError"} == {
        *("network", "program", "process", "secret", "parents_environment", "elsewhere", "input", "signal"),
        *("parents_limits", "permissions", "times"),
    }
    assert not secret.with_suffix(".json.new").exists()
    assert list(scratch.iterdir()) == [], "what it made is gone with it"


@pytest.mark.parametrize(
    ("name", "order", "changes", "resource", "limit"),
    [
        ("allocate", {"blocks": 400, "size": MIB, "pause": 0.002}, {}, "memory", 256 * MIB),
        ("allocate", {"blocks": 1, "size": 1024 * MIB, "pause": 0}, {}, "memory", 256 * MIB),
        ("fail", {"error": "MemoryError"}, {}, "memory", 256 * MIB),
        ("spin", {}, {"cpu_seconds": 1}, "cpu", 1),
        ("sleep", {}, {"wall_seconds": 1.0}, "time", 1.0),
        ("fill", {"bytes": MIB + 1}, {}, "scratch", MIB),
        ("chatter", {"bytes": MIB}, {}, "answer", MIB),
    ],
)
def test_more_than_it_may_have_ends_it_with_the_name_of_the_resource(tmp_path, name, order, changes, resource, limit):
    limits = Limits(**{**{key: getattr(ROOMY, key) for key in Limits.__slots__}, **changes})
    before = children()
    with pytest.raises(Exceeded) as error:
        run(name, order, tmp_path, limits=limits)
    assert (error.value.resource, error.value.limit) == (resource, limit)
    assert children() == before


def test_as_much_as_it_may_have_is_enough(tmp_path):
    assert run("allocate", {"blocks": 100, "size": MIB, "pause": 0}, tmp_path) == 100
    assert run("fill", {"bytes": MIB}, tmp_path) == "written"
    assert len(run("chatter", {"bytes": MIB - 20}, tmp_path)) == MIB - 20


def test_an_error_of_the_work_is_told_by_its_class_and_logged(tmp_path, caplog):
    with pytest.raises(Broken) as error:
        run("fail", {"error": "ValueError"}, tmp_path)
    assert (error.value.reason, str(error.value)) == ("ValueError", "ValueError")
    assert "in fail" in caplog.text
    with pytest.raises(Broken, match="SIGSEGV"):
        run("fault", {}, tmp_path)


def test_what_came_from_outside_may_pass(tmp_path):
    with pytest.raises(Killed, match="OSError"):
        run("fail", {"error": "OSError"}, tmp_path)
    with pytest.raises(Killed, match="SIGKILL"):
        run("kill_itself", {}, tmp_path)


@pytest.mark.parametrize(
    "line", ["{}", '["answer"]', "[" * 100_000, '["report", "x", 1]', '["broken", 1]', '["quit", 1]', "\ufffd", "7"]
)
def test_a_child_that_was_taken_over_cannot_confuse_its_parent(tmp_path, line):
    with pytest.raises(Broken, match="Answer"):
        run("lie", {"line": line}, tmp_path)


def test_who_listens_may_end_it(tmp_path):
    class LostLease(Exception):
        pass

    heard: list[str] = []

    def report(_share: float, note: str) -> None:
        heard.append(note)
        if len(heard) == 3:  # the same report twice more, while it sleeps
            raise LostLease

    with pytest.raises(LostLease):
        run("sleep", {}, tmp_path, report=report)
    (pid,) = {int(note.removeprefix("pid ")) for note in heard}
    assert not is_alive(pid)


def test_the_child_dies_with_its_parent(tmp_path):
    """SIGKILL the parent: it can clean nothing up, the kernel does."""
    source = (
        "import sys; from pathlib import Path; from foundation.confined import Limits, call\n"
        f"call('{PROGRAMS}:sleep', {{}}, inputs={{}}, outputs={{}}, scratch=Path(sys.argv[1]),\n"
        "     limits=Limits(memory_bytes=1 << 28, cpu_seconds=30, wall_seconds=60, scratch_bytes=1 << 20),\n"
        "     report=lambda share, note: print(note, flush=True))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", source, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline().split()[1])
    assert is_alive(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while is_alive(child):
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.02)


def test_a_scratch_folder_is_private(tmp_path):
    run("echo", {}, tmp_path / "made" / "scratch")
    assert (tmp_path / "made" / "scratch").stat().st_mode & 0o777 == 0o700
