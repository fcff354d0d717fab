"""Figures of notices and webhooks."""

from django.db.models import Count, Min
from django.db.models.functions import Now

from foundation.notifications import states
from foundation.notifications.models import WebhookDelivery, WebhookEndpoint
from foundation.observability.gauges import Reading, gauge


@gauge("exchange_webhook_endpoints", "Webhook endpoints by state", "state")
def endpoints() -> Reading:
    """How many are served, and how many are paused."""
    counted = WebhookEndpoint.objects.order_by().values_list("state").annotate(Count("pk"))
    return [((state,), n) for state, n in counted]


@gauge("exchange_webhook_deliveries", "Webhook deliveries kept, by state", "state")
def deliveries() -> Reading:
    """How many arrived, wait and failed."""
    counted = WebhookDelivery.objects.order_by().values_list("state").annotate(Count("pk"))
    return [((state,), n) for state, n in counted]


@gauge("exchange_webhook_oldest_due_seconds", "For how long the oldest due webhook has been waiting; 0 where none is")
def oldest_due() -> Reading:
    """What an alert on a stuck sender looks at: deliveries to active endpoints only."""
    due = WebhookDelivery.objects.filter(
        state=states.PENDING, endpoint__state=states.ACTIVE, next_attempt_at__lte=Now()
    )
    ages = due.aggregate(age=Now() - Min("next_attempt_at"))
    return [((), ages["age"].total_seconds() if ages["age"] else 0.0)]
