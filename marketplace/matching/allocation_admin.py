"""Rounds of the allocation in the admin: to read."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from foundation.actors import system
from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline
from marketplace.matching.allocations import otherwise
from marketplace.matching.models import AllocationRound, Award

EXCHANGE: Final = system("admin")
"""Only the exchange's people get in, who see all."""


class AwardInline(ReadOnlyInline):
    """What a round awarded, the most valuable first."""

    model = Award
    ordering = ["-value", "pk"]
    fields = ("demand", "version", "allotment", "value", "next_demand", "others_lose")
    readonly_fields = fields
    show_change_link = True


@admin.register(AllocationRound)
class AllocationRoundAdmin(ReadOnlyAdmin):
    """When exclusive rights were allotted, from what, and to whom."""

    list_display = ["id", "due_at", "claims", "candidates", "awarded", "passed_over", "total", "created_at"]
    exclude = ["inputs"]
    inlines = [AwardInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the inputs, which may have megabytes."""
        return super().get_queryset(request).defer("inputs")


@admin.register(Award)
class AwardAdmin(ReadOnlyAdmin):
    """One award, with what would be so without its demand."""

    list_display = ["id", "round", "demand", "version", "allotment", "value", "next_demand", "others_lose"]
    list_select_related = ["round", "demand", "version", "allotment", "next_demand"]
    search_fields = ["=demand__id", "=allotment__listing__id"]
    readonly_fields = ["in_words"]

    @admin.display(description=_("otherwise"))
    def in_words(self, award: Award) -> str:
        """The counterfactual in the reader's language."""
        return otherwise(EXCHANGE, award)
