"""gunicorn's settings: threads, because most requests wait for the database or stream a file."""

import os
import shutil
import tempfile
from typing import Any

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = 8
graceful_timeout = 20
control_socket_disable = True

# Each process writes its metrics into a file here; a scrape of any of them adds all up.
_metrics = tempfile.mkdtemp(prefix="exchange-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _metrics
from prometheus_client import multiprocess  # noqa: E402  (it reads the variable when it is imported)


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the figures that only a living process has."""
    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(_metrics, ignore_errors=True)
