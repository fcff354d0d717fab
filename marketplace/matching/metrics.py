"""Figures of matching."""

from foundation.observability.gauges import Reading, gauge
from marketplace.authorization.allotments import in_force
from marketplace.matching.exposure import exposure
from marketplace.matching.models import Dormancy


@gauge("exchange_dormant_listings", "Published listings that nobody has used for DORMANT_DAYS")
def dormant() -> Reading:
    """How many."""
    return [((), Dormancy.objects.filter(ended_at=None).count())]


@gauge("exchange_allotments", "Exclusive rights that are kept for a buyer")
def allotted() -> Reading:
    """How many keep others from asking."""
    return [((), in_force().count())]


@gauge("exchange_match_exposure", "Share of the first ten places that providers of each size get", "group")
def exposed() -> Reading:
    """By how many listings a provider has; new ones also by themselves."""
    return [((row.group,), row.first_places) for row in exposure()]
