"""Organisations, people, roles, keys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParticipantsConfig(AppConfig):
    """Who takes part in the exchange."""

    name = "foundation.participants"
    label = "participants"
    verbose_name = _("Participants")
