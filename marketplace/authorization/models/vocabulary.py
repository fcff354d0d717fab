"""The words that requests and grants share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    """Authorization modes (004 §4.2)."""

    OPEN = "open", _("open")
    CENTRALIZED_UNIFIED = "centralized_unified", _("centralized and unified")
    BY_SECTOR = "by_sector", _("by sector")
    BY_SCENARIO = "by_scenario", _("by scenario, multi-level")
    REFUSED = "refused", _("refused")


class Form(models.TextChoices):
    """Forms in which data may be handed over."""

    ORIGINAL = "original", _("original")
    MASKED = "masked", _("masked")
    AGGREGATE = "aggregate", _("aggregate")
    QUERY = "query", _("query")
