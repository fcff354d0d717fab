"""The app `observability`."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ObservabilityConfig(AppConfig):
    """Logs and metrics; no tables of its own."""

    name = "foundation.observability"
    label = "observability"
    verbose_name = _("Logs and metrics")

    def ready(self) -> None:
        """Load every room's `metrics`, so that a scrape shows them all."""
        autodiscover_modules("metrics")
