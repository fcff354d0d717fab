"""Handing data over."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    """Handing data over."""

    name = "marketplace.delivery"
    label = "delivery"
    verbose_name = _("Delivery")
