"""Writing jobs: enqueue, claim, report, finish, sweep. Nothing here depends on what lives only in the broker."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import DomainError, NotFound
from foundation.jobs import registry, states
from foundation.jobs.models import Job

log = logging.getLogger(__name__)
RESEND_AFTER = timedelta(seconds=30)
BACKOFF = (timedelta(seconds=2), timedelta(seconds=15), timedelta(seconds=90))


class LostLease(Exception):
    """This worker no longer holds the job: another attempt runs, or it was cancelled. It must not write."""


class Retryable(Exception):
    """The attempt failed for a reason that may pass (a server is away); the job is tried again after a pause."""


def enqueue(
    *,
    kind: str,
    arguments: Mapping[str, Any],
    subject: tuple[str, int] | None = None,
    organisation_id: int | None = None,
    dedup_key: str = "",
) -> Job:
    """Write a queued job in the caller's transaction; its message is sent on commit.

    With a `dedup_key` at most one job waits: an equal waiting job is locked, so that no worker can start it before
    the caller's change is committed, and is returned instead of a new one.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("enqueue() belongs into the transaction of the change that causes the job")
    subject_type, subject_id = subject or ("", None)
    fields: dict[str, Any] = {
        "kind": kind,
        "arguments": dict(arguments),
        "state": states.JOB.target("enqueue"),
        "subject_type": subject_type,
        "subject_id": subject_id,
        "organisation_id": organisation_id,
        "dedup_key": dedup_key,
        "max_attempts": registry.kind(kind).max_attempts,
    }
    row = _one_waiting(fields) if dedup_key else Job.objects.create(**fields)
    transaction.on_commit(lambda: _send(row.pk))
    return row


def _one_waiting(fields: Mapping[str, Any]) -> Job:
    """The locked queued job with this key, made if there is none. The unique index settles two writers at once."""
    while True:
        Job.objects.bulk_create([Job(**fields)], ignore_conflicts=True)
        row = Job.objects.select_for_update().filter(dedup_key=fields["dedup_key"], state=states.QUEUED).first()
        if row is not None:  # else a worker claimed it in between: it may not see our change, so make another
            return row


def _send(job_id: int, *, delay: timedelta | None = None) -> None:
    """Tell the broker; when it is down the sweep sends again."""
    try:
        current_app.send_task(
            "foundation.jobs.run", args=[job_id], countdown=delay.total_seconds() if delay else None, retry=False
        )
    except (BrokerDown, OSError):
        log.warning("broker unreachable: job %s waits for the sweep", job_id)


@dataclass(frozen=True, slots=True)
class Run:
    """A claimed attempt, handed to the job's handler."""

    job_id: int
    attempt: int

    def _mine(self) -> models.QuerySet[Job]:
        return Job.objects.filter(pk=self.job_id, attempt=self.attempt, state=states.RUNNING)

    def progress(self, share: float, note: str = "") -> None:
        """Report `share` (0 to 1) and renew the lease; LostLease when the attempt is no longer ours."""
        changed = self._mine().update(
            progress=min(max(share, 0.0), 1.0), progress_note=note[:200], lease_expires_at=_lease_end()
        )
        if not changed:
            raise LostLease

    @contextmanager
    def commit(self) -> Iterator[None]:
        """The transaction of the attempt's results: it holds the job's row, so that no later attempt can overlap."""
        with transaction.atomic():
            if not self._mine().select_for_update().exists():
                raise LostLease
            yield


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def claim(job_id: int) -> tuple[Job, Run] | None:
    """Take a due, queued job: state, lease and attempt number in one statement's lock. None when it is not ours."""
    with transaction.atomic():
        row = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(pk=job_id, state=states.QUEUED, run_after__lte=timezone.now())
            .first()
        )
        if row is None:
            return None
        row.state = states.JOB.target("claim", row.state)
        row.attempt += 1
        row.started_at = timezone.now()
        row.lease_expires_at = _lease_end()
        row.error_code = row.error_detail = ""
        row.save(update_fields=["state", "attempt", "started_at", "lease_expires_at", "error_code", "error_detail"])
        return row, Run(row.pk, row.attempt)


def succeed(run: Run, result: Mapping[str, Any] | None) -> None:
    """End the attempt with its result."""
    with run.commit():
        Job.objects.filter(pk=run.job_id).update(
            state=states.JOB.target("succeed", states.RUNNING),
            result=dict(result) if result is not None else None,
            progress=1.0,
            finished_at=timezone.now(),
            lease_expires_at=None,
        )


