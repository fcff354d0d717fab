"""Filters of the queue, each line with its count: state, risk, age, cause, sector, decision, reviewer; one of files."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import admin_actor
from foundation.participants.admin_counting import Choice, CountedFilter
from grading import selectors, states, wording
from grading.admin import queue
from grading.models import Cause, GradeState, Level
from grading.rules.shipped import shipped_rules


class StateFilter(CountedFilter):
    """What waits, unless something else is asked for; what is done grows for ever and is not counted."""

    title = _("state")
    parameter_name = "state"
    beside_all = (_("Waiting now"), Q(state__in=states.OPEN))

    def options(self, request: HttpRequest) -> list[Choice]:
        """Every state, and all of them."""
        each = [Choice(str(value), label, Q(state=value)) for value, label in GradeState.choices]
        return [*each, Choice("all", _("all"), Q())]

    @property
    def shows_queue(self) -> bool:
        """Whether the rows shown are of the queue, and not of the archive."""
        return self.condition() == self.beside_all[1] or self.value() in states.OPEN

    def counts_line(self, value: str) -> bool:
        """All that wait, and each state of those."""
        return value in ("", *states.OPEN)


class RiskFilter(CountedFilter):
    """By the recommended level; what may be important or core counts as such."""

    title = _("risk")
    parameter_name = "risk"

    def options(self, request: HttpRequest) -> list[Choice]:
        """Gravest first."""
        named = [(6, _("core or possibly core")), (5, _("important or possibly important"))]
        named += [(place, Level.choices[place - 1][1]) for place in (4, 3, 2, 1)]
        return [Choice(str(place), label, Q(risk=place)) for place, label in named]


class AgeFilter(CountedFilter):
    """By the days since the recommendation."""

    title = _("age")
    parameter_name = "older_than"

    def options(self, request: HttpRequest) -> list[Choice]:
        """Days."""
        now = timezone.now()
        named = [(1, _("more than a day")), (7, _("more than a week")), (30, _("more than 30 days"))]
        return [Choice(str(days), label, Q(created_at__lt=now - timedelta(days=days))) for days, label in named]


class SectorFilter(CountedFilter):
    """By the sector of the recommended category."""

    title = _("sector")
    parameter_name = "sector"
    lines_without_rows = False

    def options(self, request: HttpRequest) -> list[Choice]:
        """The sectors of the classification."""
        return [
            Choice(code, wording.category_name(code), _within(code))
            for code in (sector.code for sector in shipped_rules().categories.sectors)
        ]


def _within(sector: str) -> Q:
    return Q(recommended_category=sector) | Q(recommended_category__startswith=f"{sector}/")


class CauseFilter(CountedFilter):
    """By why the asset was examined or placed anew."""

    title = _("cause")
    parameter_name = "cause"
    lines_without_rows = False

    def options(self, request: HttpRequest) -> list[Choice]:
        """Every cause."""
        return [Choice(str(value), label, Q(cause=value)) for value, label in Cause.choices]


class DecidedFilter(CountedFilter):
    """By what a decided grade that stands has to do with it."""

    title = _("standing decision")
    parameter_name = "standing"

    def options(self, request: HttpRequest) -> list[Choice]:
        """What people should look at."""
        return [
            Choice("appealed", _("under appeal"), queue.under_appeal()),
            Choice("differs", _("differs from today's recommendation"), Q(difference__differs=True)),
        ]


class ReviewerFilter(CountedFilter):
    """By whether the person who looks may decide: nobody does on data of their own organisation, or twice."""

    title = _("reviewer")
    parameter_name = "reviewer"

    def options(self, request: HttpRequest) -> list[Choice]:
        """Mine and others'."""
        mine = queue.decidable_by(admin_actor(request))
        return [Choice("me", _("I may decide"), mine), Choice("others", _("only others may decide"), ~mine)]


FILTERS: Final = (StateFilter, RiskFilter, AgeFilter, CauseFilter, SectorFilter, DecidedFilter, ReviewerFilter)


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
