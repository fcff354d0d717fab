"""The hard constraints of `engine.constraints` in SQL, over the columns of `IndexedListing`: tested equal.

A condition is true or false, never NULL, so that its negation is what fails it. What the decision table answers is
asked listing by listing (`authorization.prospects`); of it only the levels that no answer allows are sorted out here.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from typing import Final

from django.db.models import Exists, OuterRef, Q

from marketplace.authorization import states as authorization
from marketplace.authorization.allotments import in_force
from marketplace.authorization.models import Grant
from marketplace.matching.engine import constraints as hard
from marketplace.matching.engine.facts import DemandFacts

NONE: Final = Q(pk__in=[])


def conditions(demand: DemandFacts, *, today: date, now: datetime) -> dict[str, Q]:
    """Constraint → what a listing's row must be to meet it, for all that the demand states; authorization left out."""
    return {
        hard.GRADE_DECIDED: ~Q(level=""),
        hard.NOT_OWN_LISTING: ~Q(provider=demand.organisation),
        hard.NOT_LICENSED_ALONE: ~licensed(now, exclusive=True),
        **_of_the_data(demand),
        **_of_its_state(demand, today),
        **_of_the_terms(demand, now),
    }


def _of_the_data(demand: DemandFacts) -> dict[str, Q]:
    found = {}
    if demand.sector:
        found[hard.SECTOR] = Q(sector=demand.sector)
    if demand.regions:
        found[hard.REGION] = covering(demand.regions)
    if days := hard.wanted_span(demand):
        found[hard.TIME_SPAN] = Q(covers_from__lte=days[0], covers_until__gte=days[1])
    if demand.formats:
        found[hard.FORMAT] = Q(formats__overlap=list(demand.formats))
    return found


def _of_its_state(demand: DemandFacts, today: date) -> dict[str, Q]:
    found = {}
    if demand.minimum_quality is not None:
        found[hard.MINIMUM_QUALITY] = Q(quality__gte=demand.minimum_quality)
    if demand.maximum_age_days is not None:
        found[hard.FRESHNESS] = Q(freshness_on__gte=hard.oldest_day(today, demand.maximum_age_days))
    return found


def _of_the_terms(demand: DemandFacts, now: datetime) -> dict[str, Q]:
    found = {}
    if demand.supply_modes:
        found[hard.SUPPLY_MODE] = Q(supply_mode__in=demand.supply_modes)
    if demand.purpose:
        found[hard.PURPOSE] = Q(purposes=[]) | Q(purposes__contains=[demand.purpose])
    if demand.scenario:
        found[hard.SCENARIO] = Q(scenario__in=["", demand.scenario])
    if demand.budget is not None:
        found[hard.BUDGET] = Q(price__lte=demand.budget) & (Q(currency=demand.currency) | Q(price=0))
    if demand.exclusive:
        free = ~licensed(now, exclusive=False) & ~allotted(now, but_to=demand.organisation)
        found[hard.EXCLUSIVE] = Q(exclusive_offered=True) & free
    return found


def covering(regions: Iterable[str]) -> Q:
    """Listings whose region covers one of these: itself, or a division that it belongs to."""
    return Q(region__in=sorted({code for part in regions for code in hard.covering(part)}))


def licensed(now: datetime, *, exclusive: bool) -> Q:
    """Listings of which a licence (an exclusive one) stands, or will, at or after `now`."""
    standing = Grant.objects.filter(listing=OuterRef("pk"), state__in=authorization.STANDING, ends_at__gt=now)
    return Q(Exists(standing.filter(exclusive=True) if exclusive else standing))


def allotted(now: datetime, *, but_to: int) -> Q:
    """Listings of which the exclusive right is kept for a buyer at `now`, another than this one."""
    kept = in_force(now).filter(listing=OuterRef("pk")).exclude(organisation=but_to)
    return Q(Exists(kept))


def all_of(wanted: Mapping[str, Q], *, levels: Collection[str]) -> Q:
    """Listings that meet every constraint, at one of the levels that the decision table may allow."""
    return reduce(and_, wanted.values()) & Q(level__in=levels)


def refused(wanted: Mapping[str, Q], *, levels: Collection[str]) -> Q:
    """Listings that meet every constraint, at a level at which the decision table allows nothing."""
    return reduce(and_, wanted.values()) & ~Q(level__in=levels)


def absolute(wanted: Mapping[str, Q]) -> Q:
    """Listings that may be shown at all, if only as near misses."""
    return reduce(and_, (wanted[code] for code in hard.CODES if code in hard.ABSOLUTE))


def failing_one(wanted: Mapping[str, Q]) -> Q:
    """Listings that fail exactly one constraint, and not one of those without which nothing is shown."""
    alone = [
        reduce(and_, (~condition if code == failed else condition for code, condition in wanted.items()))
        for failed in wanted
        if failed not in hard.ABSOLUTE
    ]
    return reduce(or_, alone) if alone else NONE