def fail(run: Run, *, code: str, detail: str, retryable: bool) -> None:
    """End the attempt with an error; a retryable one is queued again after a growing pause while attempts last."""
    with run.commit():
        row = Job.objects.get(pk=run.job_id)
        row.state = states.JOB.target("fail", row.state)
        row.error_code, row.error_detail = code, detail[:4000]
        row.finished_at, row.lease_expires_at = timezone.now(), None
        row.save(update_fields=["state", "error_code", "error_detail", "finished_at", "lease_expires_at"])
        if retryable and row.attempt < row.max_attempts:
            _requeue(row, pause=BACKOFF[min(row.attempt, len(BACKOFF)) - 1])


def _requeue(row: Job, *, pause: timedelta) -> None:
    row.state = states.JOB.target("retry", row.state)
    row.run_after = timezone.now() + pause
    row.sent_at = row.run_after
    row.finished_at = None
    row.save(update_fields=["state", "run_after", "sent_at", "finished_at"])
    job_id = row.pk
    transaction.on_commit(lambda: _send(job_id, delay=pause))


@transaction.atomic
def retry_job(*, actor: Actor, job_id: int) -> Job:
    """Queue a failed job again by hand, with one more attempt."""
    row = Job.objects.select_for_update().filter(pk=job_id).first()
    if row is None:
        raise NotFound
    states.JOB.target("retry", row.state)
    row.max_attempts = max(row.max_attempts, row.attempt + 1)
    row.save(update_fields=["max_attempts"])
    _requeue(row, pause=timedelta(0))
    audit.record(actor=actor, action="job.retried", subject=("job", row.pk), data={"kind": row.kind})
    return row


@transaction.atomic
def cancel_job(*, actor: Actor, job_id: int) -> Job:
    """Cancel a queued or running job; a running worker notices at its next report."""
    row = Job.objects.select_for_update().filter(pk=job_id).first()
    if row is None:
        raise NotFound
    row.state = states.JOB.target("cancel", row.state)
    row.finished_at, row.lease_expires_at = timezone.now(), None
    row.save(update_fields=["state", "finished_at", "lease_expires_at"])
    audit.record(actor=actor, action="job.cancelled", subject=("job", row.pk), data={"kind": row.kind})
    return row


def sweep() -> dict[str, int]:
    """Bring back jobs whose worker died and send again what the broker lost. Returns counts."""
    now = timezone.now()
    lost = resent = failed = 0
    with transaction.atomic():
        for row in Job.objects.select_for_update(skip_locked=True).filter(
            state=states.RUNNING, lease_expires_at__lt=now
        ):
            if row.attempt >= row.max_attempts:
                row.state = states.JOB.target("fail", row.state)
                row.error_code, row.finished_at = "worker_lost", now
                failed += 1
            else:
                row.state = states.JOB.target("lose", row.state)
                lost += 1
            row.lease_expires_at = None
            row.save(update_fields=["state", "error_code", "finished_at", "lease_expires_at"])
        due = Job.objects.select_for_update(skip_locked=True).filter(
            state=states.QUEUED, run_after__lte=now, sent_at__lt=now - RESEND_AFTER
        )
        for job_id in list(due.values_list("pk", flat=True)):
            Job.objects.filter(pk=job_id).update(sent_at=now)
            transaction.on_commit(lambda job_id=job_id: _send(job_id))  # type: ignore[misc]
            resent += 1
    return {"lost": lost, "failed": failed, "resent": resent}


def execute(job_id: int) -> None:
    """Claim and run one job. Errors that a person must mend are terminal; others are retried, then terminal."""
    claimed = claim(job_id)
    if claimed is None:
        return
    row, run = claimed
    try:
        result = registry.kind(row.kind).handler(run, **row.arguments)
        succeed(run, result)
    except LostLease:
        log.warning("job %s attempt %s: lease lost, results dropped", row.pk, run.attempt)
    except DomainError as error:
        fail(run, code=error.code, detail=str(error), retryable=False)
    except Retryable as error:
        fail(run, code="retryable", detail=str(error), retryable=True)
    except Exception as error:
        log.exception("job %s (%s) attempt %s failed", row.pk, row.kind, run.attempt)
        fail(run, code="internal_error", detail=f"{type(error).__name__}: {error}", retryable=True)
