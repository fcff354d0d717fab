"""How an attempt ends: well, or with an error that is worth another attempt or is not."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from foundation.jobs import registry, states
from foundation.jobs.models import Job
from foundation.jobs.services.leases import Run
from foundation.jobs.services.parts import part_failed, part_succeeded
from foundation.jobs.services.queueing import requeue


def succeed(run: Run, result: Mapping[str, Any] | None) -> registry.Ended:
    """End the attempt with its result, a small JSON object; LostLease when it is no longer ours.

    As the last thing within `run.commit()`, results and end are one transaction: the results are there exactly once,
    whenever the worker dies. Returns what the handler must return then. The last part of a split job queues its merge.
    """
    with run.commit():
        Job.objects.filter(pk=run.job_id).update(
            state=states.JOB.target("succeed", states.RUNNING),
            result=dict(result) if result is not None else None,
            progress=1.0,
            finished_at=Now(),
            lease_expires_at=None,
        )
        if run.parent_id is not None:
            part_succeeded(run.parent_id)
    return registry.Ended()


def fail(run: Run, *, code: str, detail: str, retryable: bool) -> None:
    """End the attempt with an error; a retryable one is queued again after a growing pause while attempts last.

    A part that fails for good fails its parent.
    """
    with run.commit():
        row = Job.objects.get(pk=run.job_id)
        row.state = states.JOB.target("fail", row.state)
        Job.objects.filter(pk=row.pk).update(
            state=row.state, error_code=code, error_detail=detail[:4000], finished_at=Now(), lease_expires_at=None
        )
        if retryable and row.tries < row.max_attempts:
            requeue(row, pause=_pause(row))
        elif row.parent_id is not None:
            part_failed(row, row.parent_id, code=code, detail=detail)


def _pause(row: Job) -> timedelta:
    """By the policy of the kind; a merge and a job that was tried again by hand begin with the first pause."""
    policy = registry.kind(row.kind_to_run)
    tried_before = max(row.max_attempts - policy.max_attempts, 0)
    return policy.backoff.pause(max(row.tries - tried_before, 1), random.random())  # noqa: S311 - no secret
