"""Reading rounds of the allocation and their awards.

Rounds are public: how many took part and got something, and the digest of what it rests on. An award is seen by the
buyer, by the provider of the listing, and by the exchange; what demands are behind it by their buyers and the exchange
alone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import NotFound
from marketplace.authorization.allotments import visible_allotments
from marketplace.matching.cadence import last_due, next_due
from marketplace.matching.models import AllocationRound, Award

BILLIONTHS_OF_A_POINT = 10**7
"""Values are billionths of a score; people read points of a hundred."""

TO_NOBODY = _("Without this demand nobody would have got the right.")
TO_ANOTHER = _("Without this demand the right would have gone to another buyer's demand.")
TO_SAME_BUYER = _("Without this demand the right would have gone to demand #%(number)s of the same buyer.")
TO_DEMAND = _("Without this demand the right would have gone to demand #%(number)s.")
AT_THE_COST = _("All other demands together would be served better by %(points)s points of 100.")


@dataclass(frozen=True, slots=True)
class Cadence:
    """When and how exclusive rights are allotted: what everybody may know beforehand."""

    every_hours: int
    last_due_at: datetime
    next_due_at: datetime
    candidates: int
    days: int


def cadence() -> Cadence:
    """The cadence in force."""
    now = timezone.now()
    return Cadence(
        every_hours=settings.ALLOCATION_HOURS,
        last_due_at=last_due(now),
        next_due_at=next_due(now),
        candidates=settings.ALLOCATION_CANDIDATES,
        days=settings.ALLOTMENT_DAYS,
    )


def rounds() -> models.QuerySet[AllocationRound]:
    """All rounds, without their inputs; public."""
    return AllocationRound.objects.defer("inputs")


def allocation_round(round_id: int) -> AllocationRound:
    """One round, or NotFound."""
    row = rounds().filter(pk=round_id).first()
    if row is None:
        raise NotFound
    return row


def visible_awards(actor: Actor) -> models.QuerySet[Award]:
    """The awards whose allotments `actor` may see."""
    seen = visible_allotments(actor).select_related(None)
    return Award.objects.filter(allotment__in=seen).select_related(
        "allotment", "demand", "next_demand", "version__listing"
    )


def award_of(actor: Actor, allotment_id: int) -> Award:
    """The award behind an allotment, or NotFound."""
    row = visible_awards(actor).filter(allotment=allotment_id).first()
    if row is None:
        raise NotFound
    return row


def sees_demands(actor: Actor, award: Award) -> bool:
    """Whether the actor sees whose demand an award went to: its buyer and the exchange; not the provider."""
    return actor.is_system or actor.is_exchange or actor.organisation_id == award.demand.organisation_id


def next_demand_of(actor: Actor, award: Award) -> int | None:
    """The demand that would have got the right, where the actor may know which it is."""
    follower = award.next_demand
    if follower is None:
        return None
    if actor.is_system or actor.is_exchange or actor.organisation_id == follower.organisation_id:
        return follower.pk
    return None


def otherwise(actor: Actor, award: Award) -> str:
    """What would be so without the demand, in the active language, as far as the actor may know."""
    follower, number = award.next_demand, next_demand_of(actor, award)
    if follower is None:
        said = gettext(TO_NOBODY)
    elif number is None:
        said = gettext(TO_ANOTHER)
    elif follower.organisation_id == award.demand.organisation_id:
        said = gettext(TO_SAME_BUYER) % {"number": number}
    else:
        said = gettext(TO_DEMAND) % {"number": number} if sees_demands(actor, award) else gettext(TO_ANOTHER)
    if not award.others_lose:
        return said
    points = {"points": f"{award.others_lose / BILLIONTHS_OF_A_POINT:.1f}"}
    return said + " " + gettext(AT_THE_COST) % points
