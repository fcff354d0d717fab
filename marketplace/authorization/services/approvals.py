"""Deciding on a step of a chain. Locks: the request, then its steps, so that a chain is decided by one at a time."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import InvalidInput, NotFound
from foundation.events import services as events
from marketplace.authorization import policies, selectors, states
from marketplace.authorization.models import AccessRequest, ApprovalStep
from marketplace.authorization.services.grants import issue_grant
from marketplace.authorization.services.requests import lock_request, void_steps
from marketplace.catalog.models import Listing


@transaction.atomic
def approve_step(*, actor: Actor, step_id: int, reason: str = "") -> ApprovalStep:
    """Approve an open step: the next one opens; after the last one the grant is issued in the same transaction.

    Forbidden for anybody but an approver of the step's organisation, for members of the buyer or the provider, and for
    whoever decided on another step of the chain. IllegalTransition unless the step is open.
    """
    request, step = _locked(actor, step_id)
    _decide(actor, step, "approve", reason.strip())
    following = ApprovalStep.objects.select_for_update().filter(request=request, state=states.WAITING)
    next_step = following.order_by("position").first()
    if next_step is not None:
        next_step.state = states.APPROVAL_STEP.target("open", next_step.state)
        next_step.save(update_fields=["state"])
        events.emit(name="approval_step.opened", subject=("approval_step", next_step.pk))
        return step
    request.state = states.ACCESS_REQUEST.target("grant", request.state)
    request.closed_at = timezone.now()
    request.save(update_fields=["state", "closed_at"])
    audit.record(
        actor=actor,
        action="access_request.approved",
        subject=("access_request", request.pk),
        data={"rule": request.decision["rule_id"]},
    )
    events.emit(name="access_request.approved", subject=("access_request", request.pk))
    issue_grant(actor=actor, request=request)
    return step


@transaction.atomic
def reject_step(*, actor: Actor, step_id: int, reason: str) -> ApprovalStep:
    """Refuse an open step, with the reason that the buyer will read; the request is rejected, later steps are void."""
    request, step = _locked(actor, step_id)
    if not reason.strip():
        raise InvalidInput.of("/reason", _("State the reason: the buyer will read it."))
    _decide(actor, step, "reject", reason.strip())
    request.state = states.ACCESS_REQUEST.target("reject", request.state)
    request.outcome_reason = step.reason
    request.closed_at = timezone.now()
    request.save(update_fields=["state", "outcome_reason", "closed_at"])
    void_steps(request)
    audit.record(
        actor=actor,
        action="access_request.rejected",
        subject=("access_request", request.pk),
        data={"step": step.pk},
    )
    events.emit(name="access_request.rejected", subject=("access_request", request.pk))
    return step


def _locked(actor: Actor, step_id: int) -> tuple[AccessRequest, ApprovalStep]:
    """The request and its step, locked in this order, once it is known that the actor may decide on it."""
    seen = selectors.visible_steps(actor).filter(pk=step_id).values_list("request_id", flat=True).first()
    if seen is None:
        raise NotFound
    request = lock_request(actor, seen)
    step = ApprovalStep.objects.select_for_update().get(pk=step_id)
    provider_id = Listing.objects.values_list("organisation_id", flat=True).get(versions=request.version_id)
    policies.require_approver(actor, step, parties=(request.organisation_id, provider_id))
    return request, step


def _decide(actor: Actor, step: ApprovalStep, event: str, reason: str) -> None:
    step.state = states.APPROVAL_STEP.target(event, step.state)
    step.decided_by_id = actor.user_id
    step.decided_at = timezone.now()
    step.reason = reason
    step.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    audit.record(
        actor=actor,
        action=f"approval_step.{step.state}",
        subject=("approval_step", step.pk),
        data={"request": step.request_id, "position": step.position},
    )
