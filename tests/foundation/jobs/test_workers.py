"""Between processes: real workers that are killed, a real broker that is away."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from celery import current_app
from django.conf import settings
from django.db.models.functions import Now

from foundation.jobs import services
from foundation.jobs.models import Job
from foundation.jobs.services.queueing import TASK
from tests.foundation.jobs.conftest import stored

PROJECT = Path(__file__).resolve().parents[3]
SECONDS = 60
QUEUE = "tests-of-jobs"
"""A queue of its own: the worker of the other tests, where there is one, takes nothing from it."""


def environment(**changes: str) -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    return {**os.environ, "DATABASE_URL": urlunsplit(url), "DJANGO_SETTINGS_MODULE": "config.settings", **changes}


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start Celery workers, each in a process group of its own; they are killed in the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(queues: str) -> subprocess.Popen[bytes]:
        options = ["--loglevel", "INFO", "--concurrency", "1", "-Q", queues, "-I", "tests.foundation.jobs.kinds"]
        number = len(started)
        with (tmp_path / f"worker-{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", "worker", "-n", f"jobs-{number}@%h", *options],
                cwd=PROJECT,
                env=environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL the worker and its children at once: nothing is cleaned up, nothing handed back."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(found: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def enqueue_elsewhere(folder: Path, **changes: str) -> Job:
    printed = subprocess.run(
        [sys.executable, "-m", "tests.foundation.jobs.scenario", str(folder)],
        cwd=PROJECT,
        env=environment(**changes),
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return Job.objects.get(pk=int(printed.stdout))


def overdue(row: Job) -> None:
    Job.objects.filter(pk=row.pk).update(sent_at=Now() - timedelta(hours=1))


def test_another_worker_finishes_what_a_killed_one_began(start_worker, tmp_path):
    row = enqueue_elsewhere(tmp_path)
    current_app.send_task(TASK, args=[row.pk], queue=QUEUE)
    first = start_worker(QUEUE)
    until(lambda: stored(row)["progress"] == 0.5, "the first worker did not begin")
    kill(first)

    before = stored(row)
    assert (before["state"], before["attempt"], before["progress_note"]) == ("running", 1, "asleep")
    assert services.sweep()["lost"] == 0  # its lease lasts
    Job.objects.filter(pk=row.pk).update(lease_expires_at=Now() - timedelta(seconds=1))
    assert services.sweep()["lost"] == 1

    start_worker(f"celery,{QUEUE}")

    def finished() -> bool:
        overdue(row)  # the worker of other tests may have taken the message and left the job: it does not know the kind
        services.sweep()
        return bool(stored(row)["state"] == "succeeded")

    until(finished, "no other worker finished the job")
    found = stored(row)
    dead, living = ((tmp_path / f"attempt-{number}").read_text() for number in (1, 2))
    assert (found["attempt"], found["subject_type"]) == (2, "slept")
    assert found["result"] == {"written": 1, "worker": int(living)}
    assert dead != living
    assert not (tmp_path / "attempt-3").exists()


def test_a_broker_that_is_away_at_commit_delays_the_job_and_loses_nothing(start_worker, tmp_path):
    row = enqueue_elsewhere(tmp_path, REDIS_URL="redis://127.0.0.1:1/0")
    assert stored(row)["state"] == "queued"
    assert services.sweep()["resent"] == 0  # it may still be on its way
    Job.objects.filter(pk=row.pk).update(attempt=1)  # the sleeper's second attempt ends at once
    start_worker("celery")

    def finished() -> bool:
        overdue(row)
        services.sweep()
        return bool(stored(row)["state"] == "succeeded")

    until(finished, "the sweep did not send the job")
    assert stored(row)["attempt"] == 2
