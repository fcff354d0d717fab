"""Deciding on a step of a chain, a vote at a time. Locks: the request, then its steps (`routing`)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, NotFound
from foundation.events import services as events
from marketplace.authorization import grounds, selectors, states
from marketplace.authorization.models import AccessRequest, ApprovalStep, ApprovalVote, Verdict
from marketplace.authorization.seats import Seat, require_seat
from marketplace.authorization.services.routing import advance, close, lock_request, void_steps
from marketplace.authorization.texts import LONGEST_OPINION, stated
from marketplace.catalog.models import Listing


@transaction.atomic
def approve_step(*, actor: Actor, step_id: int, reason: str = "", delegation_id: int | None = None) -> ApprovalStep:
    """Vote for an open step; with its quorum it is approved.

    When no step of its stage is open any longer the next stage opens; after the last one the grant is issued in the
    same transaction. `delegation_id` names in whose place the actor decides (`seats.require_seat`).

    Forbidden for anybody but an approver of the step's organisation, for members of the buyer or the provider, and for
    whoever took part in the chain. IllegalTransition unless the step is open; Conflict while the buyer is asked.
    """
    request, step, seat = locked_step(actor, step_id, delegation_id)
    states.APPROVAL_STEP.target("approve", step.state)
    require_not_asked(request)
    opinion = stated("/reason", reason, longest=LONGEST_OPINION, missing="")
    votes = _cast(step, seat, Verdict.APPROVE, opinion)
    if votes < step.quorum:
        _record(actor, step, "approval_step.voted", seat, votes)
        return step
    _decide(step, "approve", seat, opinion)
    _record(actor, step, "approval_step.approved", seat, votes)
    advance(actor, request)
    return step


@transaction.atomic
def reject_step(
    *, actor: Actor, step_id: int, ground: str, reason: str, delegation_id: int | None = None
) -> ApprovalStep:
    """Refuse an open step on a `ground` of `grounds.toml`, with the reason in words that the buyer will read.

    One vote against suffices, whatever the quorum. The request is rejected, and every step that is not decided is void.
    """
    request, step, seat = locked_step(actor, step_id, delegation_id)
    states.APPROVAL_STEP.target("reject", step.state)
    require_not_asked(request)
    step.ground = grounds.require_known(ground)
    said = stated("/reason", reason, longest=LONGEST_OPINION, missing=_("State the reason: the buyer will read it."))
    votes = _cast(step, seat, Verdict.REJECT, said)
    _decide(step, "reject", seat, said)
    _record(actor, step, "approval_step.rejected", seat, votes)
    request.outcome_reason, request.outcome_ground = said, step.ground
    close(request, "reject", "outcome_reason", "outcome_ground")
    void_steps(request)
    audit.record(
        actor=actor,
        action="access_request.rejected",
        subject=("access_request", request.pk),
        data={"step": step.pk, "ground": step.ground},
    )
    events.emit(name="access_request.rejected", subject=("access_request", request.pk))
    return step


def locked_step(actor: Actor, step_id: int, delegation_id: int | None) -> tuple[AccessRequest, ApprovalStep, Seat]:
    """The request and its step, locked in this order, and where the actor sits to decide on it."""
    seen = selectors.visible_steps(actor).filter(pk=step_id).values_list("request_id", flat=True).first()
    if seen is None:
        raise NotFound
    request = lock_request(actor, seen)
    step = ApprovalStep.objects.select_for_update().get(pk=step_id)
    provider_id = Listing.objects.values_list("organisation_id", flat=True).get(versions=request.version_id)
    parties = (request.organisation_id, provider_id)
    return request, step, require_seat(actor, step, parties=parties, delegation_id=delegation_id)


def require_not_asked(request: AccessRequest) -> None:
    """Nobody decides while the buyer is asked: the answer is for all who decide."""
    if request.state == states.MORE_INFORMATION:
        raise Conflict(_("The buyer has been asked a question: decide when it is answered."))


def _cast(step: ApprovalStep, seat: Seat, verdict: str, reason: str) -> int:
    """Write the vote; how many of its kind the step has now."""
    ApprovalVote.objects.create(
        request_id=step.request_id,
        step=step,
        voter_id=seat.voter_id,
        seat_id=seat.holder_id,
        delegation=seat.delegation,
        verdict=verdict,
        reason=reason,
    )
    return ApprovalVote.objects.filter(step=step, verdict=verdict).count()


def _decide(step: ApprovalStep, event: str, seat: Seat, reason: str) -> None:
    step.state = states.APPROVAL_STEP.target(event, step.state)
    step.decided_by_id = seat.voter_id
    step.decided_at = timezone.now()
    step.reason = reason
    step.save(update_fields=["state", "decided_by", "decided_at", "reason", "ground"])


def _record(actor: Actor, step: ApprovalStep, action: str, seat: Seat, votes: int) -> None:
    said = {"request": step.request_id, "position": step.position, "votes": votes, "quorum": step.quorum}
    audit.record(actor=actor, action=action, subject=("approval_step", step.pk), data={**said, **seat.by_another()})
