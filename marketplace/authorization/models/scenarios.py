"""Scenarios of use and the levels that decide in each."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants.models import Organisation


class Scenario(models.Model):
    """A named scenario of use with its own chain of levels (依场景多层次分散授权)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ScenarioLevel(models.Model):
    """One level of a scenario's chain: the organisation of whose people `quorum` have to approve.

    Levels of one `stage` are asked together, the first stage first. A level that an earlier release wrote has the stage
    0: it stands alone, in the place of its number.
    """

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="levels", verbose_name=_("scenario"))
    level = models.PositiveIntegerField(pgettext_lazy("scenario", "level"))
    stage = models.PositiveSmallIntegerField(_("stage"), default=0, db_default=0)
    quorum = models.PositiveSmallIntegerField(_("people who have to approve"), default=1, db_default=1)
    title = models.CharField(_("title"), max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))

    class Meta:
        verbose_name = _("scenario level")
        verbose_name_plural = _("scenario levels")
        ordering = ["level"]
        constraints = [
            models.UniqueConstraint(fields=["scenario", "level"], name="scenario_level_once"),
            models.CheckConstraint(condition=models.Q(quorum__gte=1), name="scenario_level_quorum"),
        ]

    def __str__(self) -> str:
        return f"{self.level}. {self.title}"
