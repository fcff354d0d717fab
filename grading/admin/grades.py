"""The queue of grades and the page that reviews one: its buttons call the services, which guard every step."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import DomainError, NotFound
from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor
from foundation.wording import sentences
from grading import selectors, services, wording
from grading.admin import review
from grading.admin.filters import WAITING, AgeFilter, RiskFilter
from grading.models import Grade

SERVICES: Final[dict[str, tuple[Callable[..., Grade], tuple[str, ...], Any]]] = {
    "confirm": (services.confirm_grade, ("level", "category", "reason"), _("The grade is confirmed.")),
    "decide": (services.decide_grade, ("level", "category", "reason"), _("The grade is decided.")),
    "return": (services.return_grade, ("reason",), _("The grade is returned to the owner.")),
}
"""Button → its service, the form's fields that it takes, and what is said when it is done."""


@admin.register(Grade)
class GradeAdmin(ReadOnlyAdmin):
    """Grades: what waits for a decision first, the gravest first, then the oldest."""

    list_display = ["id", "file", "owner", "state", "risk", "level", "created_at"]
    list_display_links = ["id", "file"]
    list_filter = ["state", RiskFilter, AgeFilter]
    list_select_related = ["asset", "asset__organisation"]
    search_fields = ["=id", "asset__filename", "asset__organisation__name"]
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grade]:
        """All grades with their risk, by which the list orders them; it needs no long JSON documents."""
        return Grade.objects.annotate(waiting=WAITING).defer("recommendation")

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        """Waiting, gravest, oldest."""
        return ["waiting", "-risk", "pk"]

    @admin.display(description=_("file"), ordering="asset__filename")
    def file(self, grade: Grade) -> str:
        """The file's name."""
        return grade.asset.filename

    @admin.display(description=_("owner"), ordering="asset__organisation__name")
    def owner(self, grade: Grade) -> str:
        """The organisation."""
        return str(grade.asset.organisation)

    @admin.display(description=_("recommended"), ordering="risk")
    def risk(self, grade: Any) -> str:
        """The recommended level, marked where the data may be important or core."""
        flagged = grade.risk >= 5 and grade.recommended_level.startswith("general")
        return f"{wording.level_name(grade.recommended_level)}{' ⚑' if flagged else ''}"

    def get_urls(self) -> list[URLPattern]:
        """The buttons' addresses before the admin's own."""
        buttons = [
            path(f"<int:grade_id>/{event}/", self.admin_site.admin_view(self._pressing(event)), name=f"grade_{event}")
            for event in SERVICES
        ]
        return [*buttons, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The review page; buttons have addresses of their own."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not object_id.isdecimal():
            raise Http404
        return self._page(request, int(object_id))

    def _pressing(self, event: str) -> Callable[[HttpRequest, int], HttpResponse]:
        """The view of one button."""

        def press(request: HttpRequest, grade_id: int) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if not self.has_view_permission(request):
                raise PermissionDenied
            service, fields, done = SERVICES[event]
            typed = {field: request.POST.get(field, "") for field in fields}
            try:
                service(actor=admin_actor(request), grade_id=grade_id, **typed)
            except NotFound as error:
                raise Http404 from error
            except DomainError as error:
                for line in sentences(error):
                    messages.error(request, line)
                return self._page(request, grade_id, typed=typed)
            messages.success(request, done)
            return HttpResponseRedirect(reverse("admin:grading_grade_change", args=[grade_id]))

        return press

    def _page(self, request: HttpRequest, grade_id: int, *, typed: dict[str, str] | None = None) -> HttpResponse:
        actor = admin_actor(request)
        try:
            grade = selectors.grade(actor, grade_id)
        except NotFound as error:
            raise Http404 from error
        context = {
            **self.admin_site.each_context(request),
            **review.page(grade, actor, typed=typed),
            "title": gettext("Review of %(file)s") % {"file": grade.asset.filename},
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/grading/grade/review.html", context)
