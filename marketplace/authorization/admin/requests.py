"""Requests and their steps in the admin: to read, with buttons that call the services."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline
from foundation.participants.admin_buttons import Button, ButtonAdmin
from marketplace.authorization import selectors, services, states
from marketplace.authorization.models import AccessRequest, ApprovalStep
from marketplace.authorization.wording import cause_in_words


class StepInline(ReadOnlyInline):
    """The chain; a step's page has its buttons."""

    model = ApprovalStep
    fields = ["position", "approver", "title", "organisation", "state", "decided_by", "decided_at", "reason"]
    show_change_link = True


@admin.register(AccessRequest)
class AccessRequestAdmin(ReadOnlyAdmin):
    """Requests: where each stands and why."""

    list_display = [
        "id",
        "version",
        "organisation",
        "purpose",
        "form",
        "exclusive",
        "mode",
        "state",
        "created_at",
        "closed_at",
    ]
    list_filter = ["state", "mode", "purpose", "exclusive"]
    list_select_related = ["version", "organisation"]
    search_fields = ["=id", "organisation__name", "version__title"]
    show_full_result_count = False
    inlines = [StepInline]
    exclude = ["outcome_reason", "outcome_cause"]
    readonly_fields = ["reason", "timeline"]

    @admin.display(description=_("reason of the outcome"))
    def reason(self, row: AccessRequest) -> str:
        """Why it ended as it did."""
        return cause_in_words(row.outcome_cause) or row.outcome_reason

    @admin.display(description=_("timeline"))
    def timeline(self, row: AccessRequest) -> SafeString:
        """What happened, oldest first, as the audit log has it."""
        lines = (
            (event.at.isoformat(" ", "seconds"), event.action, event.actor_label) for event in selectors.recorded(row)
        )
        return format_html_join("", "<div>{} {} {}</div>", lines)


@admin.register(ApprovalStep)
class ApprovalStepAdmin(ButtonAdmin):
    """Steps, those to be decided first; approvers of the step's organisation decide."""

    machine = states.APPROVAL_STEP
    buttons = {
        "approve": Button(_("Approve"), services.approve_step, "step_id", needs_reason=False),
        "reject": Button(_("Reject"), services.reject_step, "step_id"),
    }
    list_display = ["id", "request", "position", "approver", "title", "organisation", "state", "decided_at"]
    list_filter = ["state", "approver"]
    list_select_related = ["request", "organisation"]
    search_fields = ["=request__id", "organisation__name"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApprovalStep]:
        """All steps, newest first."""
        return ApprovalStep.objects.order_by("-pk")
