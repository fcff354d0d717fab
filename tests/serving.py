"""The web server as it is run, gunicorn, on the database of the tests."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from foundation.embedded.processes import tie_to_this_process
from tests.waiting import until

PROJECT = Path(__file__).resolve().parent.parent


class Server:
    """Gunicorn, started when this is made: `options` of its command line, `environment` beside that of the tests."""

    def __init__(self, folder: Path, *options: str, environment: Mapping[str, str] | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}"
        database = urlunsplit(
            urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        )
        self.log = folder / f"gunicorn-{self.port}.log"
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--worker-class", "gthread", "--no-control-socket"]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--bind", f"127.0.0.1:{self.port}", *options],
                cwd=PROJECT,
                env={
                    **os.environ,
                    "DATABASE_URL": database,
                    "AUDIT_CHECKPOINT_DIR": str(settings.AUDIT_CHECKPOINT_DIR),
                    **(environment or {}),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=tie_to_this_process(set()),  # a killed test run leaves no server
            )
        until(self._answers)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self) -> None:
        """What a power cut would do: nobody says goodbye."""
        for pid in [self.process.pid, *self.workers()]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=30)

    def stop(self) -> None:
        """End it in order, unless it is gone."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=30)
