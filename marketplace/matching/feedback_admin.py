"""Judgments and listings that nobody uses, in the admin: to read."""

from django.contrib import admin

from foundation.participants.admin_base import ReadOnlyAdmin
from marketplace.matching.models import Dormancy, Judgment


@admin.register(Judgment)
class JudgmentAdmin(ReadOnlyAdmin):
    """What buyers thought of matches."""

    list_display = ["id", "demand", "listing", "grade", "source", "reason", "weights_version", "created_at"]
    list_filter = ["grade", "source", "reason", "weights_version"]
    list_select_related = ["demand", "listing"]
    search_fields = ["=demand__id", "=listing__id"]


@admin.register(Dormancy)
class DormancyAdmin(ReadOnlyAdmin):
    """Which listings nobody uses, since when, and to whom they were offered."""

    list_display = ["id", "listing", "unused_since", "offers", "near_misses", "found_at", "ended_at"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["listing"]
    search_fields = ["=listing__id", "listing__organisation__name"]
