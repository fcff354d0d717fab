"""Allotments of exclusive rights in the admin: to read."""

from django.contrib import admin

from foundation.participants.admin_base import ReadOnlyAdmin
from marketplace.authorization.models import Allotment


@admin.register(Allotment)
class AllotmentAdmin(ReadOnlyAdmin):
    """What is kept for whom, until when, and what became of it."""

    list_display = ["id", "listing", "organisation", "state", "ends_at", "request", "created_at", "closed_at"]
    list_filter = ["state"]
    list_select_related = ["listing", "organisation", "request"]
    search_fields = ["=id", "=listing__id", "organisation__name"]
