"""Incidents: leaks and misuse, as records."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Incidents."""

    name = "marketplace.incidents"
    label = "incidents"
    verbose_name = _("Incidents")
