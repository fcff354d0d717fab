"""Listings, versions, rights, provenance, distributions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Listings, versions, rights, provenance, distributions."""

    name = "marketplace.catalog"
    label = "catalog"
    verbose_name = _("Catalogue")
