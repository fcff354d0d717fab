"""Demands and matches in the admin: to read."""

from django.contrib import admin
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline
from marketplace.matching.allocation_admin import AllocationRoundAdmin, AwardAdmin
from marketplace.matching.feedback_admin import DormancyAdmin, JudgmentAdmin
from marketplace.matching.loosening import in_words
from marketplace.matching.models import Demand, DemandSample, Match
from marketplace.matching.sample_wording import problem_of
from marketplace.matching.wording import explanation

__all__ = ["AllocationRoundAdmin", "AwardAdmin", "DemandAdmin", "DormancyAdmin", "JudgmentAdmin", "MatchAdmin"]


class MatchInline(ReadOnlyInline):
    """The matches of a demand, best first."""

    model = Match
    ordering = ["rank", "pk"]
    fields = ("rank", "listing", "version", "state", "eligible", "score", "updated_at")
    readonly_fields = fields
    show_change_link = True


class SampleInline(ReadOnlyInline):
    """The sample of a demand: what is known of it, never the file."""

    model = DemandSample
    fields = ("state", "filename", "byte_size", "columns", "counting", "in_words", "attached_at", "finished_at")
    readonly_fields = fields

    @admin.display(description=_("columns of the sample"))
    def counting(self, sample: DemandSample) -> str:
        """Those by which the demand is matched now."""
        return ", ".join(column["name"] for column in sample.demand.sample_columns) or "–"

    @admin.display(description=_("problem"))
    def in_words(self, sample: DemandSample) -> str:
        """Why it was not read, in the reader's language."""
        return problem_of(sample) or "–"


@admin.register(Demand)
class DemandAdmin(ReadOnlyAdmin):
    """What buyers look for."""

    list_display = ["id", "organisation", "state", "sector", "regions", "purpose", "matched_at", "created_at"]
    list_filter = ["state", "sector", "purpose"]
    list_select_related = ["organisation"]
    search_fields = ["text", "organisation__name"]
    exclude = ["relaxations", "sample_columns"]
    readonly_fields = ["nearest_misses"]
    inlines = [SampleInline, MatchInline]

    @admin.display(description=_("nearest misses"))
    def nearest_misses(self, demand: Demand) -> str:
        """What loosening one wish would bring in, in the reader's language."""
        return " ".join(in_words(step) for step in demand.relaxations)


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    """What was proposed, with its explanation."""

    list_display = ["id", "demand", "listing", "version", "state", "eligible", "rank", "score", "updated_at"]
    list_filter = ["state", "eligible"]
    list_select_related = ["demand", "listing", "version"]
    search_fields = ["=demand__id", "=listing__id"]
    readonly_fields = ["in_words"]

    @admin.display(description=_("explanation"))
    def in_words(self, match: Match) -> str:
        """The reasons in the reader's language."""
        return explanation(match, get_language() or "en")
