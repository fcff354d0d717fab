"""Rounds of the allocation of exclusive rights (P03), and what each of them awarded. Written once, never changed."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.authorization.models import Allotment
from marketplace.catalog.models import ListingVersion
from marketplace.matching.models.matching import Demand


class AllocationRound(models.Model):
    """One allocation over all open demands for exclusive licences, at an instant of the published cadence.

    `inputs` are the claims as the engine was given them (`allocating.as_record`), `inputs_sha256` the digest of their
    canonical JSON, so that the round can be computed again. `total` is the sum of the awarded values, in billionths of
    a score; `passed_over` counts awards that had become impossible between computing and writing.
    """

    due_at = models.DateTimeField(_("due at"), unique=True)
    claims = models.PositiveIntegerField(_("demands"))
    candidates = models.PositiveIntegerField(_("candidates"))
    awarded = models.PositiveIntegerField(_("awarded"))
    passed_over = models.PositiveIntegerField(_("passed over"))
    total = models.BigIntegerField(_("total value"))
    candidates_each = models.PositiveIntegerField(_("candidates of a demand at most"))
    days = models.PositiveIntegerField(_("days to ask"))
    inputs = models.JSONField(_("inputs"))
    inputs_sha256 = models.CharField(_("digest of the inputs"), max_length=64)
    created_at = models.DateTimeField(_("computed at"), db_default=Now())

    class Meta:
        verbose_name = _("allocation round")
        verbose_name_plural = _("allocation rounds")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class Award(models.Model):
    """An exclusive right that a round gave to a demand, and what would be so without this demand.

    `value` in billionths of a score. `next_demand` would have got the listing (None: nobody); `others_lose` is how much
    greater the sum of all other demands' values would be.
    """

    round = models.ForeignKey(AllocationRound, models.PROTECT, related_name="awards", verbose_name=_("round"))
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="awards", verbose_name=_("demand"))
    allotment = models.OneToOneField(Allotment, models.PROTECT, related_name="award", verbose_name=_("allotment"))
    version = models.ForeignKey(ListingVersion, models.PROTECT, related_name="+", verbose_name=_("listing version"))
    value = models.BigIntegerField(_("value"))
    next_demand = models.ForeignKey(
        Demand, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("next demand")
    )
    others_lose = models.BigIntegerField(_("what others lose"))

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "demand"], name="award_once_a_round")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
