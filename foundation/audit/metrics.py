"""Figures of the audit log."""

from django.db.models import Exists, Min, OuterRef
from django.db.models.functions import Now

from foundation.audit.models import Event, Seal, SealedPosition
from foundation.observability.gauges import Reading, gauge


@gauge("exchange_audit_sealed_events", "Events under a seal")
def sealed() -> Reading:
    """The last sealed position."""
    newest = Seal.objects.order_by("-number").first()
    return [((), newest.last if newest else 0)]


@gauge("exchange_audit_unsealed_seconds", "Age of the oldest event that no seal covers yet; 0 where none waits")
def unsealed() -> Reading:
    """What an alert on a sealer that stands still looks at. Looks at events since the last seal only."""
    newest = Seal.objects.order_by("-number").first()
    waiting = Event.objects.filter(transaction__gte=newest.horizon if newest else 0)
    ages = waiting.exclude(Exists(SealedPosition.objects.filter(event_id=OuterRef("pk")))).aggregate(
        age=Now() - Min("at")
    )
    return [((), ages["age"].total_seconds() if ages["age"] else 0.0)]
