"""Kinds of job for tests. Worker processes that tests start load this module; other workers leave its jobs alone."""

import os
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerDown

from foundation.actors import system
from foundation.errors import Conflict, Unavailable
from foundation.jobs.models import Job
from foundation.jobs.registry import job
from foundation.jobs.services import (
    Backoff,
    Ended,
    LostLease,
    Outcome,
    Retryable,
    Run,
    results_of_parts,
    split,
    succeed,
)
from foundation.vault import reading
from foundation.vault import services as vault
from foundation.vault.models import Blob

ACTOR = system("tests")
DISTURB: list[Callable[[Run], object]] = []
"""What happens, once, while a part stores its file."""
RAISED: dict[str, BaseException] = {
    "retryable": Retryable("the server is away"),
    "unavailable": Unavailable(),
    "conflict": Conflict("Name %(name)s is taken.", name="alpha"),
    "defect": ValueError("a personal value that nobody may read here"),
    "lost": LostLease(),
    "database": OperationalError("the server closed the connection"),
    "broker": BrokerDown("Connection refused"),
}


@job("tests.return")
def give(run: Run, *, value: Any) -> dict[str, Any]:
    return {"value": value, "attempt": run.attempt}


@job("tests.raise", max_attempts=3)
def fail(run: Run, *, what: str) -> None:
    raise RAISED[what]


@job("tests.unfit")
def unfit(run: Run) -> dict[str, Any]:
    return {"value": object()}


@job("tests.sleep")
def sleep(run: Run, *, folder: str) -> dict[str, Any]:
    """The first attempt says who it is and never ends; later ones finish at once. Both write to the job's folder."""
    (Path(folder) / f"attempt-{run.attempt}").write_text(str(os.getpid()))
    if run.attempt == 1:
        while True:
            time.sleep(0.05)
            run.progress(0.5, "asleep")
    with run.commit():
        written = Job.objects.filter(pk=run.job_id).update(subject_type="slept")
    return {"written": written, "worker": os.getpid()}


@job("tests.patient", max_attempts=2, max_losses=2, backoff=Backoff(first=timedelta(minutes=5), jitter=0.0))
def patient(run: Run) -> None:
    raise RAISED["unavailable"]


@job("tests.write")
def write(run: Run, *, fail: bool) -> Ended:
    """Writes and ends in one transaction; fails after that, inside of it, if told so."""
    with run.commit():
        Job.objects.filter(pk=run.job_id).update(subject_type="written")
        ended = succeed(run, {"written": run.attempt})
        if fail:
            raise RAISED["unavailable"]
    return ended


@job("tests.split")
def divide(run: Run, *, values: list[int], part: str = "tests.square") -> Outcome:
    return split(run, kind=part, parts=[{"value": value} for value in values], then="tests.merge")


@job("tests.square")
def square(run: Run, *, value: int) -> dict[str, int]:
    if value < 0:
        raise Conflict("%(value)s is negative.", value=value)
    return {"square": value * value}


def forget(result: Mapping[str, Any]) -> None:
    for blob in Blob.objects.filter(pk=result["blob"]):
        vault.delete(actor=ACTOR, blob=blob)


@job("tests.store", release=forget)
def store(run: Run, *, text: str) -> Ended:
    """Its result is a file in the vault; file, result and end are one transaction."""
    with vault.receive(chunks=[text.encode()]) as incoming, run.commit():
        blob = vault.keep(actor=ACTOR, incoming=incoming)
        if DISTURB:
            DISTURB.pop()(run)
        return succeed(run, {"blob": blob.pk})


@job("tests.join")
def join(run: Run, *, refuse: bool = False) -> dict[str, Any]:
    """Reads the files of the parts, in order."""
    if refuse:
        raise RAISED["conflict"]
    blobs = [Blob.objects.get(pk=(part.result or {})["blob"]) for part in results_of_parts(run)]
    return {"text": b"".join(b"".join(reading.open_range(blob)) for blob in blobs).decode()}


@job("tests.merge", max_attempts=2)
def merge(run: Run, **arguments: Any) -> dict[str, Any]:
    squares = [(part.number, (part.result or {}).get("square")) for part in results_of_parts(run)]
    if (None in [square for _number, square in squares]) or arguments.get("values") == []:
        raise RAISED["conflict"]
    return {"squares": squares, "arguments": arguments}
