"""Figures of authorization."""

from django.db.models import Count

from foundation.observability.gauges import Reading, gauge
from marketplace.authorization.models import AccessRequest, Grant


@gauge("exchange_access_requests", "Access requests by state", "state")
def requests() -> Reading:
    """How many stand where."""
    return [((state,), n) for state, n in AccessRequest.objects.order_by().values_list("state").annotate(Count("pk"))]


@gauge("exchange_grants", "Grants by state", "state")
def grants() -> Reading:
    """How many are in force and how many were."""
    return [((state,), n) for state, n in Grant.objects.order_by().values_list("state").annotate(Count("pk"))]
