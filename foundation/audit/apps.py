"""The app `audit`."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Audit log of the exchange."""

    name = "foundation.audit"
    label = "audit"
    verbose_name = _("Audit log")

    def ready(self) -> None:
        """Register the system check."""
        import_module("foundation.audit.checks")
