"""Grants in the admin: one page with what was agreed, the meter and what happened; buttons call the services."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import admin_actor
from foundation.participants.admin_buttons import Button, ButtonAdmin
from marketplace.authorization import selectors, services, states
from marketplace.authorization.admin import agreed
from marketplace.authorization.admin.approvers import ApproversAdmin
from marketplace.authorization.models import Grant


@admin.register(Grant)
class GrantAdmin(ApproversAdmin, ButtonAdmin):
    """Grants with their agreement and meter."""

    change_form_template = "admin/authorization/grant/change_form.html"
    machine = states.GRANT
    buttons = {
        "suspend": Button(_("Suspend"), services.suspend_grant, "grant_id"),
        "resume": Button(_("Resume"), services.resume_grant, "grant_id", takes_reason=False),
        "revoke": Button(_("Revoke for good"), services.revoke_grant, "grant_id"),
    }
    list_display = [
        "id",
        "version",
        "organisation",
        "exclusive",
        "mode",
        "level",
        "state",
        "accepted_at",
        "downloads_used",
        "rows_sent",
        "bytes_sent",
        "ends_at",
    ]
    list_filter = ["state", "mode", "level", "exclusive"]
    list_select_related = ["version", "organisation"]
    search_fields = ["=id", "organisation__name", "version__title"]
    show_full_result_count = False
    fields = ["state"]  # the page is the template's own

    class Media:
        css = {"all": ["grading/review.css", "authorization/request.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        """Those that this person's organisation may see, newest first."""
        return selectors.visible_grants(admin_actor(request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was agreed, the meter and what happened, with the buttons that the state allows."""
        grant = self.get_object(request, object_id)
        shown = {} if grant is None else agreed.page(grant, admin_actor(request))
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})
