"""Durable background jobs."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Jobs as rows: Celery carries their ids."""

    name = "foundation.jobs"
    label = "jobs"
    verbose_name = _("Background jobs")

    def ready(self) -> None:
        """Load every room's `tasks`, so that each process knows the kinds of job: those that only enqueue them too."""
        autodiscover_modules("tasks")
