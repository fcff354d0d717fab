"""The queue of requests and the page of one, for all who approve: its buttons call the services, which guard each."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError, NotFound
from foundation.participants.admin_base import admin_actor
from foundation.participants.admin_queue import QueueAdmin, chosen_filters, page_address
from foundation.wording import sentences
from marketplace.authorization import selectors, services, states
from marketplace.authorization.admin import figures, queue, review
from marketplace.authorization.admin.approvers import ApproversAdmin
from marketplace.authorization.models import AccessRequest, ApprovalStep

SERVICES: Final[dict[str, tuple[Callable[..., Any], tuple[str, ...], Any]]] = {
    "approve": (services.approve_step, ("reason",), _("Your approval is recorded.")),
    "reject": (services.reject_step, ("reason", "ground"), _("The request is rejected.")),
    "ask": (services.ask_for_information, ("question",), _("The buyer is asked.")),
}
"""Button → its service, the form's fields that it takes, and what is said when it is done."""


@admin.register(AccessRequest)
class AccessRequestAdmin(ApproversAdmin, QueueAdmin):
    """Requests: what waits, the oldest first, and for whom."""

    change_list_template = "admin/authorization/accessrequest/change_list.html"
    list_display = ["id", "listing", "organisation", "purpose", "form", "mode", "state", "turn", "age"]
    list_display_links = ["id", "listing"]
    list_filter = list(queue.FILTERS)
    filters = queue.FILTERS
    keys_of_page = (
        ("jk", _("next and previous request of the queue")),
        ("d", _("to the button that approves")),
        ("r", _("to the ground of a refusal")),
        ("c", _("to the question to the buyer")),
        ("u", _("back to the queue")),
    )
    search_fields = ["=id", "organisation__name", "version__title"]
    search_help_text = _("Number of the request, buyer or title of the listing")

    class Media:
        js = [Script("grading/review.js", defer=True)]
        css = {"all": ["grading/review.css", "authorization/request.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessRequest]:
        """Those that this person's organisation may see, without the long documents."""
        rows = selectors.visible_requests(admin_actor(request)).select_related(None).prefetch_related(None)
        rows = rows.select_related("version", "organisation").prefetch_related("steps__organisation")
        return rows.defer("decision", "answers", "justification", "outcome_cause", "version__terms")

    def counted(self, request: HttpRequest) -> QuerySet[AccessRequest]:
        """What waits, of the same."""
        seen = selectors.visible_requests(admin_actor(request)).select_related(None).prefetch_related(None)
        return seen.filter(state__in=states.PENDING)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Oldest first."""
        return queue.ORDER

    @admin.display(description=_("listing"))
    def listing(self, row: AccessRequest) -> str:
        """The title of the version."""
        return row.version.title

    @admin.display(description=_("waiting for"))
    def turn(self, row: AccessRequest) -> str:
        """Whose turn it is; nobody's when it has ended."""
        if row.state == states.MORE_INFORMATION:
            return gettext("the buyer's answer")
        return ", ".join(str(step.organisation) for step in row.steps.all() if step.state == states.OPEN) or "–"

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, row: AccessRequest) -> SafeString | str:
        """How long it has been going on."""
        if row.state not in states.PENDING:
            return f"{row.created_at:%Y-%m-%d}"
        return format_html(
            '<time datetime="{}">{}</time>', row.created_at.isoformat(), timesince(row.created_at, depth=1)
        )

    def get_urls(self) -> list[URLPattern]:
        """The page of figures and the buttons' addresses before the admin's own."""
        wrapped = self.admin_site.admin_view
        buttons = [
            path(
                f"<int:request_id>/steps/<int:step_id>/{event}/",
                wrapped(self._pressing(event)),
                name=f"authorization_step_{event}",
            )
            for event in SERVICES
        ]
        page = path("figures/", wrapped(self.figures), name="authorization_accessrequest_figures")
        return [page, *buttons, *super().get_urls()]

    def figures(self, request: HttpRequest) -> HttpResponse:
        """Outcomes, refusals, times and ages of a period (the exchange)."""
        if not admin_actor(request).is_exchange:
            raise PermissionDenied
        shown = figures.page(admin_actor(request), request.GET.get("days", ""))
        context = {**self.frame(request, gettext("Requests in figures")), **shown}
        return TemplateResponse(request, "admin/authorization/accessrequest/figures.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue under its title; the way to the figures is for those who may read them."""
        shown = {"title": gettext("Requests for access"), "figures": admin_actor(request).is_exchange}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def _pressing(self, event: str) -> Callable[[HttpRequest, int, int], HttpResponse]:
        """The view of one button: done, it leads back to the request."""

        def press(request: HttpRequest, request_id: int, step_id: int) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if not self.has_view_permission(request):
                raise PermissionDenied
            service, fields, done = SERVICES[event]
            typed = {name: request.POST.get(name, "") for name in ("reason", "ground", "question", "delegation")}
            given: dict[str, Any] = {name: typed[name] for name in fields}
            if typed["delegation"].isdecimal() and len(typed["delegation"]) <= 18:
                given["delegation_id"] = int(typed["delegation"])
            try:
                self._require_own(request_id, step_id)
                service(actor=admin_actor(request), step_id=step_id, **given)
            except NotFound as error:
                raise Http404 from error
            except DomainError as error:
                for line in sentences(error):
                    messages.error(request, line)
                return self.page(request, request_id, typed=typed)
            messages.success(request, str(done))
            return HttpResponseRedirect(page_address(AccessRequest, request_id, chosen_filters(request)))

        return press

    def _require_own(self, request_id: int, step_id: int) -> None:
        if not ApprovalStep.objects.filter(pk=step_id, request=request_id).exists():
            raise NotFound

    def page(self, request: HttpRequest, number: int, *, typed: dict[str, str] | None = None) -> HttpResponse:
        """The page of one request; `typed` is what a refused button was sent."""
        actor, chosen = admin_actor(request), chosen_filters(request)
        try:
            row = selectors.access_request(actor, number)
        except NotFound as error:
            raise Http404 from error
        rows = selectors.visible_requests(actor).select_related(None).prefetch_related(None)
        context = {
            **self.frame(request, gettext("Access to %(title)s") % {"title": row.version.title}),
            **review.page(row, actor, typed=typed),
            **self.way(chosen, *queue.beside(self.chosen_of(request, rows, chosen), number)),
        }
        return TemplateResponse(request, "admin/authorization/accessrequest/request.html", context)


@admin.register(ApprovalStep)
class ApprovalStepAdmin(ApproversAdmin):
    """Steps, newest first; they are decided on the page of their request."""

    list_display = ["id", "of", "position", "approver", "title", "organisation", "state", "opened_at", "decided_at"]
    exclude = ["decided_by"]  # whom a body sends is its own affair
    list_filter = ["state", "approver"]
    list_select_related = ["request", "organisation"]
    search_fields = ["=request__id", "organisation__name"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApprovalStep]:
        """Those of the requests that this person's organisation may see."""
        return selectors.visible_steps(admin_actor(request)).order_by("-pk")

    @admin.display(description=_("request"))
    def of(self, row: ApprovalStep) -> SafeString:
        """The way to the request."""
        return format_html('<a href="{}">{}</a>', page_address(AccessRequest, row.request_id), row.request)
