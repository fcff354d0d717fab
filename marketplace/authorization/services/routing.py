"""A request's way through its chain: planning steps, opening a stage, granting after the last, ending what is left.

Locks: the request, then its steps, so that a chain is decided by one at a time.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.events import services as events
from marketplace.authorization import selectors, states
from marketplace.authorization.chain import PlannedStep
from marketplace.authorization.engine.table import STEP_DAYS
from marketplace.authorization.models import AccessRequest, ApprovalStep
from marketplace.authorization.services.grants import issue_grant


def lock_request(actor: Actor, request_id: int) -> AccessRequest:
    """The locked request, or NotFound where the actor may not see it."""
    selectors.access_request(actor, request_id)
    return AccessRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=request_id)


def route(actor: Actor, request: AccessRequest, event: str, steps: Sequence[PlannedStep], **changed: Any) -> None:
    """Send a locked request through `steps`, after those it has, by `event`; granted at once where there are none.

    `changed` are further fields of the request.
    """
    request.state = states.ACCESS_REQUEST.target(event, request.state)
    request.expires_at = timezone.now() + timedelta(days=settings.REQUEST_DAYS)
    for name, value in changed.items():
        setattr(request, name, value)
    request.save(update_fields=["state", "expires_at", *changed])
    had = list(ApprovalStep.objects.filter(request=request))
    first = max((row.position for row in had), default=0) + 1
    after = max((stage_of(row) for row in had), default=0)
    rows = ApprovalStep.objects.bulk_create(
        ApprovalStep(
            request=request,
            position=position,
            stage=after + step.stage,
            quorum=step.quorum,
            approver=step.approver,
            title=step.title,
            organisation=step.organisation,
            state=states.APPROVAL_STEP.target("plan"),
        )
        for position, step in enumerate(steps, start=first)
    )
    audit.record(
        actor=actor,
        action="access_request.routed",
        subject=("access_request", request.pk),
        data={"steps": [[row.pk, row.approver, row.organisation_id, row.stage, row.quorum] for row in rows]},
    )
    advance(actor, request)


def advance(actor: Actor, request: AccessRequest) -> None:
    """Open the next stage of a locked request once no step is open; grant it where none is left."""
    left = ApprovalStep.objects.select_for_update().filter(request=request, state__in=[states.OPEN, states.WAITING])
    rows = list(left.order_by("position"))
    if any(row.state == states.OPEN for row in rows):
        return
    if not rows:
        grant(actor, request)
        return
    stage = min(map(stage_of, rows))
    now = timezone.now()
    for row in rows:
        if stage_of(row) == stage:
            row.state = states.APPROVAL_STEP.target("open", row.state)
            row.opened_at = now
            row.due_at = now + timedelta(days=request.decision.get("step_days", STEP_DAYS))
            row.save(update_fields=["state", "opened_at", "due_at"])
            events.emit(name="approval_step.opened", subject=("approval_step", row.pk))


def stage_of(step: ApprovalStep) -> int:
    """Steps of one stage are open together; what an earlier release planned has none and comes one by one."""
    return step.stage or step.position


def grant(actor: Actor, request: AccessRequest) -> None:
    """Approve a locked request whose chain is through, and issue its grant in the same transaction."""
    close(request, "grant")
    audit.record(
        actor=actor,
        action="access_request.approved",
        subject=("access_request", request.pk),
        data={"rule": request.decision["rule_id"]},
    )
    events.emit(name="access_request.approved", subject=("access_request", request.pk))
    issue_grant(actor=actor, request=request)


def close(request: AccessRequest, event: str, *changed: str) -> None:
    """End a locked request by `event`; `changed` are the fields that the caller set."""
    request.state = states.ACCESS_REQUEST.target(event, request.state)
    request.closed_at = timezone.now()
    request.save(update_fields=["state", "closed_at", *changed])


def void_steps(request: AccessRequest) -> None:
    """End every step that is not decided, with the request locked."""
    for step in ApprovalStep.objects.select_for_update().filter(
        request=request, state__in=[states.WAITING, states.OPEN]
    ):
        step.state = states.APPROVAL_STEP.target("void", step.state)
        step.save(update_fields=["state"])


def planned_again(steps: Iterable[ApprovalStep]) -> list[PlannedStep]:
    """Steps that ended undecided, to be asked after one that comes before them all; stages keep their order."""
    rows = list(steps)
    stages = sorted({stage_of(row) for row in rows})
    return [
        PlannedStep(row.approver, row.organisation, row.title, 2 + stages.index(stage_of(row)), row.quorum)
        for row in rows
    ]
