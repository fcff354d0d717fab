"""What the buyer does with a match: takes it up, or dismisses it and says why."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput
from marketplace.matching import policies, selectors, states
from marketplace.matching.models import Demand, DismissalReason, Match
from marketplace.matching.services.judging import judge_accepted, judge_dismissed

LONGEST_REASON: Final = 300


@transaction.atomic
def accept_match(*, actor: Actor, match_id: int) -> Match:
    """Take up a proposed match, near misses included. Conflict when the demand is not open any more."""
    row = _locked(actor, match_id)
    row.state = states.MATCH.target("accept", row.state)
    row.save(update_fields=["state", "updated_at"])
    judge_accepted(row)
    audit.record(actor=actor, action="match.accepted", subject=("match", row.pk), data=_named(row))
    return row


@transaction.atomic
def dismiss_match(*, actor: Actor, match_id: int, reason: str, code: str = DismissalReason.OTHER) -> Match:
    """Dismiss a proposed match for good, with the reason; its code is kept as a judgment of how relevant it is."""
    row = _locked(actor, match_id)
    row.state = states.MATCH.target("dismiss", row.state)
    row.dismissal_reason = reason.strip()
    if not row.dismissal_reason:
        raise InvalidInput.of("/reason", _("State the reason: matching learns from it."))
    if len(reason) > LONGEST_REASON or "\x00" in reason:
        raise InvalidInput.of("/reason", _("Use at most %(limit)s characters, and no NUL."), limit=LONGEST_REASON)
    if code not in DismissalReason.values:
        raise InvalidInput.of("/code", _("Choose one of: %(known)s."), known=", ".join(DismissalReason.values))
    row.save(update_fields=["state", "dismissal_reason", "updated_at"])
    judge_dismissed(row, code)
    audit.record(actor=actor, action="match.dismissed", subject=("match", row.pk), data={**_named(row), "code": code})
    return row


def _locked(actor: Actor, match_id: int) -> Match:
    """The match, its demand locked before it: NotFound or Forbidden for those who may not decide on it."""
    demand_id = selectors.match(actor, match_id).demand_id
    demand = Demand.objects.select_for_update().get(pk=demand_id)
    policies.require_own_demand(actor, demand.organisation_id)
    if demand.state != states.OPEN:
        raise Conflict(_("The demand is not open: its matches stay as they are."))
    return Match.objects.select_for_update(of=("self",)).select_related("version", "demand").get(pk=match_id)


def _named(row: Match) -> dict[str, int]:
    return {"demand": row.demand_id, "listing": row.listing_id, "version": row.version_id}
