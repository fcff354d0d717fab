"""Figures of the catalogue."""

from django.db.models import Count

from foundation.observability.gauges import Reading, gauge
from marketplace.catalog.models import ListingVersion


@gauge("exchange_listing_versions", "Versions of listings by state", "state")
def versions() -> Reading:
    """How many are drafts, published, suspended."""
    return [((state,), n) for state, n in ListingVersion.objects.order_by().values_list("state").annotate(Count("pk"))]
