"""Demands and matches."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    """Demands and matches."""

    name = "marketplace.matching"
    label = "matching"
    verbose_name = _("Matching")
