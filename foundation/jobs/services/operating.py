"""What people and the sweep do to jobs from outside."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import NotFound
from foundation.jobs import policies, selectors, states
from foundation.jobs.models import Job
from foundation.jobs.services.queueing import requeue, send

RESEND_AFTER: Final = timedelta(seconds=30)
SWEEP_BATCH: Final = 1_000
WORKER_LOST: Final = "worker_lost"
"""Code of a job whose workers died, attempt after attempt."""


def _locked(actor: Actor, job_id: int) -> Job:
    row = selectors.visible_jobs(actor).select_for_update().filter(pk=job_id).first()
    if row is None:
        raise NotFound
    policies.require_operator(actor)
    return row


@transaction.atomic
def retry_job(*, actor: Actor, job_id: int) -> Job:
    """Queue a failed job again by hand, with one more attempt."""
    row = _locked(actor, job_id)
    states.JOB.target("retry", row.state)
    row.max_attempts = max(row.max_attempts, row.attempt + 1)
    row.save(update_fields=["max_attempts"])
    requeue(row, pause=timedelta(0))
    audit.record(actor=actor, action="job.retried", subject=("job", row.pk), data={"kind": row.kind})
    row.refresh_from_db()
    return row


@transaction.atomic
def cancel_job(*, actor: Actor, job_id: int) -> Job:
    """Cancel a queued or running job; a running worker notices at its next report, and can write nothing more."""
    row = _locked(actor, job_id)
    Job.objects.filter(pk=row.pk).update(
        state=states.JOB.target("cancel", row.state), finished_at=Now(), lease_expires_at=None
    )
    audit.record(actor=actor, action="job.cancelled", subject=("job", row.pk), data={"kind": row.kind})
    row.refresh_from_db()
    return row


def sweep() -> dict[str, int]:
    """Bring back jobs whose worker died and send again what the broker lost. Returns counts of each.

    Each lost job has a transaction of its own: one that cannot be mended does not keep the others down.
    """
    lost = failed = 0
    expired = Job.objects.filter(state=states.RUNNING, lease_expires_at__lt=Now())
    for job_id in list(expired.values_list("pk", flat=True)[:SWEEP_BATCH]):
        state = _bring_back(expired, job_id)
        lost += state == states.QUEUED
        failed += state == states.FAILED
    return {"lost": lost, "failed": failed, "resent": _send_again(_overdue())}


@transaction.atomic
def _bring_back(expired: models.QuerySet[Job], job_id: int) -> str:
    """The state in which a job is left whose lease has run out; nothing when somebody else is at it."""
    row = expired.select_for_update(skip_locked=True).filter(pk=job_id).first()
    if row is None:
        return ""
    changes: dict[str, Any]
    if row.attempt < row.max_attempts:
        changes = {"state": states.JOB.target("lose", row.state), "sent_at": Now()}
        transaction.on_commit(lambda: send(job_id))
    else:
        changes = {
            "state": states.JOB.target("fail", row.state),
            "error_code": WORKER_LOST,
            "error_detail": _("The worker stopped without a word, at the last attempt too."),
            "finished_at": Now(),
        }
    Job.objects.filter(pk=job_id).update(lease_expires_at=None, **changes)
    return str(changes["state"])


@transaction.atomic
def _overdue() -> list[int]:
    """Queued jobs whose message must be lost, marked as sent now."""
    due = Job.objects.filter(state=states.QUEUED, run_after__lte=Now(), sent_at__lt=Now() - RESEND_AFTER)
    identifiers = list(
        due.select_for_update(skip_locked=True).values_list("pk", flat=True).order_by("pk")[:SWEEP_BATCH]
    )
    Job.objects.filter(pk__in=identifiers).update(sent_at=Now())
    return identifiers


def _send_again(identifiers: Iterable[int]) -> int:
    """How many were sent until the broker, if it is away, was found to be. After the commit: no lock is in the way."""
    sent = 0
    for job_id in identifiers:
        if not send(job_id):
            break
        sent += 1
    return sent
