"""Kinds of job for chaos. What each ends with depends on its arguments alone, so that two runs can be compared.

An effect is a row of `chaos_effect`, written with the job's end; nothing but the fence keeps it from being there twice.
"""

import hashlib
import os
import signal
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import connection

from foundation.errors import Conflict
from foundation.jobs.registry import job
from foundation.jobs.services import Backoff, Outcome, Retryable, Run, results_of_parts, split, succeed

PATIENT: Final = 1_000
"""Attempts and losses that no run reaches: what is disturbed must come through."""
SOON: Final = Backoff(first=timedelta(seconds=0.1), factor=1.5, longest=timedelta(seconds=1))
STEPS: Final = 2
COMMIT_SECONDS: Final = 0.02
"""How long a transaction of results stays open, so that some kills meet it."""


def _digest(label: str) -> str:
    return hashlib.sha256(label.encode()).hexdigest()[:16]


def _work(run: Run, seconds: float) -> None:
    for step in range(STEPS):
        time.sleep(seconds / STEPS)
        run.progress(step / STEPS, "working")


def _write(run: Run, label: str, result: Mapping[str, Any], pause: float) -> Outcome:
    """The effect and the end of the attempt, in one transaction."""
    with run.commit(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO chaos_effect (label, job, attempt) VALUES (%s, %s, %s)", [label, *_ids(run)])
        cursor.execute("SELECT pg_sleep(%s)", [pause])
        return succeed(run, result)


def _ids(run: Run) -> tuple[int, int]:
    return run.job_id, run.attempt


@job("chaos.write", max_attempts=PATIENT, max_losses=PATIENT, backoff=SOON)
def write(run: Run, *, label: str, seconds: float) -> Outcome:
    """Works for a while, then writes a row."""
    _work(run, seconds)
    return _write(run, label, {"digest": _digest(label)}, min(COMMIT_SECONDS, seconds))


@job("chaos.compute", max_attempts=PATIENT, max_losses=PATIENT, backoff=SOON)
def compute(run: Run, *, label: str, seconds: float) -> Outcome:
    """Computes where it cannot report, and only returns."""
    with run.heartbeat():
        time.sleep(seconds)
    return {"digest": _digest(label)}


@job("chaos.flaky", max_attempts=PATIENT, max_losses=PATIENT, backoff=SOON)
def flaky(run: Run, *, label: str, seconds: float, failures: int) -> Outcome:
    """Finds its server away so many times before it writes."""
    _work(run, seconds)
    with run.commit(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM chaos_failure WHERE label = %s", [label])
        (known,) = cursor.fetchone()
        if known < failures:
            cursor.execute("INSERT INTO chaos_failure (label) VALUES (%s)", [label])
    if known < failures:
        raise Retryable("the server is away")
    return _write(run, label, {"digest": _digest(label)}, min(COMMIT_SECONDS, seconds))


@job("chaos.refused", max_attempts=PATIENT, max_losses=PATIENT, backoff=SOON)
def refused(run: Run, *, label: str, seconds: float) -> Outcome:
    """Fails for good; what it wrote before is rolled back."""
    _work(run, seconds)
    with run.commit(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO chaos_effect (label, job, attempt) VALUES (%s, %s, %s)", [label, *_ids(run)])
        raise Conflict("Name %(name)s is taken.", name=label)


@job("chaos.poison", max_losses=2)
def poison(run: Run, *, label: str) -> Outcome:
    """Kills every worker that takes it."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError(label)  # nobody gets here


@job("chaos.split", max_attempts=PATIENT, max_losses=PATIENT, backoff=SOON)
def divide(run: Run, *, label: str, seconds: list[float]) -> Outcome:
    """Splits itself: a part for each of `seconds`."""
    parts = [{"label": f"{label}/{number}", "seconds": share} for number, share in enumerate(seconds, start=1)]
    return split(run, kind="chaos.write", parts=parts, then="chaos.merge")


@job("chaos.merge", max_attempts=PATIENT, max_losses=PATIENT, backoff=SOON)
def merge(run: Run, *, label: str, seconds: list[float]) -> Outcome:
    """Joins what the parts found, in order."""
    found = [(part.result or {})["digest"] for part in results_of_parts(run)]
    return _write(run, label, {"digests": found}, min(COMMIT_SECONDS, *seconds))
