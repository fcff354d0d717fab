"""Allotting exclusive rights: proposed to a buyer, who asks for the licence, declines, or lets the days pass."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.batches import each_held
from foundation.events import services as events
from marketplace.authorization import allotments, policies, states
from marketplace.authorization.models import AccessRequest, Allotment


def propose_allotment(*, actor: Actor, listing_id: int, organisation_id: int, ends_at: datetime) -> Allotment:
    """Keep the exclusive right to a listing for a buyer until `ends_at`, in the transaction of a round of allocation.

    The caller holds the lock of the listing's published version, which everybody takes who asks for the licence, and
    has found the listing among `allotments.free_of_licences`.
    """
    row = Allotment.objects.create(
        listing_id=listing_id,
        organisation_id=organisation_id,
        state=states.ALLOTMENT.target("propose"),
        ends_at=ends_at,
    )
    audit.record(
        actor=actor,
        action="allotment.proposed",
        subject=("allotment", row.pk),
        data={"listing": listing_id, "organisation": organisation_id, "until": ends_at.isoformat()},
    )
    events.emit(name="allotment.proposed", subject=("allotment", row.pk))
    return row


def take_up_allotment(*, actor: Actor, request: AccessRequest, listing_id: int) -> Allotment | None:
    """Take up what is allotted to who makes an exclusive request, in its transaction; None where nothing is."""
    proposed = Allotment.objects.select_for_update(of=("self",), no_key=True).filter(state=states.ALLOTTED)
    row = proposed.filter(listing_id=listing_id, organisation_id=request.organisation_id).first()
    return None if row is None else _move(actor, row, "take_up", "allotment.taken_up", request)


@transaction.atomic
def decline_allotment(*, actor: Actor, allotment_id: int) -> Allotment:
    """Give back what was allotted (the buyer): others may ask for it at once."""
    allotments.allotment(actor, allotment_id)
    row = Allotment.objects.select_for_update(of=("self",), no_key=True).get(pk=allotment_id)
    policies.require_allotted(actor, row)
    return _move(actor, row, "decline", "allotment.declined")


def lapse_allotments(*, actor: Actor) -> int:
    """End every allotment whose days are over; how many."""
    over = Allotment.objects.filter(state=states.ALLOTTED, ends_at__lte=timezone.now())
    return each_held(over, lambda row: _move(actor, row, "lapse", "allotment.lapsed"))


def _move(actor: Actor, row: Allotment, event: str, action: str, request: AccessRequest | None = None) -> Allotment:
    row.state = states.ALLOTMENT.target(event, row.state)
    row.request, row.closed_at = request, timezone.now()
    row.save(update_fields=["state", "request", "closed_at"])
    data = {"listing": row.listing_id} if request is None else {"listing": row.listing_id, "request": request.pk}
    audit.record(actor=actor, action=action, subject=("allotment", row.pk), data=data)
    events.emit(name=action, subject=("allotment", row.pk))
    return row
