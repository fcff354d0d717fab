"""The app `backups`: two commands, no tables."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupsConfig(AppConfig):
    """Backup and restore."""

    name = "foundation.backups"
    label = "backups"
    verbose_name = _("Backups")
