"""Requests and their steps in the admin: to read, with buttons that call the services."""

import json
from contextvars import ContextVar
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline, admin_actor
from foundation.participants.admin_buttons import Button, ButtonAdmin
from marketplace.authorization import grounds, selectors, services, states
from marketplace.authorization.admin import figures
from marketplace.authorization.models import AccessRequest, ApprovalStep, ApprovalVote, RequestAppeal
from marketplace.authorization.wording import cause_in_words


class StepInline(ReadOnlyInline):
    """The chain; a step's page has its buttons."""

    model = ApprovalStep
    fields = [
        "position", "stage", "approver", "title", "organisation", "quorum", "state", "due_at", "escalated_at",
        "decided_by", "decided_at", "ground", "reason",
    ]  # fmt: skip
    show_change_link = True


class VoteInline(ReadOnlyInline):
    """Who voted, and in whose place."""

    model = ApprovalVote
    fk_name = "step"
    fields = ["voter", "seat", "verdict", "reason", "created_at"]


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
    exclude = ["outcome_reason", "outcome_cause", "outcome_ground", "answers"]
    readonly_fields = ["reason", "own_answers", "questions", "appealed", "timeline"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one request, as this reader may see it."""
        self._confidence.set(selectors.Confidence(admin_actor(request)))
        return super().change_view(request, object_id, form_url, extra_context)

    _confidence: ClassVar[ContextVar[selectors.Confidence]] = ContextVar("confidence")

    @admin.display(description=_("answers to the listing's questions"))
    def own_answers(self, row: AccessRequest) -> str:
        """For approvers of the request alone."""
        if not row.answers:
            return "-"
        if not self._confidence.get().covers(row):
            return gettext("For the buyer and the approvers of this request alone.")
        return json.dumps(row.answers, ensure_ascii=False, indent=2)

    @admin.display(description=_("rounds of questions"))
    def questions(self, row: AccessRequest) -> str:
        """Questions and answers, for approvers of the request alone; others see how many there were."""
        rounds = list(row.rounds.all())
        if not rounds:
            return "-"
        if not self._confidence.get().covers(row):
            return ngettext("%(count)s question", "%(count)s questions", len(rounds)) % {"count": len(rounds)}
        lines = ((asked.asked_at.isoformat(" ", "seconds"), asked.question, asked.answer or "…") for asked in rounds)
        return format_html_join("", "<div>{} {} → {}</div>", lines)

    @admin.display(description=_("appeal"))
    def appealed(self, row: AccessRequest) -> str:
        """What the buyer says against the refusal."""
        appeal = RequestAppeal.objects.filter(request=row).first()
        return "-" if appeal is None else appeal.grounds

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
        ground = grounds.in_words(row.outcome_ground)
        return " ".join(filter(None, (ground, cause_in_words(row.outcome_cause) or row.outcome_reason)))

    @admin.display(description=_("timeline"))
    def timeline(self, row: AccessRequest) -> SafeString:
        """What happened, oldest first, as the audit log has it."""
        lines = (
            (event.at.isoformat(" ", "seconds"), event.action, event.actor_label) for event in selectors.recorded(row)
        )
        return format_html_join("", "<div>{} {} {}</div>", lines)


def _grounds() -> list[tuple[str, str]]:
    return [(ground.code, ground.words) for ground in grounds.grounds().values()]


@admin.register(ApprovalStep)
class ApprovalStepAdmin(ButtonAdmin):
    """Steps, those to be decided first; approvers of the step's organisation decide."""

    machine = states.APPROVAL_STEP
    buttons = {
        "approve": Button(_("Approve"), services.approve_step, "step_id", needs_reason=False),
        "reject": Button(_("Reject"), services.reject_step, "step_id", chooses="ground", choices=_grounds),
        "ask": Button(
            _("Ask the buyer"),
            services.ask_for_information,
            "step_id",
            reason_as="question",
            prompt=_("Question"),
            event="approve",
        ),
    }
    inlines = [VoteInline]
    list_display = ["id", "request", "position", "approver", "title", "organisation", "state", "due_at", "decided_at"]
    list_filter = ["state", "approver"]
    list_select_related = ["request", "organisation"]
    search_fields = ["=request__id", "organisation__name"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApprovalStep]:
        """All steps, newest first."""
        return ApprovalStep.objects.order_by("-pk")
