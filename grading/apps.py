"""What a data file is: its profile, its quality, its sensitivity, its level."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GradingConfig(AppConfig):
    """What a data file is: its profile, its quality, its sensitivity, its level."""

    name = "grading"
    label = "grading"
    verbose_name = _("Grading")

    def ready(self) -> None:
        """Register the kinds of job, so that every process can enqueue them."""
        import_module("grading.tasks")
