"""The queue of grades and the page that reviews one: its buttons call the services, which guard every step."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError, NotFound
from foundation.participants.admin_base import admin_actor
from foundation.participants.admin_queue import QueueAdmin, chosen_filters, page_address
from foundation.wording import sentences
from grading import selectors, services, states, wording
from grading.admin import bulk, queue, review, statistics
from grading.admin.filters import FILTERS
from grading.models import Grade, GradeAppeal

SERVICES: Final[dict[str, tuple[Callable[..., Grade], tuple[str, ...], Any]]] = {
    "confirm": (
        services.confirm_grade,
        ("level", "category", "reason"),
        _("The grade of {file} is confirmed: another reviewer decides."),
    ),
    "decide": (services.decide_grade, ("level", "category", "reason"), _("The grade of {file} is decided.")),
    "return": (services.return_grade, ("reason",), _("The grade of {file} is returned to the owner.")),
}
"""Button → its service, the form's fields that it takes, and what is said when it is done."""


@admin.register(Grade)
class GradeAdmin(QueueAdmin):
    """Grades: what waits for a decision, the gravest first, then the oldest."""

    change_list_template = "admin/grading/grade/change_list.html"
    list_display = ["id", "file", "owner", "recommended", "age", "progress", "why"]
    list_display_links = ["id", "file"]
    list_filter = list(FILTERS)
    filters = FILTERS
    keys_of_list = (*QueueAdmin.keys_of_list, ("x", _("choose the line, or not")))
    keys_of_page = (
        ("jk", _("next and previous grade of the queue")),
        ("c", _("to the button that confirms")),
        ("d", _("to the button that decides")),
        ("r", _("to the reason of a return")),
        ("u", _("back to the queue")),
    )
    list_select_related = ["asset", "asset__organisation"]
    search_fields = ["=id", "asset__filename", "asset__organisation__name"]
    search_help_text = _("Number of the grade, file name or owner")
    actions = ["decide_low"]

    class Media:
        js = [Script("grading/review.js", defer=True)]
        css = {"all": ["grading/review.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grade]:
        """What the lines of the list show of all grades."""
        appeal = GradeAppeal.objects.filter(review=OuterRef("pk"), state=states.FILED)
        return Grade.objects.only(*queue.OF_A_LINE).annotate(appealed=Exists(appeal))

    def counted(self, request: HttpRequest) -> QuerySet[Grade]:
        """What waits."""
        return Grade.objects.filter(state__in=states.OPEN)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Gravest, oldest."""
        return queue.ORDER

    @admin.display(description=_("file"))
    def file(self, grade: Grade) -> str:
        """The file's name."""
        return grade.asset.filename

    @admin.display(description=_("owner"))
    def owner(self, grade: Grade) -> str:
        """The organisation."""
        return str(grade.asset.organisation)

    @admin.display(description=_("recommended"), ordering="risk")
    def recommended(self, grade: Grade) -> SafeString | str:
        """The recommended level, marked where the data may be important or core."""
        name = wording.level_name(grade.recommended_level)
        if grade.risk < 5 or not grade.recommended_level.startswith("general"):
            return name
        flag = "possibly_core" if grade.risk == 6 else "possibly_important"
        return format_html('{} <abbr title="{}">⚑</abbr>', name, wording.name(flag))

    @admin.display(description=_("waiting for"), ordering="created_at")
    def age(self, grade: Grade) -> SafeString | str:
        """How long it has been waiting; of what is done the day of the recommendation."""
        if grade.state not in states.OPEN:
            return f"{timezone.localdate(grade.created_at):%Y-%m-%d}"
        since = timezone.localtime(grade.created_at)
        return format_html('<time datetime="{}">{}</time>', since.isoformat(), timesince(since, depth=1))

    @admin.display(description=_("state"), ordering="state")
    def progress(self, grade: Grade) -> str:
        """The state, and the level where people have said one."""
        state = str(grade.get_state_display())
        return f"{state}: {wording.level_name(grade.level)}" if grade.level else state

    @admin.display(description=_("cause"), ordering="cause")
    def why(self, grade: Any) -> SafeString | str:
        """Why it was recommended, marked where it decides an appeal."""
        cause = str(grade.get_cause_display())
        return format_html("{}<br>⚖ {}", cause, _("under appeal")) if grade.appealed else cause

    @admin.action(description=_("Decide as recommended: general 1 and 2 alone"))
    def decide_low(self, request: HttpRequest, queryset: QuerySet[Grade]) -> HttpResponse | None:
        """First a page that lists what will be decided and what will not, and why; confirmed there, it is done."""
        chosen = list(queryset.values_list("pk", flat=True)[: services.MOST_IN_BULK + 1])
        if len(chosen) > services.MOST_IN_BULK:
            bulk.too_many(request)
            return None
        if request.POST.get("confirmed") == "yes":
            bulk.confirm(request, chosen)
            return None
        context = {
            **self.frame(request, gettext("Decide low grades")),
            **bulk.preview(admin_actor(request), chosen),
            "action": "decide_low",
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/grading/grade/bulk.html", context)

    def get_actions(self, request: HttpRequest) -> Any:
        """For reviewers; the services refuse everybody else, whatever is offered."""
        return super().get_actions(request) if admin_actor(request).acts_as("exchange", "reviewer") else {}

    def get_urls(self) -> list[URLPattern]:
        """The buttons' addresses before the admin's own."""
        wrapped = self.admin_site.admin_view
        buttons = [
            path(f"<int:grade_id>/{event}/", wrapped(self._pressing(event)), name=f"grade_{event}")
            for event in SERVICES
        ]
        statistics_page = path("statistics/", wrapped(self.statistics), name="grading_grade_statistics")
        return [statistics_page, *buttons, *super().get_urls()]

    def statistics(self, request: HttpRequest) -> HttpResponse:
        """Decisions, departures, returns, appeals and waiting times of a period."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.frame(request, gettext("Statistics of grading")),
            **statistics.page(admin_actor(request), request.GET.get("days", "")),
        }
        return TemplateResponse(request, "admin/grading/grade/statistics.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue under its title."""
        return super().changelist_view(request, {"title": gettext("Grades to review"), **(extra_context or {})})

    def _pressing(self, event: str) -> Callable[[HttpRequest, int], HttpResponse]:
        """The view of one button: done, it leads to the next grade of the queue."""

        def press(request: HttpRequest, grade_id: int) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if not self.has_view_permission(request):
                raise PermissionDenied
            service, fields, done = SERVICES[event]
            typed = {field: request.POST.get(field, "") for field in fields}
            try:
                grade = service(actor=admin_actor(request), grade_id=grade_id, **typed)
            except NotFound as error:
                raise Http404 from error
            except DomainError as error:
                for line in sentences(error):
                    messages.error(request, line)
                return self.page(request, grade_id, typed=typed)
            link = format_html('<a href="{}">{}</a>', page_address(Grade, grade.pk), grade.asset.filename)
            messages.success(request, format_html(str(done), file=link))
            return self._to_next(request, grade)

        return press

    def _to_next(self, request: HttpRequest, grade: Grade) -> HttpResponse:
        """What stands after this grade in the reviewer's queue, else its first; the list where nothing waits."""
        chosen = chosen_filters(request)
        place = queue.place(self._queue(request, chosen), grade)
        following = place.after or place.first
        if following is not None:
            return HttpResponseRedirect(page_address(Grade, following, chosen))
        messages.info(request, gettext("Nothing waits for you in this queue."))
        return HttpResponseRedirect(self.address_of_list(chosen))

    def _queue(self, request: HttpRequest, chosen: str) -> QuerySet[Grade]:
        """What the list shows under these filters, of what this person may decide."""
        actor = admin_actor(request)
        decides = actor.acts_as("exchange", "reviewer")
        rows = Grade.objects.filter(queue.decidable_by(actor) if decides else Q(state__in=states.OPEN))
        return self.chosen_of(request, rows, chosen)

    def page(self, request: HttpRequest, number: int, *, typed: dict[str, str] | None = None) -> HttpResponse:
        """The review page; `typed` is what a refused button was sent."""
        actor, chosen = admin_actor(request), chosen_filters(request)
        try:
            grade = selectors.grade(actor, number)
        except NotFound as error:
            raise Http404 from error
        place = queue.place(self._queue(request, chosen), grade)
        context = {
            **self.frame(request, gettext("Review of %(file)s") % {"file": grade.asset.filename}),
            **review.page(grade, actor, typed=typed),
            **self.way(chosen, place.before, place.after),
        }
        return TemplateResponse(request, "admin/grading/grade/review.html", context)
