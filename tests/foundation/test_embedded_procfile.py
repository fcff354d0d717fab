"""The lines of a Procfile run together and end together."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from foundation.embedded.procfile import read_procfile
from tests.waiting import until

PROJECT = Path(__file__).resolve().parents[2]
# Says when it has begun, and how it ended: asked for it, after finishing what it did.
POLITE = """
import pathlib, signal, sys, time
me = pathlib.Path(sys.argv[1])
def finish(*_):
    time.sleep(0.3)
    me.with_suffix('.finished').touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, finish)
print('begun', me.name, flush=True)
me.touch()
while True: time.sleep(1)
"""
# Has a child in its process group that would not survive a SIGTERM, as Celery's pool does not.
PARENT = """
import pathlib, signal, subprocess, sys, time
me = pathlib.Path(sys.argv[1])
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(0.8)'])
def finish(*_):
    me.with_suffix('.child').write_text(str(child.wait()))
    sys.exit(0)
signal.signal(signal.SIGTERM, finish)
me.touch()
while True: time.sleep(1)
"""
# Goes on when the web process has begun.
SECOND = """
import pathlib, sys, time
me = pathlib.Path(sys.argv[1])
while not me.with_name('web').exists(): time.sleep(0.02)
me.touch()
"""
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
while True: time.sleep(1)
"""


class Supervisor:
    """A supervisor of programs, each called by the name of the file it makes when it has begun."""

    def __init__(self, folder: Path, **programs: str) -> None:
        lines = []
        for name, program in programs.items():
            (folder / f"{name}.py").write_text(program)
            lines.append(f"{name}: exec {sys.executable} {folder / name}.py {folder / name}\n")
        procfile = folder / "Procfile"
        procfile.write_text("# programs\n\n" + "".join(lines))
        command = [sys.executable, "-m", "foundation.embedded.procfile", str(procfile)]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        self.folder = folder
        until(lambda: all((folder / name).exists() for name in programs) or self.process.poll() is not None)

    def end(self) -> tuple[int, str]:
        output, errors = self.process.communicate(timeout=60)
        assert errors == ""
        return self.process.returncode, output

    def left(self) -> list[int]:
        """Processes that run a program of the folder."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"{self.folder}/".encode() in (process / "cmdline").read_bytes():
                    found.append(int(process.name))
        return found


def test_read_procfile() -> None:
    text = "# comment\nweb: exec python -m x --bind ${BIND:-127.0.0.1}:${PORT:-8000}\n\nworker-2:run\nnot a line\n"
    expected = {"web": "exec python -m x --bind ${BIND:-127.0.0.1}:${PORT:-8000}", "worker-2": "run"}
    assert read_procfile(text) == expected


def test_the_projects_procfile_names_its_processes() -> None:
    commands = read_procfile((PROJECT / "Procfile").read_text())
    assert list(commands) == ["web", "worker", "housekeeping", "beat"]
    assert all("exec python -m " in command for command in commands.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_after_they_finished(tmp_path: Path, number: signal.Signals) -> None:
    supervisor = Supervisor(tmp_path, web=POLITE, worker=POLITE)
    supervisor.process.send_signal(number)
    code, output = supervisor.end()
    assert code == 128 + number
    assert (tmp_path / "web.finished").exists()
    assert (tmp_path / "worker.finished").exists()
    assert supervisor.left() == []
    assert {"web    | begun web", "worker | begun worker"} <= set(output.splitlines())


def test_only_main_processes_are_asked_to_end(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, worker=PARENT)
    supervisor.process.terminate()
    assert supervisor.end()[0] == 128 + signal.SIGTERM
    assert (tmp_path / "worker.child").read_text() == "0"


@pytest.mark.parametrize(("own", "result"), [(3, 3), (0, 1)])
def test_when_one_ends_the_others_are_ended_and_that_is_a_failure(tmp_path: Path, own: int, result: int) -> None:
    supervisor = Supervisor(tmp_path, web=POLITE, beat=SECOND + f"sys.exit({own})")
    code, output = supervisor.end()
    assert code == result
    assert f"beat ended with exit code {own}" in output
    assert (tmp_path / "web.finished").exists()
    assert supervisor.left() == []


def test_a_second_signal_kills_what_does_not_end(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, web=STUBBORN, worker=POLITE)
    supervisor.process.send_signal(signal.SIGINT)
    supervisor.process.send_signal(signal.SIGINT)  # at once, as to a process group: the same wish, told twice
    until((tmp_path / "worker.finished").exists)
    time.sleep(1)
    assert supervisor.process.poll() is None
    supervisor.process.send_signal(signal.SIGINT)
    assert supervisor.end()[0] == 128 + signal.SIGINT
    assert supervisor.left() == []


def test_descendants_that_outlive_their_parent_are_killed(tmp_path: Path) -> None:
    orphaning = (
        "import subprocess, sys; subprocess.Popen([sys.executable, sys.argv[0].replace('web', 'stay'), sys.argv[1]])"
    )
    (tmp_path / "stay.py").write_text(STUBBORN)
    supervisor = Supervisor(tmp_path, web=orphaning + "\nimport time; time.sleep(1)")
    assert supervisor.end()[0] == 1
    until(lambda: supervisor.left() == [])


def test_a_killed_supervisor_takes_its_processes_with_it(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, web=POLITE, worker=POLITE)
    supervisor.process.kill()
    supervisor.process.communicate(timeout=60)
    until((tmp_path / "web.finished").exists)
    until((tmp_path / "worker.finished").exists)
    until(lambda: supervisor.left() == [])


def test_output_that_nobody_reads_stops_nothing(tmp_path: Path) -> None:
    talking = "import pathlib, sys\nfor n in range(20000): print('x' * 100)\npathlib.Path(sys.argv[1]).touch()"
    read, write = os.pipe()
    (tmp_path / "web.py").write_text(talking)
    (tmp_path / "Procfile").write_text(f"web: exec {sys.executable} {tmp_path}/web.py {tmp_path}/done\n")
    command = [sys.executable, "-m", "foundation.embedded.procfile", str(tmp_path / "Procfile")]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=write, stderr=subprocess.DEVNULL)
    os.close(write)
    os.close(read)  # a terminal that was closed
    assert process.wait(timeout=60) == 1  # programs of a Procfile are not meant to end
    assert (tmp_path / "done").exists()


def _only(tmp_path: Path, name: str) -> subprocess.CompletedProcess[str]:
    procfile = tmp_path / "Procfile"
    procfile.write_text("web: exec echo $GREETING web\nworker: exec sh -c 'exit 7'\n")
    command = [sys.executable, "-m", "foundation.embedded.procfile", str(procfile), "--only", name]
    environment = {**os.environ, "GREETING": "hello"}
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_container_becomes_one_line(tmp_path: Path) -> None:
    assert (_only(tmp_path, "web").stdout, _only(tmp_path, "worker").returncode) == ("hello web\n", 7)


def test_a_line_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    done = _only(tmp_path, "beta")
    assert done.returncode == 2
    assert "has no line 'beta', only web, worker" in done.stderr
