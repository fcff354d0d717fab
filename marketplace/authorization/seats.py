"""For whom a person may decide on a step: as an approver, or in the place of one who lets them act meanwhile."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden, InvalidInput
from foundation.participants.models import MemberRole, Membership
from foundation.participants.selectors import members_with
from marketplace.authorization import policies, states
from marketplace.authorization.models import ApprovalDelegation, ApprovalStep, ApprovalVote


@dataclass(frozen=True, slots=True)
class Seat:
    """Who decides (`voter_id`), in whose place (`holder_id`: the same person where there is no `delegation`)."""

    voter_id: int
    holder_id: int
    delegation: ApprovalDelegation | None = None

    @property
    def people(self) -> frozenset[int]:
        """Both count as having taken part."""
        return frozenset((self.voter_id, self.holder_id))

    def by_another(self) -> dict[str, int]:
        """What the audit log says of a delegation."""
        return {} if self.delegation is None else {"delegation": self.delegation.pk}


def usable(actor: Actor, *, now: datetime) -> QuerySet[ApprovalDelegation]:
    """The delegations under which `actor` may act at this moment: begun, not over, by who still is an approver."""
    if actor.organisation_id is None or actor.user_id is None:
        return ApprovalDelegation.objects.none()
    approvers = members_with(actor.organisation_id, [MemberRole.APPROVER]).values("user")
    return ApprovalDelegation.objects.filter(
        organisation=actor.organisation_id, delegate=actor.user_id, delegator__in=approvers,
        revoked_at=None, starts_at__lte=now, ends_at__gt=now,
    ).order_by("pk")  # fmt: skip


def require_seat(actor: Actor, step: ApprovalStep, *, parties: Collection[int], delegation_id: int | None) -> Seat:
    """Where `actor` sits in the organisation that decides on `step`; call it with the request locked.

    Without `delegation_id` an approver decides for themselves, and who is none in the place of the only approver who
    lets them. Forbidden for others; for who belongs to a party (`parties`: the buyer's and the provider's
    organisations) or stands in for somebody who does; and for who took part in the chain, in person or by another.
    """
    seat = _seat(actor, step, delegation_id)
    policies.require_no_party(actor, parties)
    if seat.delegation and _belong(seat.people, parties):
        raise Forbidden(_("Nobody decides for a party they belong to."), rule="authorization.party")
    _require_no_part(step, seat.people)
    return seat


def _seat(actor: Actor, step: ApprovalStep, delegation_id: int | None) -> Seat:
    voter_id = actor.user_id
    if voter_id is not None and actor.organisation_verified and actor.organisation_id == step.organisation_id:
        if delegation_id is None and MemberRole.APPROVER in actor.member_roles:
            return Seat(voter_id, voter_id)
        found = list(usable(actor, now=timezone.now()))
        if delegation_id is not None:
            found = [row for row in found if row.pk == delegation_id]
            if not found:
                message = _("Not a delegation under which you may act at this moment.")
                raise InvalidInput.of("/delegation", message)
        if len(found) > 1:
            raise InvalidInput.of("/delegation", _("Several approvers let you act for them: name the delegation."))
        if found:
            return Seat(voter_id, found[0].delegator_id, found[0])
    raise Forbidden(
        _("Only approvers of the organisation that this step names may decide on it."),
        rule="authorization.not_the_approver",
    )


def _belong(people: Iterable[int], organisations: Iterable[int]) -> bool:
    return Membership.objects.filter(user__in=list(people), organisation__in=list(organisations)).exists()


def _require_no_part(step: ApprovalStep, people: Collection[int]) -> None:
    votes = ApprovalVote.objects.filter(Q(voter__in=people) | Q(seat__in=people), request=step.request_id)
    # an earlier release writes no votes
    decided = ApprovalStep.objects.filter(request=step.request_id, decided_by__in=people)
    if votes.exclude(step=step).exists() or decided.exclude(pk=step.pk).exists():
        raise Forbidden(
            _("You decided on another step of this chain: somebody else has to decide on this one."),
            rule="authorization.decided_before",
        )
    if step.state == states.OPEN and votes.exists():
        raise Forbidden(
            _("This step has your vote, or that of whom you act for: somebody else has to cast the next one."),
            rule="authorization.voted_before",
        )
