"""What people do to jobs from outside."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, NotFound
from foundation.jobs import policies, selectors, states
from foundation.jobs.models import Job
from foundation.jobs.services.parts import cancel_parts, resume
from foundation.jobs.services.queueing import requeue


def _locked(actor: Actor, job_id: int) -> Job:
    row = selectors.visible_jobs(actor).select_for_update().filter(pk=job_id).first()
    if row is None:
        raise NotFound
    policies.require_operator(actor)
    if row.parent_id is not None:
        raise Conflict(_("This is a part of job %(job)s: try that one again, or cancel it."), job=row.parent_id)
    return row


@transaction.atomic
def retry_job(*, actor: Actor, job_id: int) -> Job:
    """Queue a failed job again by hand, with one more attempt; of a split one, the parts that have not succeeded."""
    row = _locked(actor, job_id)
    states.JOB.target("retry", row.state)
    row.max_attempts = max(row.max_attempts, row.tries + 1)
    row.max_losses = max(row.max_losses, row.losses + 1)
    row.save(update_fields=["max_attempts", "max_losses"])
    if row.merge_kind:
        resume(row)
    else:
        requeue(row, pause=timedelta(0))
    audit.record(actor=actor, action="job.retried", subject=("job", row.pk), data={"kind": row.kind})
    row.refresh_from_db()
    return row


@transaction.atomic
def cancel_job(*, actor: Actor, job_id: int) -> Job:
    """Cancel a job that has not ended, with its parts.

    A worker that runs it notices at its next report or heartbeat, and can write nothing more.
    """
    row = _locked(actor, job_id)
    Job.objects.filter(pk=row.pk).update(
        state=states.JOB.target("cancel", row.state), finished_at=Now(), lease_expires_at=None
    )
    cancel_parts(row.pk)
    audit.record(actor=actor, action="job.cancelled", subject=("job", row.pk), data={"kind": row.kind})
    row.refresh_from_db()
    return row
