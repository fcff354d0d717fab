"""Removing the sample of a demand, with all that it said wherever that was kept."""

from typing import Final

from django.db import transaction

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import NotFound
from foundation.events import services as events
from foundation.uploads import services as uploads
from marketplace.matching import policies, states
from marketplace.matching.engine.text import analyse
from marketplace.matching.facts import demand_facts
from marketplace.matching.models import Demand, Match
from marketplace.matching.selectors import visible_demands
from marketplace.matching.services.match_rows import update_matches
from marketplace.matching.services.sample_uploads import TARGET
from marketplace.matching.services.samples import discard_sample
from marketplace.matching.services.standing import drop_standing

_SAID: Final = ("sample_found", "terms")


@transaction.atomic
def remove_sample(*, actor: Actor, demand_id: int) -> None:
    """Remove the sample of a demand, its file and what it said; the demand is matched without it (its buyer).

    In every state of the demand and of its buyer, for the file may hold personal data. Pieces of one that was only
    announced, or is not attached yet, go as well, whoever sent them. NotFound where there is neither.
    """
    demand = visible_demands(actor).select_for_update(of=("self",)).filter(pk=demand_id).first()
    if demand is None:
        raise NotFound
    policies.require_owner(actor, demand.organisation_id)
    counted = bool(demand.sample_columns)
    forgotten = uploads.forget_target(actor=actor, target=(TARGET, demand_id))
    number = discard_sample(actor, demand)
    if number is None and not forgotten:
        raise NotFound
    demand.sample_columns = []
    if counted and demand.state == states.OPEN:
        demand.matched_at = None
    demand.save(update_fields=["sample_columns", "matched_at"])
    if counted:
        forget_said(demand)
        drop_standing(demand_id=demand_id)  # it has words of the sample; the next matching stores those that are left
        events.emit(name="demand.sample_removed", subject=("demand", demand.pk), organisation_id=demand.organisation_id)
    data = {"sample": number, "uploads": forgotten}
    audit.record(actor=actor, action="demand.sample_removed", subject=("demand", demand_id), data=data)


def forget_said(demand: Demand) -> None:
    """Take out of all matches of a locked demand, whatever their state, what only a former sample of it said.

    Columns that the demand has no longer, and words that stand nowhere else in it. Scores stay as they were counted.
    """
    names = {column["name"] for column in demand.sample_columns}
    terms = analyse(demand_facts(demand).words())
    words = {*terms.surface, *terms.stems}
    changed = []
    for row in Match.objects.select_for_update().filter(demand=demand).order_by("pk"):
        left = (
            [column for column in row.sample_found if column["name"] in names],
            [term for term in row.terms if term["term"] in words],
        )
        if left != (row.sample_found, row.terms):
            row.sample_found, row.terms = left
            changed.append(row)
    update_matches(changed, _SAID)
