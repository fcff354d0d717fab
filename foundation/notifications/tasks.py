"""Background work of notifications: telling, mailing, sending to webhooks, and what beat runs.

The kinds of notice are loaded here, so that every process knows the job `tell.<kind>` of each.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from celery import shared_task
from django.utils.module_loading import autodiscover_modules

from foundation.actors import system
from foundation.jobs.registry import Backoff, Outcome, job
from foundation.jobs.services import Run, succeed
from foundation.notifications import registry, services
from foundation.notifications.services.endpoints import policy
from foundation.notifications.services.queueing import SEND_JOB
from foundation.notifications.services.telling import MAIL_JOB
from foundation.notifications.webhooks import sending

ACTOR = system("notifications")
TELL = "tell."


def _tell(kind: str, run: Run, *, subject_id: int) -> Outcome:
    """Tell of one subject, once: what is written and the end of the job are one transaction."""
    with run.commit():
        told = services.tell(actor=ACTOR, kind=kind, subject_id=subject_id)
        return succeed(run, {"people": told.people, "mails": told.mails, "webhooks": told.webhooks})


autodiscover_modules("notices")
for _kind in registry.kinds():
    job(f"{TELL}{_kind.name}")(partial(_tell, _kind.name))


@job(MAIL_JOB, max_attempts=10, backoff=Backoff(first=timedelta(seconds=30), factor=3, longest=timedelta(hours=6)))
def mail(run: Run, *, notification_id: int) -> dict[str, Any]:
    """Send one notice by mail."""
    return services.mail_notification(notification_id=notification_id)


@job(SEND_JOB)
def send_webhook(run: Run, *, delivery_id: int) -> Outcome:
    """One attempt at a delivery; when it fails, beat queues the next one in its time."""
    with run.commit():
        attempt = services.begin_attempt(actor=ACTOR, delivery_id=delivery_id)
    if attempt is None:
        return {"sent": False}
    with run.heartbeat():
        outcome = sending.post(attempt.url, headers=attempt.headers, body=attempt.body, policy=policy())
    with run.commit():
        services.end_attempt(actor=ACTOR, attempt_id=attempt.attempt_id, outcome=outcome)
        return succeed(run, {"sent": outcome.delivered, "status": outcome.status, "error": outcome.error})


@shared_task(name="foundation.notifications.send_due")
def send_due() -> int:
    """Queue the deliveries that are due (beat)."""
    return services.queue_due()


@shared_task(name="foundation.notifications.keep")
def keep() -> None:
    """Delete what is old, move secrets to the newest key (beat)."""
    services.prune()
    services.reseal_secrets()


@shared_task(name="foundation.notifications.tell_failed_jobs")
def tell_failed_jobs() -> int:
    """Say of jobs that failed for good (beat)."""
    return services.announce_failed_jobs()
