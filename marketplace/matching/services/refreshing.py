"""Following what moves by itself: how rare words are, and the calendar. Each open demand is matched anew in its time.

A change of a listing has whoever it touches matched at once (`rematching.affected_demands`); the others keep their
pairs, with scores of the day on which they were computed. What could not be matched is tried again here, too.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from foundation.actors import Actor
from foundation.jobs import services as jobs
from marketplace.matching import states
from marketplace.matching.models import Demand
from marketplace.matching.services.rematching import rematch_demand

REFRESH: Final = "matching.refresh"
MOST_AT_ONCE: Final = 500
"""Demands that one job matches anew; the next one goes on."""
RELAXED: Final = timedelta(hours=1)
"""Nothing meets a demand: what loosening a wish would bring in is counted anew so often."""
RETRIED: Final = timedelta(hours=1)
"""A demand whose matching failed is left alone for so long."""


def _due() -> QuerySet[Demand]:
    now = timezone.now()
    daily = Q(matched_at__lt=now - timedelta(hours=settings.DEMAND_REFRESH_HOURS))
    relaxed = Q(matched_at__lt=now - RELAXED) & ~Q(relaxations=[])
    failed = Q(failed_at__isnull=False)
    rested = Q(failed_at=None) | Q(failed_at__lt=now - RETRIED)
    return Demand.objects.filter(Q(standing=None) | daily | relaxed | failed, rested, state=states.OPEN)


def due_demands() -> list[int]:
    """Open demands that were never matched, or are due again, those tried longest ago first; MOST_AT_ONCE at most.

    So those that fail each time keep no other from its turn, however many they are.
    """
    tried = Greatest("matched_at", "failed_at")  # of PostgreSQL: leaves out what is null
    rows = _due().order_by(tried.asc(nulls_first=True), "pk")
    return list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])


def mark_failed(demand_id: int) -> None:
    """The matching of a demand failed: it is tried again in RETRIED, or with what touches it before."""
    Demand.objects.filter(pk=demand_id).update(failed_at=timezone.now())


def never_matched(demand_ids: Collection[int]) -> set[int]:
    """Those of these demands that no matching has come to the end of since they were opened."""
    return set(Demand.objects.filter(pk__in=demand_ids, standing=None).values_list("pk", flat=True))


@transaction.atomic
def refresh_demand(*, actor: Actor, demand_id: int) -> bool:
    """Match one demand anew if it is still due and nobody else holds it; whether it was."""
    free = Demand.objects.select_for_update(skip_locked=True).filter(pk=demand_id).exists()
    if not free or not _due().filter(pk=demand_id).exists():
        return False
    rematch_demand(actor=actor, demand_id=demand_id)
    return True


def queue_refresh() -> bool:
    """Enqueue a job for the demands that are due, unless one waits; whether any are."""
    if not _due().exists():
        return False
    with transaction.atomic():
        jobs.enqueue(kind=REFRESH, arguments={}, dedup_key=REFRESH)
    return True
