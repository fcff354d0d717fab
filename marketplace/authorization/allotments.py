"""Reading allotments: who sees them, which of them keep others out, and which listings can be allotted."""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Conflict, NotFound
from marketplace.authorization import states
from marketplace.authorization.models import AccessRequest, Allotment, Grant

OPEN_REQUEST = (states.SUBMITTED, *states.PENDING)


def visible_allotments(actor: Actor) -> models.QuerySet[Allotment]:
    """Allotments to the actor's organisation, and of its listings; the exchange sees all."""
    rows = Allotment.objects.select_related("organisation", "listing__organisation")
    if actor.is_system or actor.is_exchange:
        return rows
    if actor.organisation_id is None:
        return rows.none()
    mine = actor.organisation_id
    return rows.filter(models.Q(organisation_id=mine) | models.Q(listing__organisation_id=mine))


def allotment(actor: Actor, allotment_id: int) -> Allotment:
    """One allotment, or NotFound."""
    row = visible_allotments(actor).filter(pk=allotment_id).first()
    if row is None:
        raise NotFound
    return row


def in_force(now: datetime | None = None) -> models.QuerySet[Allotment]:
    """Those that keep others from asking: proposed and not over, or taken up with a request that is open."""
    proposed = models.Q(state=states.ALLOTTED, ends_at__gt=now or timezone.now())
    asked = models.Q(state=states.TAKEN_UP, request__state__in=OPEN_REQUEST)
    return Allotment.objects.filter(proposed | asked)


def over_by(now: datetime) -> list[int]:
    """The listings of the allotments whose days are over, and which nobody has ended yet."""
    rows = Allotment.objects.filter(state=states.ALLOTTED, ends_at__lte=now)
    return list(rows.order_by("listing_id").values_list("listing_id", flat=True))


def require_not_allotted(*, listing_id: int, organisation_id: int) -> None:
    """Conflict where the exclusive right is kept for another buyer, saying until when; never who it is."""
    row = in_force().filter(listing_id=listing_id).exclude(organisation_id=organisation_id).first()
    if row is None:
        return
    if row.state == states.TAKEN_UP:
        raise Conflict(
            _("The exclusive licence was allotted to another buyer, whose request for it is being decided on.")
        )
    error = Conflict(
        _("The exclusive licence is allotted to another buyer until %(until)s: ask for it after that."),
        until=localtime(row.ends_at).strftime("%Y-%m-%d %H:%M %z"),
    )
    error.members = {"until": row.ends_at.isoformat()}
    raise error


def free_of_licences(listing_ids: Collection[int]) -> set[int]:
    """Those of the listings whose exclusive right can be allotted.

    No licence stands that has not ended, nobody is asking for an exclusive one, and no allotment is in force.
    """
    chosen = list(listing_ids)
    taken: set[int] = set()
    asked = AccessRequest.objects.filter(version__listing_id__in=chosen, exclusive=True, state__in=OPEN_REQUEST)
    taken.update(asked.values_list("version__listing_id", flat=True))
    taken.update(in_force().filter(listing_id__in=chosen).values_list("listing_id", flat=True))
    # the grants last: a request that is approved while this is read was open before, and has its grant after
    standing = Grant.objects.filter(listing_id__in=chosen, state__in=states.STANDING, ends_at__gt=timezone.now())
    taken.update(standing.values_list("listing_id", flat=True))
    return set(chosen) - taken
