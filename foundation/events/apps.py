"""What happened, as rows."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Events and their subscriptions."""

    name = "foundation.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Register the checks."""
        import_module("foundation.events.checks")
