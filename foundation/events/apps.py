"""What happened, as rows."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from foundation.participants import happenings


class EventsConfig(AppConfig):
    """Events and their subscriptions."""

    name = "foundation.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Register the checks; hear what happens to participants, who stand below and cannot emit."""
        import_module("foundation.events.checks")
        happenings.tell_to(import_module("foundation.events.services").of_participants)
