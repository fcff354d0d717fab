"""Organisations, people, roles, keys."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class ParticipantsConfig(AppConfig):
    """Who takes part in the exchange."""

    name = "foundation.participants"
    label = "participants"
    verbose_name = _("Participants")

    def ready(self) -> None:
        """Register the checks; take the libraries' own pages out of the admin.

        Addresses and second factors are their people's business.
        """
        import_module("foundation.participants.checks")
        for model in ("account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession"):
            if admin.site.is_registered(known := apps.get_model(model)):
                admin.site.unregister(known)
