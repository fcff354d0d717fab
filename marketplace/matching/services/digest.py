"""Telling both sides of new matches, once each: in a digest of all that is new, or at once those who asked for that.

A near miss is no news, nor is a match of a demand that is over, or whose buyer may not trade. A match is marked with
what tells of it, in its transaction, so that none is left out and none told twice. Providers read counts in steps, and
at once only of the first match of a listing: who looks for their listings, and what exactly for, is the buyer's affair,
which no price put on trial should tell.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from foundation.actors import Actor
from foundation.notifications import selectors as notices
from foundation.notifications import services as notifications
from foundation.participants.models import Organisation
from foundation.participants.states import VERIFIED
from marketplace.catalog.bulk import one_of
from marketplace.matching import states
from marketplace.matching.models import Demand, Match
from marketplace.matching.selectors import TRADING
from marketplace.matching.steps import in_steps

PROPOSED_KIND: Final = "matching.matches_proposed"
PROPOSED_AT_ONCE: Final = "matching.match_proposed"
LISTED_KIND: Final = "matching.listings_matched"
LISTED_AT_ONCE: Final = "matching.listing_matched"
_BUYER: Final = ("demand__organisation", "announced_at")
_PROVIDER: Final = ("listing__organisation", "provider_told_at")


def tell_of_matches(*, actor: Actor) -> int:
    """Tell every organisation with new matches, of its demands or its listings, what is new.

    Each at most once in settings.MATCH_DIGEST_HOURS. How many were told, as buyers or as providers.
    """
    return sum(
        _tell_one(actor, organisation_id, side, mark)
        for side, mark in (_BUYER, _PROVIDER)
        for organisation_id in list(_new(mark).order_by(side).values_list(side, flat=True).distinct())
    )


def _new(mark: str) -> QuerySet[Match]:
    return Match.objects.filter(TRADING, state=states.PROPOSED, eligible=True, **{mark: None})


@transaction.atomic
def _tell_one(actor: Actor, organisation_id: int, side: str, mark: str) -> bool:
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)  # two beats: one digest
    now = timezone.now()
    lately = {side: organisation_id, f"{mark}__gt": now - timedelta(hours=settings.MATCH_DIGEST_HOURS)}
    if Match.objects.filter(**lately).exists():
        return False
    new = _new(mark).filter(**{side: organisation_id}).select_for_update(of=("self",)).order_by("pk")
    rows = list(new.values_list("pk", "demand_id", "listing_id"))  # a provider may have a hundred thousand
    if not rows:
        return False
    Match.objects.filter(pk__in=one_of(pk for pk, *_pair in rows)).update(**{mark: now})
    demands = len({demand_id for _pk, demand_id, _listing in rows})
    counts: dict[str, int | str]
    if mark == _BUYER[1]:
        kind, counts = PROPOSED_KIND, {"matches": len(rows), "demands": demands}
    else:
        kind, counts = (
            LISTED_KIND,
            {"listings": in_steps(len({listing_id for *_row, listing_id in rows})), "demands": in_steps(demands)},
        )
        later = _not_the_first({pk: listing_id for pk, _demand, listing_id in rows})
        if later and notices.listening(LISTED_AT_ONCE, [organisation_id]):  # who hears at once reads no digest
            params = {"listings": in_steps(len(later))}
            notifications.tell(actor=actor, kind=LISTED_AT_ONCE, subject_id=organisation_id, params=params)
    notifications.tell(actor=actor, kind=kind, subject_id=organisation_id, params=counts)
    return True


def _not_the_first(matches: Mapping[int, int]) -> set[int]:
    """Of the listings of these (match → listing) those that had a match before, of which their provider was told."""
    told = Match.objects.filter(Q(told_at_once=True) | ~Q(provider_told_at=None))
    told = told.filter(listing_id__in=set(matches.values()))
    first = dict(told.order_by().values_list("listing_id").annotate(Min("pk")))
    return {listing_id for pk, listing_id in matches.items() if first.get(listing_id, pk) < pk}


def tell_at_once(*, actor: Actor, demand: Demand, rows: Iterable[Match]) -> None:
    """Tell those who hear at once of what is new among the matches of a demand, in the transaction that wrote them.

    Nobody while its buyer may not trade: it is matched anew once it may again.
    """
    if demand.organisation.state != VERIFIED:
        return
    new = [row for row in rows if row.eligible and row.state == states.PROPOSED and not row.told_at_once]
    new = [row for row in new if row.announced_at is None]
    if not new:
        return
    later = _not_the_first({row.pk: row.listing_id for row in new})
    Match.objects.filter(pk__in=[row.pk for row in new]).update(told_at_once=True)
    if notices.listening(PROPOSED_AT_ONCE, [demand.organisation_id]):
        notifications.tell(actor=actor, kind=PROPOSED_AT_ONCE, subject_id=demand.pk, params={"matches": len(new)})
    listed = Match.objects.filter(pk__in=[row.pk for row in new]).exclude(listing_id__in=later)
    found = Counter(listed.values_list("listing__organisation_id", flat=True))
    for provider in sorted(notices.listening(LISTED_AT_ONCE, list(found))):
        notifications.tell(
            actor=actor, kind=LISTED_AT_ONCE, subject_id=provider, params={"listings": in_steps(found[provider])}
        )
