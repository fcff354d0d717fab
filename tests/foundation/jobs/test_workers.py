"""Between processes: real workers that are killed, a real broker that is away."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from kombu import Connection

from foundation.actors import system
from foundation.audit import services as audit
from foundation.audit.models import SealedPosition
from foundation.embedded.procfile import read_procfile
from foundation.jobs import services
from foundation.jobs.models import Job
from foundation.jobs.services.queueing import TASK, waiting_messages
from tests.foundation.jobs.conftest import claimed, expire_lease, stored
from tests.waiting import kill_group, until

PROJECT = Path(__file__).resolve().parents[3]
SECONDS = 60
Launch = Callable[..., subprocess.Popen[bytes]]
QUEUE = "tests-of-jobs"
"""A queue of its own: the worker of the other tests, where there is one, takes nothing from it."""


def environment(**changes: str) -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{settings.DATABASES['default']['NAME']}")
    of_tests = {"DATABASE_URL": urlunsplit(url), "DJANGO_SETTINGS_MODULE": "tests.foundation.alone"}
    return {**os.environ, **of_tests, **changes}


ON_PATH = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
LINES = read_procfile((PROJECT / "Procfile").read_text("utf-8"))
DIES_AT_ONCE = """
import os, signal, time
from celery import Celery
from celery.signals import worker_process_init, worker_ready

app = Celery(broker=os.environ["REDIS_URL"], fixups=[])

@worker_process_init.connect
def die(**_options):
    os.kill(os.getpid(), signal.SIGKILL)

@worker_ready.connect
def wait_for_the_dead(sender, **_options):  # just before it looks whether its processes are there
    while any(process.exitcode is None for process in sender.pool._pool._pool):
        time.sleep(0.01)
"""


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start processes, each in a group of its own; they are killed in the end. What they print is in `log-NUMBER`."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str, **options: Any) -> subprocess.Popen[bytes]:
        with (tmp_path / f"log-{len(started)}").open("wb") as log:
            process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **{"cwd": PROJECT, "env": environment(), **options},
            )
        started.append(process)
        return process

    yield start
    for process in started:
        kill_group(process)


@pytest.fixture
def start_worker(
    transactional_db: None, launch: Callable[..., subprocess.Popen[bytes]]
) -> Callable[[str], subprocess.Popen[bytes]]:
    """Start a Celery worker of one process that knows the kinds of the tests."""
    numbers = itertools.count()

    def start(queues: str) -> subprocess.Popen[bytes]:
        options = ["--loglevel", "INFO", "--concurrency", "1", "-Q", queues, "-I", "tests.foundation.jobs.kinds"]
        alone = ["-n", f"jobs-{next(numbers)}@%h", "--without-mingle", "--without-gossip"]
        return launch(sys.executable, "-m", "celery", "-A", "config", "worker", *alone, *options)

    return start


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


def test_another_worker_finishes_what_a_killed_one_began(start_worker, queued, tmp_path):
    row = queued("tests.sleep", arguments={"folder": str(tmp_path)})
    current_app.send_task(TASK, args=[row.pk], queue=QUEUE)
    first = start_worker(QUEUE)
    until(lambda: stored(row)["progress"] == 0.5, "the first worker did not begin")
    kill_group(first)

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


def test_a_broker_that_is_away_at_commit_delays_the_job_and_loses_nothing(transactional_db, tmp_path):
    row = enqueue_elsewhere(tmp_path, REDIS_URL="redis://127.0.0.1:1/0")
    assert stored(row)["state"] == "queued"
    assert services.sweep()["resent"] == 0  # it may still be on its way
    overdue(row)
    current_app.control.purge()
    assert services.sweep()["resent"] == 1
    with Connection(settings.CELERY_BROKER_URL) as broker:
        message = broker.SimpleQueue("celery").get(timeout=SECONDS)
        message.ack()
    assert message.payload[0] == [row.pk]


def test_beats_tasks_do_not_wait_for_jobs(queued, start_worker, launch, tmp_path):
    """Every process for jobs is occupied, and others wait; the sweep and the sealer run."""
    busy, behind = (queued("tests.sleep", arguments={"folder": str(tmp_path)}) for _number in range(2))
    for row in (busy, behind):
        current_app.send_task(TASK, args=[row.pk], queue=QUEUE)
    worker = start_worker(QUEUE)
    until(lambda: stored(busy)["progress"] == 0.5, "the worker did not begin")
    lost = queued()
    with transaction.atomic():
        event = audit.record(actor=system("tests"), action="job.cancelled", subject=("job", 1), data={})
    claimed(lost)
    expire_lease(lost)
    current_app.control.purge()
    for name in ("sweep-jobs", "seal-audit"):  # as beat sends them
        entry = settings.CELERY_BEAT_SCHEDULE[name]
        current_app.send_task(entry["task"], **entry["options"])
    assert waiting_messages() == 0  # beat's are not taken for jobs'
    whole = environment(**ON_PATH, DJANGO_SETTINGS_MODULE="config.settings")
    launch("/bin/sh", "-c", LINES["housekeeping"], env=whole)

    until(lambda: stored(lost)["state"] == "queued", "the sweep did not run")
    until(SealedPosition.objects.filter(event_id=event.pk).exists, "the sealer did not run")
    assert worker.poll() is None
    assert (stored(busy)["state"], stored(busy)["attempt"]) == ("running", 1)
    assert (stored(behind)["state"], stored(behind)["attempt"]) == ("queued", 0)


def test_a_worker_that_gives_up_ends_everything_with_a_failure(launch, tmp_path):
    """Celery gives up where the processes of its pool die before they are up; the supervisor must not hide it."""
    (tmp_path / "dying.py").write_text(DIES_AT_ONCE)
    (tmp_path / "Procfile").write_text(
        f"worker: exec {sys.executable} -m celery -A dying worker -c 1 -Q nothing --without-mingle --without-gossip\n"
        "web: exec sleep 600\n"
    )
    supervised = [sys.executable, "-m", "foundation.embedded.procfile", "Procfile"]
    process = launch(*supervised, cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{PROJECT}"})
    assert process.wait(SECONDS) == 1
    printed = (tmp_path / "log-0").read_text()
    assert "Could not start worker processes" in printed
    assert "worker ended with exit code 1" in printed
    assert "ending web" in printed
