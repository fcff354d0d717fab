"""Listings that nobody uses (P09): found, reported to their providers, and offered to open demands, once each time.

A dormancy is known by the instant since which the listing was not used, so that one that is used again and forgotten
again is a new one. Each is written with its offers in a transaction of its own; a task that is killed goes on next
time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.events import services as events
from marketplace.catalog.selectors import published_versions
from marketplace.matching import states
from marketplace.matching.models import Dormancy, Match
from marketplace.matching.selectors import TRADING

MOST_AT_ONCE: Final = 1_000
"""Dormancies that one run of the task writes; the next one goes on."""


def find_dormant(*, actor: Actor) -> dict[str, int]:
    """End the dormancies that are over, and write those that are new: how many of each."""
    unused = timezone.now() - timedelta(days=settings.DORMANT_DAYS)
    return {"ended": _end_over(actor), "found": sum(_found(actor, *row) for row in _unused(unused))}


def _versions() -> QuerySet[Any]:
    """Published versions with the instant since which their listings were not used."""
    since = Greatest(F("listing__last_used_at"), F("published_at"))  # of PostgreSQL: leaves out what is null
    return published_versions().select_related(None).annotate(unused_since=since)


def _unused(before: datetime) -> Iterator[tuple[int, datetime]]:
    known = Dormancy.objects.filter(ended_at=None).values("listing_id")
    rows = _versions().filter(unused_since__lte=before).exclude(listing_id__in=known)
    yield from rows.order_by("unused_since", "pk").values_list("listing_id", "unused_since")[:MOST_AT_ONCE]


def _end_over(actor: Actor) -> int:
    """End the dormancies whose listing was used or published since, or is published no more."""
    going_on = Dormancy.objects.filter(ended_at=None)
    of_those = _versions().filter(listing_id__in=going_on.values("listing_id"))
    unused = dict(of_those.values_list("listing_id", "unused_since"))
    rows_now = going_on.values_list("pk", "listing_id", "unused_since")
    over = [pk for pk, listing_id, since in rows_now if unused.get(listing_id) != since]
    with transaction.atomic():
        rows = list(Dormancy.objects.select_for_update(skip_locked=True).filter(pk__in=over, ended_at=None))
        for row in rows:
            audit.record(
                actor=actor, action="dormancy.ended", subject=("dormancy", row.pk), data={"listing": row.listing_id}
            )
        Dormancy.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=timezone.now())
    return len(rows)


def _found(actor: Actor, listing_id: int, unused_since: datetime) -> bool:
    matches = Match.objects.filter(TRADING, listing_id=listing_id, state=states.PROPOSED)
    with transaction.atomic():
        # not locked: who is being matched at this instant is offered it as well
        offered = list(matches.filter(eligible=True).order_by("-score", "pk")[: settings.DORMANT_OFFERS])
        try:
            with transaction.atomic():
                row = Dormancy.objects.create(
                    listing_id=listing_id,
                    unused_since=unused_since,
                    offers=len(offered),
                    near_misses=matches.filter(eligible=False).count(),
                )
        except IntegrityError:  # another run of the task was here
            return False
        data = {"listing": listing_id, "offered": [match.pk for match in offered]}
        audit.record(actor=actor, action="dormancy.found", subject=("dormancy", row.pk), data=data)
        events.emit(name="dormancy.found", subject=("dormancy", row.pk))
        for match in offered:
            events.emit(name="match.offered", subject=("match", match.pk))
    return True
