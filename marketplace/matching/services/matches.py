"""What becomes of a match: the buyer takes it up, or dismisses it and says why; what it took up leads to a grant."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput
from foundation.events import services as events
from marketplace.authorization.models import Grant
from marketplace.matching import policies, selectors, states
from marketplace.matching.models import Demand, DismissalReason, Match
from marketplace.matching.services.judging import judge_accepted, judge_converted, judge_dismissed

LONGEST_REASON: Final = 300


@transaction.atomic
def accept_match(*, actor: Actor, match_id: int) -> Match:
    """Take up a proposed match, near misses included. Conflict when the demand is not open any more.

    It is converted at once where the buyer was granted already what it asked for since the match was proposed.
    """
    row = _locked(actor, match_id)
    row.state = states.MATCH.target("accept", row.state)
    row.save(update_fields=["state", "updated_at"])
    judge_accepted(row)
    audit.record(actor=actor, action="match.accepted", subject=("match", row.pk), data=_named(row))
    grant = _led_to(row)
    if grant is not None:
        _convert(actor, row, grant)
    return row


@transaction.atomic
def convert_matches(*, actor: Actor, grant_id: int) -> int:
    """Convert the accepted matches that led to a grant; how many. What becomes of the grant later undoes nothing.

    A match led to it where the grant is of its listing, in whichever version, to the buyer of its demand, and was asked
    for after the match was proposed; the renewal of an earlier grant comes of none. Whether the demand is still open
    does not matter.
    """
    grant = Grant.objects.select_related("request").filter(pk=grant_id, request__renews=None).first()
    if grant is None:
        return 0
    of_buyer = Match.objects.filter(
        listing=grant.listing_id,
        demand__organisation=grant.organisation_id,
        created_at__lte=grant.request.created_at,
    )
    # those that are only proposed as well: who is accepting one this very moment is waited for
    pending = of_buyer.filter(state__in=(states.PROPOSED, states.ACCEPTED)).values("demand_id")
    list(Demand.objects.select_for_update(no_key=True).filter(pk__in=pending).order_by("pk"))
    rows = list(of_buyer.filter(state=states.ACCEPTED).select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        _convert(actor, row, grant)
    return len(rows)


def _led_to(row: Match) -> Grant | None:
    """The first grant that the buyer of an accepted match was given because of it, if any."""
    asked = Grant.objects.filter(request__renews=None, request__created_at__gte=row.created_at)
    return asked.filter(listing=row.listing_id, organisation=row.demand.organisation_id).order_by("pk").first()


def _convert(actor: Actor, row: Match, grant: Grant) -> None:
    row.state = states.MATCH.target("convert", row.state)
    row.grant = grant
    row.save(update_fields=["state", "grant", "updated_at"])
    judge_converted(row)
    data = {**_named(row), "grant": grant.pk}
    audit.record(actor=actor, action="match.converted", subject=("match", row.pk), data=data)


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
    events.emit(name="match.dismissed", subject=("match", row.pk), organisation_id=row.demand.organisation_id)
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
