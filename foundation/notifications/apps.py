"""The app `notifications`."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Notices in the exchange, by mail and by webhook."""

    name = "foundation.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Register the checks."""
        import_module("foundation.notifications.checks")
