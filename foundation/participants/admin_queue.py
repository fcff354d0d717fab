"""What queues that people work through share: a list whose filters count, a page for each row, the way to the next."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.contrib.admin import ShowFacets
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin
from foundation.participants.admin_counting import CountedFilter, CountedList

FILTERS_CHOSEN: Final = "_changelist_filters"
"""The admin's own name for what the list showed that somebody came from."""
LARGEST_NUMBER: Final = 18
"""Digits of the largest identifier that an address may hold."""

Keys = Sequence[tuple[str, Any]]
"""Keys of the keyboard, each with what it does."""


class QueueAdmin(ReadOnlyAdmin):
    """A queue, told apart by `filters`, with a page for each row, whose buttons have addresses of their own."""

    filters: ClassVar[tuple[type[CountedFilter], ...]]
    keys_of_list: ClassVar[Keys] = (("jk", _("next and previous line")), ("/", _("to the search")))
    keys_of_page: ClassVar[Keys]
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # the filters count by themselves, all of them by one query
    list_per_page = 50

    @abstractmethod
    def counted(self, request: HttpRequest) -> QuerySet[Any]:
        """What waits: the rows that the filters count."""

    @abstractmethod
    def page(self, request: HttpRequest, number: int) -> HttpResponse:
        """The page of the row of this number. Http404 for what there is not, or the person may not see."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountedList]:
        """The list whose filters count."""
        return CountedList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue, as wide as the window: the other rooms are a click away."""
        shown = {"is_nav_sidebar_enabled": False, "keys": self.keys_of_list}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one row, which only shows."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not object_id.isdecimal() or len(object_id) > LARGEST_NUMBER:
            raise Http404
        return self.page(request, int(object_id))

    def frame(self, request: HttpRequest, title: str) -> dict[str, Any]:
        """What the templates of a page of this queue ask for, whatever it shows."""
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.model._meta,
            "is_nav_sidebar_enabled": False,
            "media": self.media,
            "keys": self.keys_of_page,
        }

    def way(self, chosen: str, before: int | None, after: int | None) -> dict[str, Any]:
        """The same for the way back to the list as it was, and to the rows beside this one."""
        return {
            "chosen": chosen,
            "queue": self.address_of_list(chosen),
            "before": None if before is None else page_address(self.model, before, chosen),
            "after": None if after is None else page_address(self.model, after, chosen),
        }

    def address_of_list(self, chosen: str) -> str:
        """The list under these filters."""
        return f"{reverse(f'admin:{_name(self.model)}_changelist')}?{chosen}".rstrip("?")

    def chosen_of(self, request: HttpRequest, rows: QuerySet[Any], chosen: str) -> QuerySet[Any]:
        """Those of `rows` that the list shows under these filters."""
        given = QueryDict(chosen)
        params: dict[str, Any] = dict(given.lists())
        for filter_class in self.filters:
            rows = rows.filter(filter_class(request, params, self.model, self).condition())
        return self.get_search_results(request, rows, given.get("q", "").replace("\x00", ""))[0]


def chosen_filters(request: HttpRequest) -> str:
    """The filters of the list that somebody came from, as its address had them."""
    return (request.POST if request.method == "POST" else request.GET).get(FILTERS_CHOSEN, "")[:2000]


def page_address(model: type[Model], number: int, chosen: str = "") -> str:
    """The page of a row, in the queue that somebody works through."""
    kept = f"?{urlencode({FILTERS_CHOSEN: chosen})}" if chosen else ""
    return f"{reverse(f'admin:{_name(model)}_change', args=[number])}{kept}"


def _name(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"
