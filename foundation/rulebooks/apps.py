"""Versioned rules of every kind."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class RulebooksConfig(AppConfig):
    """Rules as data: drafted by one person, released by another, in force from an instant."""

    name = "foundation.rulebooks"
    label = "rulebooks"
    verbose_name = _("Rulebooks")

    def ready(self) -> None:
        """Load every room's `rulebook`, so that each process knows the kinds of rules."""
        autodiscover_modules("rulebook")
