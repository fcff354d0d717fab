"""What a data file is: its profile, its quality, its sensitivity, its level."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GradingConfig(AppConfig):
    """What a data file is: its profile, its quality, its sensitivity, its level."""

    name = "grading"
    label = "grading"
    verbose_name = _("Grading")
