"""Scenarios in the admin, to read."""

from django.contrib import admin

from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline
from marketplace.authorization.models import Scenario, ScenarioLevel


class LevelInline(ReadOnlyInline):
    """The levels of a scenario."""

    model = ScenarioLevel
    fields = ["level", "stage", "title", "organisation", "quorum"]


@admin.register(Scenario)
class ScenarioAdmin(ReadOnlyAdmin):
    """Scenarios with their levels; they are set up through the API."""

    list_display = ["code", "name", "name_zh", "created_at"]
    search_fields = ["code", "name", "name_zh"]
    inlines = [LevelInline]
