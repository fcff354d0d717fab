"""What is measured at the moment of matching: licences that stand, rights that are kept, providers' records."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Count, Max, Q
from django.utils import timezone

from marketplace.authorization import states as authorization
from marketplace.authorization.allotments import in_force
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.catalog.bulk import one_of


def standing_licences(listing_ids: Collection[int], now: datetime) -> dict[int, dict[str, date | None]]:
    """Until which day any licence, and any exclusive one, of these listings stands."""
    standing = Grant.objects.filter(listing__in=one_of(listing_ids), state__in=authorization.STANDING, ends_at__gt=now)
    found = (
        standing.order_by()
        .values("listing_id")
        .annotate(any=Max("ends_at"), alone=Max("ends_at", filter=Q(exclusive=True)))
    )
    return {row["listing_id"]: {name: _day(row[name]) for name in ("any", "alone")} for row in found}


def allotted_to(listing_ids: Collection[int], now: datetime) -> dict[int, tuple[int, ...]]:
    """Listing → the buyers for whom the exclusive right to it is kept."""
    found: dict[int, tuple[int, ...]] = {}
    kept = in_force(now).filter(listing__in=one_of(listing_ids)).order_by("organisation_id")
    for listing_id, buyer_id in kept.values_list("listing_id", "organisation_id"):
        found[listing_id] = (*found.get(listing_id, ()), buyer_id)
    return found


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else timezone.localdate(instant)


def records_of(providers: Collection[int]) -> dict[int | None, tuple[int, int]]:
    """Of the requests for each provider's listings: how many were decided, how many led to a grant that still counts.

    Those that were withdrawn, lapsed or never answered say nothing of a provider; a grant that was taken back does not
    count as one.
    """
    decided = AccessRequest.objects.filter(
        version__listing__organisation__in=one_of(providers), state__in=(authorization.APPROVED, authorization.REJECTED)
    )
    kept = Q(state=authorization.APPROVED) & ~Q(grant__state=authorization.REVOKED)
    rows = decided.order_by().values_list("version__listing__organisation")
    counted = rows.annotate(decided=Count("pk"), granted=Count("pk", filter=kept))
    return {provider: (count, granted) for provider, count, granted in counted}
