"""What beat does about requests that wait: reminds, tells those who can act, and ends what nobody decided in time.

A step that is overdue stays with whom the table names: others are told, nobody takes it over.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.batches import each_held
from foundation.events import services as events
from marketplace.authorization import states
from marketplace.authorization.models import AccessRequest, ApprovalStep
from marketplace.authorization.services.routing import close, void_steps


def remind_of_steps(*, actor: Actor) -> int:
    """Tell approvers once of every step that is due within settings.STEP_REMINDER_DAYS; how many.

    Steps that had no longer than that from the start are not spoken of: they were told of when they opened.
    """
    now, days = timezone.now(), timedelta(days=settings.STEP_REMINDER_DAYS)
    due = _running().filter(reminded_at=None, due_at__gt=now, due_at__lte=now + days)
    due = due.filter(due_at__gt=F("opened_at") + days)

    def remind(step: ApprovalStep) -> None:
        step.reminded_at = timezone.now()
        step.save(update_fields=["reminded_at"])
        events.emit(name="approval_step.due_soon", subject=("approval_step", step.pk))

    return each_held(due, remind)


def escalate_steps(*, actor: Actor) -> int:
    """Tell the administrators of the step's organisation and of the exchange once of every overdue step; how many."""

    def escalate(step: ApprovalStep) -> None:
        step.escalated_at = timezone.now()
        step.save(update_fields=["escalated_at"])
        data = {"request": step.request_id, "due_at": step.due_at.isoformat() if step.due_at else None}
        audit.record(actor=actor, action="approval_step.escalated", subject=("approval_step", step.pk), data=data)
        events.emit(name="approval_step.overdue", subject=("approval_step", step.pk))

    return each_held(_running().filter(escalated_at=None, due_at__lte=timezone.now()), escalate)


def expire_requests(*, actor: Actor) -> int:
    """End every request that is not decided by its deadline, with its steps; how many."""

    def expire(request: AccessRequest) -> None:
        close(request, "expire")
        void_steps(request)
        audit.record(actor=actor, action="access_request.expired", subject=("access_request", request.pk))
        events.emit(name="access_request.expired", subject=("access_request", request.pk))

    late = AccessRequest.objects.filter(state__in=states.PENDING, expires_at__lte=timezone.now())
    return each_held(late, expire)


def _running() -> QuerySet[ApprovalStep]:
    """Open steps whose clock runs: while the buyer is asked it stands still."""
    return ApprovalStep.objects.filter(state=states.OPEN, request__state=states.IN_APPROVAL)
