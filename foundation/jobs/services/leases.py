"""One attempt at a job: claimed by a state transition, held by a lease, fenced by its number."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Avg, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Now

from foundation.jobs import registry, states
from foundation.jobs.errors import LostLease
from foundation.jobs.models import Job

log = logging.getLogger(__name__)

LONGEST_CALL: Final = timedelta(hours=1)


def lease_end() -> models.expressions.CombinedExpression:
    """The instant to which a lease taken now lasts, by the database's clock."""
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


@dataclass(frozen=True, slots=True)
class Run:
    """A claimed attempt, handed to the job's handler. `attempt` is the fencing token: only its holder may write.

    A part loses its lease, too, when the job that it is a part of no longer waits for it.
    """

    job_id: int
    attempt: int
    parent_id: int | None = None

    def _mine(self) -> models.QuerySet[Job]:
        mine = Job.objects.filter(pk=self.job_id, attempt=self.attempt, state=states.RUNNING)
        return mine if self.parent_id is None else mine.filter(parent_waits())

    def _locked(self, *, skip_locked: bool = False) -> bool:
        return self._mine().select_for_update(skip_locked=skip_locked).exists()

    def progress(self, share: float, note: str = "") -> None:
        """Report `share` (0 to 1) and renew the lease; LostLease when the attempt is no longer ours.

        Outside of transactions: inside one, nobody would see it before the end.
        """
        changed = self._mine().update(
            progress=min(max(share, 0.0), 1.0), progress_note=note[:200], lease_expires_at=lease_end()
        )
        if not changed:
            raise LostLease
        if self.parent_id is not None:
            _report_to_parent(self.parent_id)

    @contextmanager
    def commit(self) -> Iterator[None]:
        """The transaction of the attempt's results: it holds the job's row, so that no later attempt can overlap.

        A worker that dies between this commit and the job's end leaves results *and* a job that will be tried again.
        Results that must be there exactly once are written with the end: `return succeed(run, …)` in the block.
        """
        with transaction.atomic():
            if not self._locked():
                raise LostLease
            yield

    @contextmanager
    def heartbeat(self, *, at_most: timedelta = LONGEST_CALL) -> Iterator[threading.Event]:
        """Renew the lease from a thread while the block computes and cannot report, for instance in native code.

        For `at_most` so long: a call that hangs must lose its lease one day. The event is set when the lease is lost
        or the job cancelled, for a block that can stop early; LostLease after the block in any case.
        """
        done, lost = threading.Event(), threading.Event()
        beats = int(at_most / _beat())
        thread = threading.Thread(target=self._renew, args=(done, lost, beats), name=f"lease of job {self.job_id}")
        thread.start()
        try:
            yield lost
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
            if self._locked(skip_locked=True):
                self._mine().update(lease_expires_at=lease_end())
                return True
            return self._mine().exists()


def parent_waits() -> Exists:
    """Whether the parent of a part waits for it. A subquery: a join would lock the parent's row with the part's."""
    return Exists(Job.objects.filter(pk=OuterRef("parent_id"), state=states.WAITING))


@transaction.atomic
def _report_to_parent(parent_id: int) -> None:
    """The progress of a job that waits is the mean of its parts. Never waits for the row: a later report will do."""
    free = Job.objects.filter(pk=parent_id, state=states.WAITING).select_for_update(skip_locked=True)
    Job.objects.filter(pk__in=free.values("pk")).update(progress=mean_of_parts())


def mean_of_parts() -> Subquery:
    """The mean progress of the parts of the row that is updated."""
    parts = Job.objects.filter(parent=OuterRef("pk")).order_by().values("parent")
    return Subquery(parts.annotate(mean=Avg("progress")).values("mean"))


def _beat() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS) / 3


@transaction.atomic
def claim(job_id: int) -> tuple[Job, Run] | None:
    """Take a due, queued job: state, lease and attempt number under one lock. None when it is not ours to take.

    A kind that this process does not know is left to a worker that does: during an upgrade both are there.
    """
    known = registry.names()
    row = (
        Job.objects.select_for_update(skip_locked=True)
        .filter(Q(merge_kind="", kind__in=known) | Q(merge_kind__in=known))
        .filter(pk=job_id, state=states.QUEUED, run_after__lte=Now())
        .first()
    )
    if row is None or not wanted(row):
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
    return row, Run(row.pk, row.attempt, row.parent_id)


def wanted(row: Job) -> bool:
    """Whether a job is worth running: a part is while its parent waits for it."""
    return row.parent_id is None or Job.objects.filter(pk=row.parent_id, state=states.WAITING).exists()
