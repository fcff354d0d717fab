"""Deliveries and transfers in the admin: to read."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin, admin_actor
from marketplace.delivery.models import Delivery, Transfer
from marketplace.delivery.wording import problem_in_words


class TransferInline(admin.TabularInline[Any, Any]):
    """The downloads of a delivery."""

    model = Transfer
    fields = ["started_at", "finished_at", "bytes_reserved", "interrupted_by"]
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The exchange's people."""
        return admin_actor(request).is_exchange

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are made by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are changed by services."""
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Files prepared for holders, and how each column was treated."""

    list_display = ["id", "grant", "distribution", "form", "state", "created_at", "ready_at"]
    list_filter = ["state", "form"]
    list_select_related = ["grant", "distribution"]
    search_fields = ["=id", "=grant__id", "filename"]
    show_full_result_count = False
    fields = [
        "grant", "distribution", "form", "state", "filename", "media_type", "report", "trouble", "created_at",
        "ready_at",
    ]  # fmt: skip
    readonly_fields = ["trouble"]
    inlines = [TransferInline]

    @admin.display(description=_("problem"))
    def trouble(self, row: Delivery) -> str:
        """Why the file could not be made, in words."""
        return problem_in_words(row.problem, row.report.get("problem", {})) or "–"


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    """Downloads with the decision that permitted each."""

    list_display = ["id", "delivery", "bytes_reserved", "started_at", "finished_at", "interrupted_by"]
    list_filter = ["interrupted_by"]
    show_full_result_count = False
