"""Deliveries and transfers in the admin: to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline
from marketplace.delivery.models import Delivery, Transfer
from marketplace.delivery.wording import problem_in_words


class TransferInline(ReadOnlyInline):
    """The downloads of a delivery."""

    model = Transfer
    fields = ["started_at", "finished_at", "rows_reserved", "bytes_reserved", "interrupted_by"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Files prepared for holders, and how each column was treated."""

    list_display = ["id", "grant", "distribution", "form", "state", "created_at", "ready_at"]
    list_filter = ["state", "form"]
    list_select_related = ["grant", "distribution"]
    search_fields = ["=id", "=grant__id", "filename"]
    show_full_result_count = False
    fields = [
        "grant", "distribution", "form", "state", "filename", "media_type", "report", "trouble", "asked_by",
        "created_at", "ready_at",
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

    list_display = ["id", "delivery", "rows_reserved", "bytes_reserved", "started_at", "finished_at", "interrupted_by"]
    list_filter = ["interrupted_by"]
    show_full_result_count = False
