"""The REST surface."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """The REST surface."""

    name = "marketplace.api"
    label = "api"
    verbose_name = _("REST API")
