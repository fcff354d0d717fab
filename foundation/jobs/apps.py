"""Durable background jobs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Jobs as rows: Celery carries their ids."""

    name = "foundation.jobs"
    label = "jobs"
    verbose_name = _("Background jobs")
