"""Filters of the queue: how grave, and how long waiting; and of files: by what engine they were examined."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grading import selectors, states
from grading.models import Grade, Level

WAITING: Final = Case(When(state__in=states.OPEN, then=Value(0)), default=Value(1))


class RiskFilter(admin.SimpleListFilter):
    """By the recommended level; what may be important or core counts as such."""

    title = _("risk")
    parameter_name = "risk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Gravest first."""
        return [
            ("6", _("core or possibly core")),
            ("5", _("important or possibly important")),
            *((str(place), Level.choices[place - 1][1]) for place in (4, 3, 2, 1)),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Grades of this risk; the queue's rows are annotated with it."""
        value = self.value()
        return queryset.filter(risk=int(value)) if value in {"1", "2", "3", "4", "5", "6"} else queryset


class AgeFilter(admin.SimpleListFilter):
    """By the days since the recommendation."""

    title = _("age")
    parameter_name = "older_than"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Days."""
        return [("1", _("more than a day")), ("7", _("more than a week")), ("30", _("more than 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Grade]) -> QuerySet[Grade]:
        """Grades recommended before then."""
        value = self.value()
        if value not in {"1", "7", "30"}:
            return queryset
        return queryset.filter(created_at__lt=timezone.now() - timedelta(days=int(value)))


class EngineFilter(admin.SimpleListFilter):
    """Files that an older engine examined last."""

    title = _("engine")
    parameter_name = "engine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice."""
        return [("older", _("examined by an older version"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without those whose examination waits already."""
        return queryset.filter(pk__in=selectors.outdated_assets().values("pk")) if self.value() == "older" else queryset
