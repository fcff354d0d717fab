"""The app `vault`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    """Encrypted file storage of the exchange."""

    name = "foundation.vault"
    label = "vault"
    verbose_name = _("Vault")
