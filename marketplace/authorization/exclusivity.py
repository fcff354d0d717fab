"""Exclusive licences (P03): beside one no other of the same listing stands, whichever version it is for.

The database sees to it (`Grant`, constraint `grant_exclusive_alone`). What is here asks beforehand, so that buyers hear
of it in words when they ask, and approvers before their approval is taken; and lets grants of a listing be issued one
after the other, so that what was asked is still so when the grant is written.
"""

from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Max, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Conflict
from marketplace.authorization import selectors, states
from marketplace.authorization.allotments import require_not_allotted
from marketplace.authorization.models import Grant

_LOCKS: Final = 0x6C696365_00000000
"""The advisory locks' numbers begin here ("lice"); two listings that share one only wait for each other."""


def in_the_way(*, listing_id: int, exclusive: bool, starts_at: datetime, ends_at: datetime) -> QuerySet[Grant]:
    """The grants beside which the database refuses one of this term: any for an exclusive one, else exclusive ones.

    Terms include their start and exclude their end; the holder's own grants count like everybody's.
    """
    standing = Grant.objects.filter(listing_id=listing_id, state__in=states.STANDING)
    overlapping = standing.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    return overlapping if exclusive else overlapping.filter(exclusive=True)


def require_free(
    actor: Actor, *, listing_id: int, buyer_id: int, exclusive: bool, starts_at: datetime, ends_at: datetime
) -> None:
    """Conflict, saying until when, where another licence is in the way; who may see the grant is told whose it is.

    Likewise where the exclusive one is allotted to another buyer.
    """
    if exclusive:
        require_not_allotted(listing_id=listing_id, organisation_id=buyer_id)
    found = in_the_way(listing_id=listing_id, exclusive=exclusive, starts_at=starts_at, ends_at=ends_at)
    alone = found.filter(exclusive=True).order_by("-ends_at").first()
    if alone is None:
        last = found.aggregate(at=Max("ends_at"))["at"]
        if last is not None:
            raise _until(
                last, _("Other licences of this listing stand until %(until)s: an exclusive one can begin after that.")
            )
        return
    holder = selectors.visible_grants(actor).filter(pk=alone.pk).values_list("organisation__name", flat=True).first()
    if holder is None:
        raise _until(
            alone.ends_at,
            _("An exclusive licence of this listing stands until %(until)s: others can begin after that."),
        )
    message = _("'%(holder)s' has an exclusive licence of this listing until %(until)s: others can begin after that.")
    raise _until(alone.ends_at, message, holder=holder)


def _until(instant: datetime, message: str, **params: str) -> Conflict:
    error = Conflict(message, until=localtime(instant).strftime("%Y-%m-%d %H:%M %z"), **params)
    error.members = {"until": instant.isoformat()}
    return error


def one_at_a_time(listing_id: int) -> None:
    """Wait until nobody else is issuing a grant of the listing; held until the transaction ends.

    Two that overlap, written at once, would each wait for the other to end, and the database would break one off.
    Asked for last, after all rows that are locked, so that nobody waits in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCKS + listing_id])
