"""Telling buyers of new matches: one notice for all demands of an organisation, not one for every match."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.notifications import services as notifications
from foundation.participants.models import Organisation
from marketplace.matching import states
from marketplace.matching.models import Match

PROPOSED_KIND = "matching.matches_proposed"


def tell_of_matches(*, actor: Actor) -> int:
    """Tell every organisation with new eligible matches of them, at most once in settings.MATCH_DIGEST_HOURS.

    Near misses are no news. Each match is marked with the notice that tells of it, in its transaction, so that none is
    left out and none told twice. How many organisations were told.
    """
    new = Match.objects.filter(state=states.PROPOSED, eligible=True, announced_at=None)
    buyers = list(new.order_by("demand__organisation").values_list("demand__organisation", flat=True).distinct())
    return sum(_tell_one(actor, organisation_id) for organisation_id in buyers)


@transaction.atomic
def _tell_one(actor: Actor, organisation_id: int) -> bool:
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)  # two beats: one digest
    of_buyer = Match.objects.filter(demand__organisation=organisation_id)
    now = timezone.now()
    if of_buyer.filter(announced_at__gt=now - timedelta(hours=settings.MATCH_DIGEST_HOURS)).exists():
        return False
    new = of_buyer.filter(state=states.PROPOSED, eligible=True, announced_at=None)
    rows = list(new.select_for_update(of=("self",)).order_by("pk"))
    if not rows:
        return False
    Match.objects.filter(pk__in=[row.pk for row in rows]).update(announced_at=now)
    counts = {"matches": len(rows), "demands": len({row.demand_id for row in rows})}
    notifications.tell(actor=actor, kind=PROPOSED_KIND, subject_id=organisation_id, params=counts)
    return True
