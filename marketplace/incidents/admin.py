"""Incidents in the admin: to read, with buttons that call the services."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from foundation.participants.admin_base import ReadOnlyInline
from foundation.participants.admin_buttons import Button, ButtonAdmin
from marketplace.incidents import services, states
from marketplace.incidents.models import Incident, IncidentSubject


class SubjectInline(ReadOnlyInline):
    """What the incident concerns, and what of it was suspended."""

    model = IncidentSubject
    fields = ["listing", "grant", "delivery", "suspended_at"]


@admin.register(Incident)
class IncidentAdmin(ButtonAdmin):
    """Incidents, newest first: those to be looked into, and what was found."""

    machine = states.INCIDENT
    buttons = {
        "investigate": Button(
            _("Investigate, and suspend what it concerns"),
            services.investigate_incident,
            "incident_id",
            takes_reason=False,
        ),
        "close": Button(_("Close with what was found"), services.close_incident, "incident_id"),
    }
    list_display = ["id", "kind", "state", "organisation", "reported_at", "investigated_at", "closed_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["organisation"]
    search_fields = ["=id", "organisation__name"]
    show_full_result_count = False
    inlines = [SubjectInline]
