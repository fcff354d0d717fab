"""The app `vault`."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    """Encrypted file storage of the exchange."""

    name = "foundation.vault"
    label = "vault"
    verbose_name = _("Vault")

    def ready(self) -> None:
        """Register the system check."""
        import_module("foundation.vault.checks")
