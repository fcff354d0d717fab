"""Rounds of questions: an approver asks the buyer, and every clock of the chain stops until the buyer has answered."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.events import services as events
from marketplace.authorization import policies, states
from marketplace.authorization.models import AccessRequest, ApprovalStep, InformationRound
from marketplace.authorization.services.approvals import locked_step
from marketplace.authorization.services.routing import lock_request
from marketplace.authorization.texts import LONGEST_TEXT, stated


@transaction.atomic
def ask_for_information(
    *, actor: Actor, step_id: int, question: str, delegation_id: int | None = None
) -> InformationRound:
    """Ask the buyer before deciding on an open step: whoever may vote on it may ask. One question waits at a time.

    Nobody decides meanwhile. The request's own deadline goes on: who never answers does not keep it open for ever.
    """
    request, step, seat = locked_step(actor, step_id, delegation_id)
    states.APPROVAL_STEP.target("approve", step.state)
    request.state = states.ACCESS_REQUEST.target("ask", request.state)
    request.save(update_fields=["state"])
    missing = _("Say what you need to know: the buyer will read it.")
    asked = InformationRound.objects.create(
        request=request,
        step=step,
        question=stated("/question", question, longest=LONGEST_TEXT, missing=missing),
        asked_by_id=seat.voter_id,
        asked_at=timezone.now(),
    )
    subject = ("access_request", request.pk)
    data = {"step": step.pk, "round": asked.pk, **seat.by_another()}
    audit.record(actor=actor, action="access_request.asked", subject=subject, data=data)
    events.emit(name="access_request.asked", subject=subject)
    return asked


@transaction.atomic
def give_information(*, actor: Actor, request_id: int, answer: str) -> InformationRound:
    """Answer the question that waits (the buyer); the open steps are due later by the time that it has waited."""
    request = lock_request(actor, request_id)
    policies.require_requester(actor, request)
    request.state = states.ACCESS_REQUEST.target("answer", request.state)
    request.save(update_fields=["state"])
    asked = InformationRound.objects.select_for_update().get(request=request, answered_at=None)
    missing = _("Answer the question: the approvers will read it.")
    asked.answer = stated("/answer", answer, longest=LONGEST_TEXT, missing=missing)
    asked.answered_by_id, asked.answered_at = actor.user_id, timezone.now()
    asked.save(update_fields=["answer", "answered_by", "answered_at"])
    _put_off(request, asked)
    subject = ("access_request", request.pk)
    audit.record(actor=actor, action="access_request.answered", subject=subject, data={"round": asked.pk})
    events.emit(name="access_request.answered", subject=subject)
    return asked


def _put_off(request: AccessRequest, asked: InformationRound) -> None:
    for step in ApprovalStep.objects.select_for_update().filter(request=request, state=states.OPEN):
        if step.due_at is not None and asked.answered_at is not None:
            step.due_at += asked.answered_at - asked.asked_at
            step.save(update_fields=["due_at"])
