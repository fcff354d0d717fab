"""Requests, approvals, grants."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuthorizationConfig(AppConfig):
    """Requests, approvals, grants."""

    name = "marketplace.authorization"
    label = "authorization"
    verbose_name = _("Authorization")
