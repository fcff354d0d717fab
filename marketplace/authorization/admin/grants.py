"""Grants in the admin: to read, with buttons that call the services."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_buttons import Button, ButtonAdmin
from marketplace.authorization import services, states
from marketplace.authorization.models import Grant
from marketplace.authorization.wording import cause_in_words


@admin.register(Grant)
class GrantAdmin(ButtonAdmin):
    """Grants with their agreement and meter."""

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
    exclude = ["state_reason", "state_cause"]
    readonly_fields = ["reason"]

    @admin.display(description=_("reason of the state"))
    def reason(self, row: Grant) -> str:
        """Why it is suspended or revoked."""
        return cause_in_words(row.state_cause) or row.state_reason
