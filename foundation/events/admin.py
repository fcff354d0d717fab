"""Events in the admin: what happened, newest first."""

from django.contrib import admin

from foundation.events.models import Event
from foundation.participants.admin_base import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened."""

    list_display = ["id", "name", "subject_type", "subject_id", "created_at"]
    list_filter = ["name"]
    search_fields = ["=subject_id"]
    show_full_result_count = False
