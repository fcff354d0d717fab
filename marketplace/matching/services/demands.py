"""The life of a demand: drafted, opened, then fulfilled, closed or expired."""

from dataclasses import asdict
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import InvalidInput, NotFound
from foundation.events import services as events
from marketplace.matching import policies, states
from marketplace.matching.models import Demand
from marketplace.matching.selectors import visible_demands
from marketplace.matching.services.drafts import DemandDraft, past_last_day, require_valid
from marketplace.matching.services.embedding import drop_vector
from marketplace.matching.services.standing import drop_standing

EXPIRY_BATCH: Final = 1_000
LISTS: Final = ("regions", "supply_modes", "formats", "columns")


@transaction.atomic
def create_demand(*, actor: Actor, draft: DemandDraft, and_open: bool = False) -> Demand:
    """Write a demand of the actor's organisation as a draft; with `and_open` it is opened at once.

    What a list of wishes names twice is kept once.
    """
    policies.require_buyer(actor)
    require_valid(draft, today=timezone.localdate())
    fields: dict[str, Any] = asdict(draft) | {
        **{name: list(dict.fromkeys(getattr(draft, name))) for name in LISTS},
        "organisation_id": actor.organisation_id,
        "created_by_id": actor.user_id,
    }
    row = Demand.objects.create(state=states.DEMAND.target("draft"), **fields)
    audit.record(actor=actor, action="demand.created", subject=("demand", row.pk))
    return open_demand(actor=actor, demand_id=row.pk) if and_open else row


@transaction.atomic
def open_demand(*, actor: Actor, demand_id: int) -> Demand:
    """Open a draft: it is matched with what is published, and with what will be. InvalidInput past its last day."""
    row = locked_demand(actor, demand_id)
    state = states.DEMAND.target("open", row.state)
    if row.expires_on is not None and row.expires_on < timezone.localdate():
        raise InvalidInput([past_last_day()])
    _move(actor, row, state, "demand.opened")
    events.emit(name="demand.opened", subject=("demand", row.pk), organisation_id=row.organisation_id)
    return row


@transaction.atomic
def close_demand(*, actor: Actor, demand_id: int) -> Demand:
    """End a demand without having found anything; its matches stay as they are, as its history."""
    row = locked_demand(actor, demand_id)
    return _move(actor, row, states.DEMAND.target("close", row.state), "demand.closed")


@transaction.atomic
def fulfil_demand(*, actor: Actor, demand_id: int) -> Demand:
    """End an open demand whose buyer has what it looked for."""
    row = locked_demand(actor, demand_id)
    return _move(actor, row, states.DEMAND.target("fulfil", row.state), "demand.fulfilled")


def expire_demands(*, actor: Actor, today: date) -> int:
    """Expire the open demands whose last day is before `today`; how many. Each in a transaction of its own."""
    over = Demand.objects.filter(state=states.OPEN, expires_on__lt=today)
    expired = 0
    for demand_id in list(over.values_list("pk", flat=True).order_by("pk")[:EXPIRY_BATCH]):
        with transaction.atomic():
            row = over.select_for_update(skip_locked=True).filter(pk=demand_id).first()
            if row is not None:
                _move(actor, row, states.DEMAND.target("expire", row.state), "demand.expired")
                expired += 1
    return expired


def locked_demand(actor: Actor, demand_id: int) -> Demand:
    """The demand, locked: NotFound for those who may not see it, Forbidden for those who may not steer it."""
    row = visible_demands(actor).select_for_update(of=("self",)).filter(pk=demand_id).first()
    if row is None:
        raise NotFound
    policies.require_own_demand(actor, row.organisation_id)
    return row


def _move(actor: Actor, row: Demand, state: str, action: str) -> Demand:
    row.state = state
    row.save(update_fields=["state"])
    if state != states.OPEN:
        drop_standing(demand_id=row.pk)
        drop_vector(demand_id=row.pk)
    audit.record(actor=actor, action=action, subject=("demand", row.pk))
    return row
