"""State folders for embedded servers."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.foundation.embedding import User, embedded, pids


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "state"
    yield folder
    for user in list(User.living):  # a failed test must not leave anything behind
        user.kill()
    embedded(folder, "stop")
    for name, pid in pids(folder).items():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        raise AssertionError(f"{name} outlived its test")


@pytest.fixture(scope="session")
def made_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder whose servers were made, started and stopped once."""
    folder = tmp_path_factory.mktemp("made") / "state"
    done = embedded(folder, "--fast", "--", "true")
    assert done.returncode == 0, done.stderr
    known = json.loads((folder / "embedded.json").read_text())
    del known["socket_folder"], known["valkey_port"]  # each copy finds its own
    (folder / "embedded.json").write_text(json.dumps(known))
    return folder


@pytest.fixture
def made(state: Path, made_before: Path) -> Path:
    """The state folder `state`, made before: for tests of anything but the first start, of which initdb is the most."""
    subprocess.run([str(shutil.which("cp")), "-a", str(made_before), str(state)], check=True)  # owners are kept
    return state
