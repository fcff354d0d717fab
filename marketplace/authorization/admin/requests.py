"""Requests and their steps in the admin: to read, with buttons that call the services."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline, admin_actor
from foundation.participants.admin_buttons import Button, ButtonAdmin
from marketplace.authorization import selectors, services, states
from marketplace.authorization.admin import figures
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

    change_list_template = "admin/authorization/accessrequest/change_list.html"
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

    class Media:
        css = {"all": ["grading/review.css"]}

    def get_urls(self) -> list[URLPattern]:
        """The page of figures before the admin's own."""
        page = self.admin_site.admin_view(self.figures)
        return [path("figures/", page, name="authorization_accessrequest_figures"), *super().get_urls()]

    def figures(self, request: HttpRequest) -> HttpResponse:
        """Outcomes, refusals, times and ages of a period."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            **figures.page(admin_actor(request), request.GET.get("days", "")),
            "title": gettext("Requests in figures"),
            "opts": self.model._meta,
            "is_nav_sidebar_enabled": False,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/authorization/accessrequest/figures.html", context)

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
