"""What beat does for jobs: bring back the lost, send again what the broker lost, remove what ended long ago."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from foundation.errors import DomainError
from foundation.jobs import registry, states
from foundation.jobs.models import Job
from foundation.jobs.services.leases import parent_waits, wanted
from foundation.jobs.services.parts import part_failed
from foundation.jobs.services.queueing import send, send_all, waiting_messages

log = logging.getLogger(__name__)

BATCH: Final = 1_000
PRUNED: Final = 100
"""Jobs removed in one transaction, each with up to `parts.PARTS_AT_MOST` parts."""
WORKER_LOST: Final = "worker_lost"
"""Code of a job whose workers died, attempt after attempt."""


def sweep() -> dict[str, int]:
    """Bring back jobs whose worker died and send again what the broker lost. Returns counts of each.

    Each lost job has a transaction of its own: one that cannot be mended does not keep the others down.
    """
    lost = failed = 0
    expired = Job.objects.filter(state=states.RUNNING, lease_expires_at__lt=Now())
    for job_id in list(expired.values_list("pk", flat=True)[:BATCH]):
        state = _bring_back(expired, job_id)
        lost += state == states.QUEUED
        failed += state == states.FAILED
    _cancel_unwanted()
    return {"lost": lost, "failed": failed, "resent": send_all(_overdue())}


@transaction.atomic
def _bring_back(expired: models.QuerySet[Job], job_id: int) -> str:
    """The state in which a job is left whose lease has run out; nothing when somebody else is at it."""
    row = expired.select_for_update(skip_locked=True).filter(pk=job_id).first()
    if row is None:
        return ""
    changes: dict[str, Any]
    losses = row.losses + 1
    if not wanted(row):
        changes = {"state": states.JOB.target("cancel", row.state), "finished_at": Now()}
    elif losses < row.max_losses:
        changes = {"state": states.JOB.target("lose", row.state), "sent_at": Now()}
        transaction.on_commit(lambda: send(job_id))
    else:
        detail = _(
            "Its workers stopped without a word, one after the other: the job may need more memory than a worker has."
        )
        changes = {
            "state": states.JOB.target("fail", row.state),
            "error_code": WORKER_LOST,
            "error_detail": detail,
            "finished_at": Now(),
        }
    Job.objects.filter(pk=job_id).update(lease_expires_at=None, losses=losses, **changes)
    if changes["state"] == states.FAILED and row.parent_id is not None:
        part_failed(row, row.parent_id, code=WORKER_LOST, detail=detail)
    return str(changes["state"])


@transaction.atomic
def _cancel_unwanted() -> None:
    """Parts that wait for a worker although their parent waits for nothing: somebody held them when it ended."""
    left = Job.objects.filter(state=states.QUEUED, parent__isnull=False).exclude(parent_waits())
    locked = list(left.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Job.objects.filter(pk__in=locked).update(state=states.JOB.target("cancel", states.QUEUED), finished_at=Now())


@transaction.atomic
def _overdue() -> list[int]:
    """Queued jobs whose message must be lost, marked as sent now, those first that have waited longest for one.

    At most as many as are due and have no message in the queue: where all workers are busy for long, messages wait as
    well, and sending them again and again would only fill the broker.
    """
    due = Job.objects.filter(state=states.QUEUED, run_after__lte=Now())
    silent = due.filter(sent_at__lt=Now() - timedelta(seconds=settings.JOB_RESEND_SECONDS))
    if not silent.exists():
        return []
    missing = min(max(due.count() - waiting_messages(), 0), BATCH)
    identifiers = list(
        silent.select_for_update(skip_locked=True).values_list("pk", flat=True).order_by("sent_at", "pk")[:missing]
    )
    Job.objects.filter(pk__in=identifiers).update(sent_at=Now())
    return identifiers


def prune() -> int:
    """Remove jobs that ended longer ago than JOB_RETENTION_DAYS, with their parts; how many, without the parts.

    What they did stays, and so does what the audit log says of them. Results of parts whose merge has succeeded or was
    cancelled are released at once; those of a job that failed stay as long as it can be tried again.
    """
    _release_unread()
    age = timedelta(days=settings.JOB_RETENTION_DAYS)
    ended = Job.objects.filter(state__in=states.FINISHED, parent__isnull=True, finished_at__lt=Now() - age)
    removed = 0
    while batch := _remove(ended):
        removed += batch
    return removed


@transaction.atomic
def _remove(ended: models.QuerySet[Job]) -> int:
    """Remove one batch; how many. Locked, so that what an operator tries again at this moment stays, parts and all."""
    locked = ended.select_for_update(skip_locked=True).order_by("pk")
    identifiers = list(locked.values_list("pk", flat=True)[:PRUNED])
    parts = Job.objects.filter(parent__in=identifiers)
    _release(_holding(parts))
    parts._raw_delete(parts.db)  # parts have no parts: nothing hangs on them, and there may be a million
    Job.objects.filter(pk__in=identifiers).delete()
    return len(identifiers)


def _holding(jobs: models.QuerySet[Job]) -> models.QuerySet[Job]:
    """Those whose result holds something that their kind must release."""
    return jobs.filter(kind__in=registry.releasing().keys(), state=states.SUCCEEDED, result__isnull=False)


def _release(parts: Iterable[Job]) -> None:
    """In the transaction that forgets their results."""
    how = registry.releasing()
    for part in parts:
        how[part.kind](part.result or {})


def _release_unread() -> None:
    """Release results of parts whose merge has read them or never will; a part that cannot be is left and logged."""
    if not registry.releasing():
        return
    done = (states.SUCCEEDED, states.CANCELLED)  # neither is ever tried again
    for part_id in list(_holding(Job.objects.filter(parent__state__in=done)).values_list("pk", flat=True)[:BATCH]):
        try:
            with transaction.atomic():
                part = _holding(Job.objects.select_for_update(skip_locked=True)).filter(pk=part_id).first()
                if part is not None:
                    _release([part])
                    Job.objects.filter(pk=part_id).update(result=None)
        except (DomainError, DatabaseError, OSError):
            log.exception("the result of job %s could not be released", part_id)
