"""One attempt at a delivery: written before it is made, and what came of it after.

Locks: the endpoint, the delivery; none that keeps others from writing messages to the endpoint, since two that are
given up at once tell each other.

A message is sent at least once: a worker that is killed in between leaves an attempt without an end, and the next one
sends the same message under the same `webhook-id`, by which receivers drop what they have.
"""

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.notifications import states
from foundation.notifications.models import PauseReason, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from foundation.notifications.services.telling import tell
from foundation.notifications.webhooks import keeping, signing
from foundation.notifications.webhooks.sending import Outcome

log = logging.getLogger(__name__)

PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 15 * 3600))
"""Between attempts: eight of them in about a day. Each is stretched by up to a tenth, so that a receiver that comes
back is not met by everything at once."""
MOST_TRIES: Final = len(PAUSES) + 1
IN_FLIGHT: Final = timedelta(minutes=1)
"""As long an attempt is left alone, which is longer than it lasts: no second one begins beside it, and one that was
killed is noticed after it."""
WITHOUT_KEY: Final = timedelta(minutes=5)
"""Until it is tried again to read a secret whose key is not configured; that costs the receiver no attempt."""
LONGEST_WISH: Final = timedelta(hours=6)
"""As long as a receiver may ask for with Retry-After."""
GONE: Final = 410
BUSY: Final = (429, 503)
PAUSED_KIND: Final = "notifications.webhook_paused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What to send: the exact body, and the headers that sign it."""

    attempt_id: int
    url: str
    body: bytes
    headers: dict[str, str]


@transaction.atomic
def begin_attempt(*, actor: Actor, delivery_id: int) -> Attempt | None:
    """Write the next attempt of a due delivery to an active endpoint; None when there is nothing to send now.

    The delivery's next attempt is set before this one is made, so that a worker that dies leaves nothing to mend.
    """
    endpoint, row = _locked(delivery_id)
    now = timezone.now()
    if endpoint is None or row is None or row.state != states.PENDING or endpoint.state != states.ACTIVE:
        return None
    if row.next_attempt_at is None or row.next_attempt_at > now:
        return None
    if row.tries >= MOST_TRIES:  # the last one was killed
        _fail(actor, endpoint, row, now)
        return None
    try:
        secrets = _valid_secrets(endpoint, now)
    except keeping.Unreadable:
        log.error("webhook endpoint %s: its secret cannot be read; is a NOTIFICATION_KEY missing?", endpoint.pk)
        row.next_attempt_at = now + WITHOUT_KEY
        row.save(update_fields=["next_attempt_at"])
        return None
    row.tries += 1
    row.next_attempt_at = now + (max(_pause(row.tries), IN_FLIGHT) if row.tries < MOST_TRIES else IN_FLIGHT)
    row.save(update_fields=["tries", "next_attempt_at"])
    attempt = WebhookAttempt.objects.create(delivery=row, number=row.attempts.count() + 1, started_at=now)
    body = row.body.encode()
    signed = signing.headers(secrets, message_id=row.message_id, timestamp=int(now.timestamp()), body=body)
    headers = {"content-type": "application/json", "user-agent": "data-exchange-webhooks/1", **signed}
    return Attempt(attempt.pk, endpoint.url, body, headers)


@transaction.atomic
def end_attempt(*, actor: Actor, attempt_id: int, outcome: Outcome) -> WebhookDelivery:
    """Write what came of an attempt: delivered, to be tried again, or failed for good; 410 pauses the endpoint at once.

    An endpoint is paused, and its owner told, when a delivery has failed to the end and none arrived meanwhile.
    """
    attempt = WebhookAttempt.objects.get(pk=attempt_id)
    endpoint, row = _locked(attempt.delivery_id)
    if endpoint is None or row is None:
        raise WebhookDelivery.DoesNotExist
    now = timezone.now()
    attempt.ended_at, attempt.status, attempt.error = now, outcome.status, outcome.error
    attempt.save(update_fields=["ended_at", "status", "error"])
    if row.state != states.PENDING:  # cancelled, or ended by another attempt meanwhile
        return row
    _note_health(endpoint, attempt, failed=not outcome.delivered)
    if outcome.delivered:
        _end(row, "deliver", now)
    elif outcome.status == GONE:
        _end(row, "fail", now)
        _give_up(actor, endpoint, PauseReason.GONE)
    elif row.tries >= MOST_TRIES:
        _fail(actor, endpoint, row, now)
    elif row.tries and not row.attempts.filter(number__gt=attempt.number).exists():
        row.next_attempt_at = now + max(_pause(row.tries), _wish(outcome))
        row.save(update_fields=["next_attempt_at"])
    return row


def _locked(delivery_id: int) -> tuple[WebhookEndpoint | None, WebhookDelivery | None]:
    owner = WebhookDelivery.objects.filter(pk=delivery_id).values("endpoint_id")
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk__in=owner).first()
    return endpoint, WebhookDelivery.objects.select_for_update(no_key=True).filter(pk=delivery_id).first()


def _pause(tries: int) -> timedelta:
    return PAUSES[tries - 1] * random.uniform(1.0, 1.1)  # noqa: S311  (spreads load, hides nothing)


def _wish(outcome: Outcome) -> timedelta:
    """How long the receiver asks to be left alone."""
    if outcome.retry_after is None or outcome.status not in BUSY:
        return timedelta(0)
    return min(timedelta(seconds=outcome.retry_after), LONGEST_WISH)


def _valid_secrets(endpoint: WebhookEndpoint, now: datetime) -> list[bytes]:
    stored = [endpoint.secret]
    if endpoint.previous_until is not None and now < endpoint.previous_until:
        stored.append(endpoint.previous_secret)
    return [
        keeping.unseal(bytes(one), endpoint=endpoint.uid, version=endpoint.key_version)
        for one in stored
        if one is not None
    ]


def _note_health(endpoint: WebhookEndpoint, attempt: WebhookAttempt, *, failed: bool) -> None:
    since = (endpoint.failing_since or attempt.started_at) if failed else None
    if since != endpoint.failing_since:
        endpoint.failing_since = since
        endpoint.save(update_fields=["failing_since"])


def _fail(actor: Actor, endpoint: WebhookEndpoint, row: WebhookDelivery, now: datetime) -> None:
    _end(row, "fail", now)
    series = row.attempts.order_by("-number")[: row.tries]
    begun = min((attempt.started_at for attempt in series), default=now)
    if endpoint.failing_since is not None and endpoint.failing_since <= begun:
        _give_up(actor, endpoint, PauseReason.FAILING)


def _end(row: WebhookDelivery, event: str, now: datetime) -> None:
    row.state = states.WEBHOOK_DELIVERY.target(event, row.state)
    row.ended_at, row.next_attempt_at = now, None
    row.save(update_fields=["state", "ended_at", "next_attempt_at"])


def _give_up(actor: Actor, endpoint: WebhookEndpoint, reason: PauseReason) -> None:
    if not states.WEBHOOK_ENDPOINT.allows("give_up", endpoint.state):
        return  # its owner paused or disabled it meanwhile
    endpoint.state = states.WEBHOOK_ENDPOINT.target("give_up", endpoint.state)
    endpoint.pause_reason = reason
    endpoint.save(update_fields=["state", "pause_reason"])
    audit.record(
        actor=actor, action="webhook.given_up", subject=("webhook_endpoint", endpoint.pk), data={"reason": reason.value}
    )
    tell(actor=actor, kind=PAUSED_KIND, subject_id=endpoint.pk)
