"""One attempt at a job: claimed by a state transition, held by a lease, fenced by its number."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.db.models.functions import Now

from foundation.errors import DomainError, Unavailable
from foundation.jobs import registry, states
from foundation.jobs.errors import LostLease, Retryable
from foundation.jobs.models import Job
from foundation.jobs.services.queueing import requeue

log = logging.getLogger(__name__)

BACKOFF: Final = (timedelta(seconds=2), timedelta(seconds=15), timedelta(seconds=90))
LONGEST_CALL: Final = timedelta(hours=1)


def lease_end() -> models.expressions.CombinedExpression:
    """The instant to which a lease taken now lasts, by the database's clock."""
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


@dataclass(frozen=True, slots=True)
class Run:
    """A claimed attempt, handed to the job's handler. `attempt` is the fencing token: only its holder may write."""

    job_id: int
    attempt: int

    def _mine(self) -> models.QuerySet[Job]:
        return Job.objects.filter(pk=self.job_id, attempt=self.attempt, state=states.RUNNING)

    def progress(self, share: float, note: str = "") -> None:
        """Report `share` (0 to 1) and renew the lease; LostLease when the attempt is no longer ours.

        Outside of transactions: inside one, nobody would see it before the end.
        """
        changed = self._mine().update(
            progress=min(max(share, 0.0), 1.0), progress_note=note[:200], lease_expires_at=lease_end()
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

    @contextmanager
    def heartbeat(self, *, at_most: timedelta = LONGEST_CALL) -> Iterator[None]:
        """Renew the lease from a thread while the block computes and cannot report, for instance in native code.

        For `at_most` so long: a call that hangs must lose its lease one day. LostLease after the block if it was lost.
        """
        done, lost = threading.Event(), threading.Event()
        beats = int(at_most / _beat())
        thread = threading.Thread(target=self._renew, args=(done, lost, beats), name=f"lease of job {self.job_id}")
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
        if lost.is_set():
            raise LostLease

    def _renew(self, done: threading.Event, lost: threading.Event, beats: int) -> None:
        try:
            for _number in range(beats):
                if done.wait(_beat().total_seconds()):
                    return
                try:
                    kept = self._renew_once()
                except DatabaseError:
                    log.warning("job %s: lease not renewed, trying again", self.job_id, exc_info=True)
                    connection.close()
                    continue
                if not kept:
                    lost.set()
                    return
        finally:
            connection.close()  # this thread's own

    def _renew_once(self) -> bool:
        """Whether the attempt is still ours. A row locked by our own commit() is passed over, never waited for."""
        with transaction.atomic():
            if self._mine().select_for_update(skip_locked=True).exists():
                self._mine().update(lease_expires_at=lease_end())
                return True
            return self._mine().exists()


def _beat() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS) / 3


@transaction.atomic
def claim(job_id: int) -> tuple[Job, Run] | None:
    """Take a due, queued job: state, lease and attempt number under one lock. None when it is not ours to take.

    A kind that this process does not know is left to a worker that does: during an upgrade both are there.
    """
    row = (
        Job.objects.select_for_update(skip_locked=True)
        .filter(pk=job_id, state=states.QUEUED, run_after__lte=Now(), kind__in=registry.names())
        .first()
    )
    if row is None:
        return None
    Job.objects.filter(pk=row.pk).update(
        state=states.JOB.target("claim", row.state),
        attempt=row.attempt + 1,
        started_at=Now(),
        lease_expires_at=lease_end(),
        progress=0.0,
        progress_note="",
        error_code="",
        error_detail="",
    )
    row.refresh_from_db()
    return row, Run(row.pk, row.attempt)


def succeed(run: Run, result: Mapping[str, Any] | None) -> None:
    """End the attempt with its result, a small JSON object."""
    with run.commit():
        Job.objects.filter(pk=run.job_id).update(
            state=states.JOB.target("succeed", states.RUNNING),
            result=dict(result) if result is not None else None,
            progress=1.0,
            finished_at=Now(),
            lease_expires_at=None,
        )


def fail(run: Run, *, code: str, detail: str, retryable: bool) -> None:
    """End the attempt with an error; a retryable one is queued again after a growing pause while attempts last."""
    with run.commit():
        row = Job.objects.get(pk=run.job_id)
        row.state = states.JOB.target("fail", row.state)
        Job.objects.filter(pk=row.pk).update(
            state=row.state, error_code=code, error_detail=detail[:4000], finished_at=Now(), lease_expires_at=None
        )
        if retryable and row.attempt < row.max_attempts:
            requeue(row, pause=BACKOFF[min(row.attempt, len(BACKOFF)) - 1])


def execute(job_id: int) -> None:
    """Claim and run one job. Errors that a person must mend are terminal; others are retried, then terminal.

    Where not even the error can be written (the database is away), the lease runs out and the sweep brings it back.
    """
    claimed = claim(job_id)
    if claimed is None:
        return
    row, run = claimed
    try:
        _attempt(row, run)
    except LostLease:
        log.warning("job %s attempt %s: lease lost, results dropped", row.pk, run.attempt)
    except DatabaseError:
        log.exception("job %s attempt %s: its end could not be written; left to the sweep", row.pk, run.attempt)


def _attempt(row: Job, run: Run) -> None:
    try:
        succeed(run, registry.kind(row.kind).handler(run, **row.arguments))
    except LostLease:
        raise
    except (Retryable, Unavailable) as error:
        fail(run, code=Unavailable.code, detail=str(error), retryable=True)
    except DomainError as error:
        fail(run, code=error.code, detail=str(error), retryable=False)
    except Exception as error:
        log.exception("job %s (%s) attempt %s failed", row.pk, row.kind, run.attempt)
        # the class alone: the text of an unforeseen error may hold values of the data; the server's log has it all
        fail(run, code="internal_error", detail=type(error).__name__, retryable=True)
