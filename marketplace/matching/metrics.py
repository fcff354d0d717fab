"""Figures of matching."""

from foundation.observability.gauges import Reading, gauge
from marketplace.authorization.allotments import in_force
from marketplace.matching.models import Dormancy


@gauge("exchange_dormant_listings", "Published listings that nobody has used for DORMANT_DAYS")
def dormant() -> Reading:
    """How many."""
    return [((), Dormancy.objects.filter(ended_at=None).count())]


@gauge("exchange_allotments", "Exclusive rights that are kept for a buyer")
def allotted() -> Reading:
    """How many keep others from asking."""
    return [((), in_force().count())]
