"""The app `idempotency`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdempotencyConfig(AppConfig):
    """Answers kept so that a repeated request is not carried out twice."""

    name = "foundation.idempotency"
    label = "idempotency"
    verbose_name = _("Repeated requests")
