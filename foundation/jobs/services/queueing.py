"""Putting jobs into the queue: a row in the caller's transaction, a message after it."""

import logging
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerDown

from foundation.jobs import registry, states
from foundation.jobs.models import Job

log = logging.getLogger(__name__)

TASK: Final = "foundation.jobs.run"
LONGEST_DELAY: Final = timedelta(minutes=1)
"""Longer pauses are left to the sweep: a worker would hold the message all the time."""
SLOW_SECONDS: Final = 0.5
SPARED_SECONDS: Final = 5.0
"""A broker that took SLOW_SECONDS not to answer is not asked again for so long by this process: a request that
enqueues a hundred jobs must not wait a hundred times. One that refuses at once is asked again at once."""
_spared_until = 0.0


def enqueue(
    *,
    kind: str,
    arguments: Mapping[str, Any],
    subject: tuple[str, int] | None = None,
    organisation_id: int | None = None,
    dedup_key: str = "",
) -> Job:
    """Write a queued job in the caller's transaction; its message is sent on commit.

    With a `dedup_key`, which must determine kind and arguments, an equal job that waits for its first attempt is
    locked, so that no worker can start it before the caller's change is committed, and is returned instead of a new
    one. A job that runs, or waits to be tried again, is no reason not to make another; nor is one that another
    transaction has just made or locked: nobody waits here, so that jobs may be enqueued in any order.

    KeyError for a kind that no room registered, RuntimeError outside a transaction, ValueError for a key that stands
    for another job.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("enqueue() belongs into the transaction of the change that causes the job")
    subject_type, subject_id = subject or ("", None)
    policy = registry.kind(kind)
    fields: dict[str, Any] = {
        "kind": kind,
        "arguments": dict(arguments),
        "state": states.JOB.target("enqueue"),
        "subject_type": subject_type,
        "subject_id": subject_id,
        "organisation_id": organisation_id,
        "dedup_key": dedup_key,
        "max_attempts": policy.max_attempts,
        "max_losses": policy.max_losses,
    }
    row = (_waiting(fields) if dedup_key else None) or Job.objects.create(**fields)
    transaction.on_commit(lambda: send(row.pk))
    return row


def _waiting(fields: Mapping[str, Any]) -> Job | None:
    """The waiting job with this key, locked, if there is one that nobody else holds."""
    waiting = Job.objects.filter(dedup_key=fields["dedup_key"], state=states.QUEUED, attempt=0)
    found = waiting.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True).first()
    if found is None:  # as nearly always: no more is asked for than that
        return None
    row = Job.objects.get(pk=found)
    if (row.kind, row.arguments) != (fields["kind"], fields["arguments"]):
        raise ValueError(f"deduplication key '{row.dedup_key}' stands for job {row.pk}, which does something else")
    return row


def requeue(row: Job, *, pause: timedelta) -> None:
    """Queue a locked, failed job for another attempt after `pause`."""
    row.state = states.JOB.target("retry", row.state)
    due = Now() + pause
    by_message = pause <= LONGEST_DELAY
    sent_at = due if by_message else due - timedelta(seconds=settings.JOB_RESEND_SECONDS)
    Job.objects.filter(pk=row.pk).update(state=row.state, run_after=due, sent_at=sent_at, finished_at=None)
    if by_message:
        transaction.on_commit(lambda: send(row.pk, delay=pause))


def send(job_id: int, *, delay: timedelta = timedelta(0)) -> bool:
    """Tell the broker, so that a worker takes the job up after `delay`; False when the broker is away.

    The job is safe then, too: the sweep sends again.
    """
    global _spared_until
    began = time.monotonic()
    if began < _spared_until:
        return False
    try:
        current_app.send_task(TASK, args=[job_id], countdown=delay.total_seconds() or None, retry=False)
    except (BrokerDown, OSError):
        now = time.monotonic()
        if now - began > SLOW_SECONDS:
            _spared_until = now + SPARED_SECONDS
        log.warning("broker unreachable: job %s waits for the sweep", job_id)
        return False
    return True


def send_all(job_ids: Iterable[int]) -> int:
    """How many were sent until the broker, if it is away, was found to be."""
    sent = 0
    for job_id in job_ids:
        if not send(job_id):
            break
        sent += 1
    return sent


def waiting_messages() -> int:
    """How many messages wait in the broker for a worker; none where it is away, which the next send will find out."""
    with current_app.connection_for_write() as connection:
        away: tuple[type[BaseException], ...] = (BrokerDown, *connection.connection_errors)
        try:
            channel: Any = connection.default_channel
            return int(channel.queue_declare(current_app.conf.task_default_queue).message_count)
        except away:
            return 0
