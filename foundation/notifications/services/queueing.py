"""Messages to webhooks: written with what caused them, queued again when they are due."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, present
from foundation.jobs import services as jobs
from foundation.notifications import policies, selectors, states
from foundation.notifications.models import WebhookDelivery, WebhookEndpoint

SEND_JOB: Final = "notifications.send_webhook"
TEST_KIND: Final = "webhook.test"
BATCH: Final = 500


def queue_message(endpoint: WebhookEndpoint, *, kind: str, data: Mapping[str, Any], at: datetime) -> WebhookDelivery:
    """Write a message to an active endpoint and its job, in the caller's transaction.

    The body is kept as the text that is signed: every attempt sends the same bytes.
    """
    body = {"type": kind, "timestamp": at.isoformat(), "data": dict(data)}
    row = WebhookDelivery.objects.create(
        endpoint=endpoint,
        kind=kind,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
        state=states.WEBHOOK_DELIVERY.target("queue"),
        next_attempt_at=at,
    )
    _enqueue(row.pk)
    return row


@transaction.atomic
def queue_due() -> int:
    """Queue a job for every delivery to an active endpoint whose next attempt is due (beat); how many.

    Deliveries that another transaction holds are being attempted; a job that waits already is not doubled.
    """
    due = WebhookDelivery.objects.filter(
        state=states.PENDING, endpoint__state=states.ACTIVE, next_attempt_at__lte=timezone.now()
    )
    locked = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_attempt_at")
    identifiers = [row.pk for row in locked[:BATCH]]
    for delivery_id in identifiers:
        _enqueue(delivery_id)
    return len(identifiers)


@transaction.atomic
def test_endpoint(*, actor: Actor, endpoint_id: int) -> WebhookDelivery:
    """Send a message of kind `webhook.test` to an active endpoint. Conflict for one that is not active."""
    endpoint = selectors.endpoint(actor, endpoint_id)
    policies.require_keeper(actor)
    _require_active(endpoint)
    row = queue_message(endpoint, kind=TEST_KIND, data={"endpoint": endpoint.pk}, at=timezone.now())
    audit.record(
        actor=actor, action="webhook.tested", subject=("webhook_endpoint", endpoint.pk), data={"delivery": row.pk}
    )
    return row


@transaction.atomic
def redeliver(*, actor: Actor, delivery_id: int) -> WebhookDelivery:
    """Queue an ended delivery anew, with the same `webhook-id` and body. Conflict while its endpoint is not active."""
    endpoint_id = selectors.delivery(actor, delivery_id).endpoint_id
    policies.require_keeper(actor)
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    row = present(WebhookDelivery.objects.select_for_update().filter(pk=delivery_id).first())
    target = states.WEBHOOK_DELIVERY.target("redeliver", row.state)
    _require_active(endpoint)
    row.state, row.tries, row.next_attempt_at, row.ended_at = target, 0, timezone.now(), None
    row.save(update_fields=["state", "tries", "next_attempt_at", "ended_at"])
    _enqueue(row.pk)
    audit.record(
        actor=actor,
        action="webhook.redelivered",
        subject=("webhook_endpoint", row.endpoint_id),
        data={"delivery": row.pk},
    )
    return row


def _require_active(endpoint: WebhookEndpoint) -> None:
    if endpoint.state != states.ACTIVE:
        raise Conflict(_("The webhook is '%(state)s': resume it first."), state=endpoint.state)


def _enqueue(delivery_id: int) -> None:
    jobs.enqueue(
        kind=SEND_JOB,
        arguments={"delivery_id": delivery_id},
        subject=("webhook_delivery", delivery_id),
        dedup_key=f"{SEND_JOB}:{delivery_id}",
    )
