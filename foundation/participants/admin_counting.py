"""A list whose filters say how many rows each of their lines would show, by one query for all of them.

Its admin's method `counted` gives what is counted: what waits, never an archive that grows for ever.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, Count, Q, QuerySet, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Choice(NamedTuple):
    """One line of a filter: its value in the address, its words, and what rows it shows."""

    value: str
    label: Any
    condition: Q


class CountedFilter(admin.SimpleListFilter, ABC):
    """A filter whose lines say how many waiting rows they would show beside the choices of the other filters."""

    lines_without_rows = True
    """Whether lines with no rows are shown, too."""
    beside_all: tuple[Any, Q] = (_("All"), Q())
    """What is shown where nothing is chosen."""

    @abstractmethod
    def options(self, request: HttpRequest) -> list[Choice]:
        """The lines below the first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The lines as the admin asks for them."""
        self.known = self.options(request)
        return [(choice.value, choice.label) for choice in self.known]

    def condition(self) -> Q:
        """What the chosen line shows; an unknown value chooses nothing."""
        return next((choice.condition for choice in self.known if choice.value == self.value()), self.beside_all[1])

    @property
    def shows_queue(self) -> bool:
        """Whether the chosen line shows what waits."""
        return True

    def counts_line(self, value: str) -> bool:
        """Whether this line shows what waits: only that is counted."""
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen line."""
        return queryset.filter(self.condition())

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The lines with their counts, where the list has them."""
        chosen = self.value() if self.value() in {choice.value for choice in self.known} else ""
        for choice in (Choice("", *self.beside_all), *self.known):
            count = changelist.counts.get((self.parameter_name, choice.value))
            if count == 0 and not self.lines_without_rows and choice.value not in ("", chosen):
                continue
            yield {
                "selected": choice.value == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: choice.value or None}),
                "display": choice.label if count is None else f"{choice.label} ({count})",
            }


class CountedList(ChangeList):
    """The admin's list with the counts of its filters."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows; the request is kept for the counts."""
        self.request = request
        return super().get_queryset(request, exclude_parameters)

    @cached_property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many waiting rows each line of each filter would show, beside what the other filters show.

        Empty where the list shows what does not wait any more: the archive grows for ever and is not counted.
        """
        filters = [spec for spec in self.filter_specs if isinstance(spec, CountedFilter)]
        if not all(spec.shows_queue for spec in filters):
            return {}
        lines = [
            (spec, choice)
            for spec in filters
            for choice in (Choice("", *spec.beside_all), *spec.known)
            if spec.counts_line(choice.value)
        ]
        groups = self._groups({choice.condition for _spec, choice in lines} | {spec.condition() for spec in filters})
        found = dict.fromkeys(((str(spec.parameter_name), choice.value) for spec, choice in lines), 0)
        for holds, count in groups:
            failing = [spec for spec in filters if not holds(spec.condition())]
            for spec, choice in lines:
                if failing in ([], [spec]) and holds(choice.condition):
                    found[str(spec.parameter_name), choice.value] += count
        return found

    def _groups(self, conditions: Collection[Q]) -> list[tuple[Callable[[Q], bool], int]]:
        """Waiting rows by which of these conditions hold: a question for each group, and its size. One query.

        The database looks at each condition once a row; rows that answer alike are one group, and those are few.
        """
        named = {condition: f"holds_{place}" for place, condition in enumerate(filter(None, conditions))}
        keeper: Any = self.model_admin
        rows, _several = keeper.get_search_results(self.request, keeper.counted(self.request), self.query)
        cases = {name: Case(When(condition, then=True), default=False) for condition, name in named.items()}
        grouped = rows.order_by().annotate(**cases).values(*named.values()).annotate(count=Count("pk"))

        def asking(group: Mapping[str, Any]) -> Callable[[Q], bool]:
            return lambda condition: not condition or group[named[condition]]

        return [(asking(group), group["count"]) for group in grouped]
