"""State folders for embedded servers."""

import os
import signal
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
