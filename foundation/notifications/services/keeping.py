"""Housekeeping: what is old goes, secrets move to the newest key."""

import logging
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation.notifications.models import Notification, WebhookDelivery, WebhookEndpoint
from foundation.notifications.webhooks import keeping

BATCH: Final = 1_000

log = logging.getLogger(__name__)


def prune() -> dict[str, int]:
    """Delete notices and ended deliveries that are older than settings keep them, in batches; counts of each."""
    now = timezone.now()
    notices = Notification.objects.filter(created_at__lt=now - timedelta(days=settings.NOTIFICATION_DAYS))
    ended = WebhookDelivery.objects.filter(ended_at__lt=now - timedelta(days=settings.WEBHOOK_DELIVERY_DAYS))
    counts = {"notifications": 0, "deliveries": 0}
    while found := list(notices.values_list("pk", flat=True)[:BATCH]):
        Notification.objects.filter(pk__in=found).delete()
        counts["notifications"] += len(found)
    while found := list(ended.values_list("pk", flat=True)[:BATCH]):
        WebhookDelivery.objects.filter(pk__in=found).delete()
        counts["deliveries"] += len(found)
    return counts


def reseal_secrets() -> int:
    """Move stored secrets to the newest key and erase previous ones whose time is over; how many endpoints changed.

    One whose secret cannot be read stays as it is and keeps no other down.
    """
    newest, changed = keeping.newest_version(), 0
    for endpoint_id in WebhookEndpoint.objects.filter(secret__isnull=False).values_list("pk", flat=True):
        try:
            with transaction.atomic():
                changed += _reseal(endpoint_id, newest)
        except keeping.Unreadable:
            log.error("webhook endpoint %s: its secret cannot be read; is a NOTIFICATION_KEY missing?", endpoint_id)
    return changed


def _reseal(endpoint_id: int, newest: int) -> bool:
    row = WebhookEndpoint.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=endpoint_id).first()
    if row is None or row.secret is None:
        return False
    over = row.previous_until is not None and row.previous_until <= timezone.now()
    if over:
        row.previous_secret, row.previous_until = None, None
    elif row.key_version == newest:
        return False
    if row.key_version != newest:
        old = row.key_version
        row.secret = _moved(row, bytes(row.secret), old, newest)
        if row.previous_secret is not None:
            row.previous_secret = _moved(row, bytes(row.previous_secret), old, newest)
        row.key_version = newest
    row.save(update_fields=["secret", "previous_secret", "previous_until", "key_version"])
    return True


def _moved(row: WebhookEndpoint, stored: bytes, old: int, new: int) -> bytes:
    return keeping.seal(keeping.unseal(stored, endpoint=row.uid, version=old), endpoint=row.uid, version=new)
