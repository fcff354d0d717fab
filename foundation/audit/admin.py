"""The log in the admin: to read, never to change.

Who may is decided where people are known: foundation/participants registers these pages for auditors.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin[Any]):
    """Adding, changing and deleting are impossible, here as in the database."""

    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: events are recorded by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the log is append-only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the log is append-only."""
        return False


class EventAdmin(ReadOnly):
    """Events, newest first. The search is exact: it uses the index by subject instead of reading the whole log."""

    list_display = ("id", "at", "actor_label", "action", "subject_type", "subject_id")
    list_filter = ("at", "actor_kind")
    search_fields = ("=subject_id", "=action", "=actor_label")
    exclude = ("mac",)


class SealAdmin(ReadOnly):
    """Seals, newest first."""

    list_display = ("number", "first", "last", "sealed_at", "key_version")
    ordering = ("-number",)
    fields = ("number", "first", "last", "sealed_at", "key_version", "horizon")
