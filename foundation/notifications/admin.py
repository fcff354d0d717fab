"""Notices and webhooks in the admin: what was told and what was sent. Secrets and full addresses are not shown."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from foundation.notifications.models import Notification, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Who was told of what, and when they read it; the words are the reader's."""

    list_display = ["id", "kind", "subject_id", "recipient", "organisation", "created_at", "read_at", "mailed_at"]
    list_filter = ["kind"]
    search_fields = ["=recipient__username", "=subject_id"]
    list_select_related = ["recipient", "organisation"]
    show_full_result_count = False


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Webhooks by host: the rest of an address may carry a token of the receiver."""

    list_display = ["id", "organisation", "host", "state", "pause_reason", "failing_since", "created_at"]
    list_filter = ["state", "pause_reason"]
    search_fields = ["organisation__name"]
    list_select_related = ["organisation"]
    fields = [
        "organisation", "host", "kinds", "state", "pause_reason", "failing_since", "previous_until", "key_version",
        "created_at",
    ]  # fmt: skip
    readonly_fields = ["host"]

    @admin.display(description=_("host"))
    def host(self, row: WebhookEndpoint) -> str:
        """The host that is sent to."""
        return urlsplit(row.url).hostname or ""


class AttemptInline(ReadOnlyInline):
    """Attempts at a delivery."""

    model = WebhookAttempt
    fields = ["number", "started_at", "ended_at", "status", "error"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """Messages with every attempt at them."""

    list_display = ["id", "endpoint", "kind", "state", "tries", "next_attempt_at", "created_at", "ended_at"]
    list_filter = ["state", "kind"]
    search_fields = ["=uid"]
    inlines = [AttemptInline]
    show_full_result_count = False

    def get_queryset(self, request: Any) -> Any:
        """With the endpoints, which the list names."""
        return super().get_queryset(request).select_related("endpoint")
