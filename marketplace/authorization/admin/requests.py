"""The queue of requests and the page of one, for all who approve: its buttons call the services, which guard each."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError, NotFound
from foundation.participants.admin_base import admin_actor
from foundation.participants.admin_counting import CountedList
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
FILTERS_CHOSEN: Final = "_changelist_filters"
"""The admin's own name for what the list showed that somebody came from."""


@admin.register(AccessRequest)
class AccessRequestAdmin(ApproversAdmin):
    """Requests: what waits, the oldest first, and for whom."""

    change_list_template = "admin/authorization/accessrequest/change_list.html"
    list_display = ["id", "listing", "organisation", "purpose", "form", "mode", "state", "turn", "age"]
    list_display_links = ["id", "listing"]
    list_filter = list(queue.FILTERS)
    search_fields = ["=id", "organisation__name", "version__title"]
    search_help_text = _("Number of the request, buyer or title of the listing")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # the filters count by themselves, all of them by one query
    list_per_page = 50

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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountedList]:
        """The list whose filters count."""
        return CountedList

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
        context = {**self._frame(request, gettext("Requests in figures")), **shown}
        return TemplateResponse(request, "admin/authorization/accessrequest/figures.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue, as wide as the window: the other rooms are a click away."""
        shown = {
            "title": gettext("Requests for access"),
            "is_nav_sidebar_enabled": False,
            "figures": admin_actor(request).is_exchange,
        }
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one request; buttons have addresses of their own."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        return self._page(request, int(object_id))

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
                return self._page(request, request_id, typed=typed)
            messages.success(request, str(done))
            return HttpResponseRedirect(_address(request_id, _chosen(request)))

        return press

    def _require_own(self, request_id: int, step_id: int) -> None:
        if not ApprovalStep.objects.filter(pk=step_id, request=request_id).exists():
            raise NotFound

    def _queue(self, request: HttpRequest, chosen: str) -> QuerySet[AccessRequest]:
        """What the list shows under these filters."""
        given = QueryDict(chosen)
        params: dict[str, Any] = dict(given.lists())
        rows = selectors.visible_requests(admin_actor(request)).select_related(None).prefetch_related(None)
        for filter_class in queue.FILTERS:
            rows = rows.filter(filter_class(request, params, AccessRequest, self).condition())
        return self.get_search_results(request, rows, given.get("q", "").replace("\x00", ""))[0]

    def _page(self, request: HttpRequest, request_id: int, *, typed: dict[str, str] | None = None) -> HttpResponse:
        actor, chosen = admin_actor(request), _chosen(request)
        try:
            row = selectors.access_request(actor, request_id)
        except NotFound as error:
            raise Http404 from error
        before, after = queue.beside(self._queue(request, chosen), request_id)
        context = {
            **self._frame(request, gettext("Access to %(title)s") % {"title": row.version.title}),
            **review.page(row, actor, typed=typed),
            "chosen": chosen,
            "queue": f"{reverse('admin:authorization_accessrequest_changelist')}?{chosen}".rstrip("?"),
            "before": None if before is None else _address(before, chosen),
            "after": None if after is None else _address(after, chosen),
        }
        return TemplateResponse(request, "admin/authorization/accessrequest/request.html", context)

    def _frame(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.model._meta,
            "is_nav_sidebar_enabled": False,
            "media": self.media,
        }


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
        return format_html('<a href="{}">{}</a>', _address(row.request_id), row.request)


def _address(request_id: int, chosen: str = "") -> str:
    """The page of a request, in the queue that somebody works through."""
    kept = f"?{urlencode({FILTERS_CHOSEN: chosen})}" if chosen else ""
    return f"{reverse('admin:authorization_accessrequest_change', args=[request_id])}{kept}"


def _chosen(request: HttpRequest) -> str:
    """The filters of the list that somebody came from, as its address had them."""
    return (request.POST if request.method == "POST" else request.GET).get(FILTERS_CHOSEN, "")[:2000]
