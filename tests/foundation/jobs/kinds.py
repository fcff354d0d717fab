"""Kinds of job for tests. Worker processes that tests start load this module; other workers leave its jobs alone."""

import os
import time
from pathlib import Path
from typing import Any

from foundation.errors import Conflict, Unavailable
from foundation.jobs.models import Job
from foundation.jobs.registry import job
from foundation.jobs.services import LostLease, Retryable, Run

RAISED: dict[str, BaseException] = {
    "retryable": Retryable("the server is away"),
    "unavailable": Unavailable(),
    "conflict": Conflict("Name %(name)s is taken.", name="alpha"),
    "defect": ValueError("a personal value that nobody may read here"),
    "lost": LostLease(),
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
