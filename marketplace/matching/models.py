"""Demands and the matches proposed for them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants.models import Organisation, User
from marketplace.catalog.models import Listing, ListingVersion, Purpose, Sector, SupplyMode
from marketplace.matching import states


class DemandState(models.TextChoices):
    """States of `states.DEMAND`."""

    DRAFT = states.DRAFT, _("draft")
    OPEN = states.OPEN, pgettext_lazy("demand", "open")
    FULFILLED = states.FULFILLED, _("fulfilled")
    CLOSED = states.CLOSED, _("closed")
    EXPIRED = states.EXPIRED, _("expired")


class Demand(models.Model):
    """What a buyer looks for. Empty constraints do not constrain; `minimum_quality` is 0 to 100."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("buyer"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("created by"))
    state = models.CharField(_("state"), max_length=16, choices=DemandState, default=states.DRAFT)
    text = models.TextField(_("what is looked for"))
    sector = models.CharField(_("sector"), max_length=40, blank=True, choices=Sector)
    region = models.CharField(_("region"), max_length=6, blank=True)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True, choices=Purpose)
    scenario = models.CharField(_("scenario"), max_length=60, blank=True)
    supply_modes = ArrayField(
        models.CharField(max_length=16, choices=SupplyMode), default=list, blank=True, verbose_name=_("supply modes")
    )
    columns = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("columns wanted"))
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    minimum_quality = models.FloatField(_("minimum quality"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    matched_at = models.DateTimeField(_("last matched at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minimum_quality=None) | models.Q(minimum_quality__range=(0, 100)),
                name="demand_minimum_quality_range",
            ),
            models.CheckConstraint(condition=models.Q(budget=None) | models.Q(budget__gte=0), name="demand_budget"),
        ]
        indexes = [models.Index(fields=["id"], name="demand_open", condition=models.Q(state="open"))]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class MatchState(models.TextChoices):
    """States of `states.MATCH`."""

    PROPOSED = states.PROPOSED, _("proposed")
    ACCEPTED = states.ACCEPTED, _("accepted")
    DISMISSED = states.DISMISSED, _("dismissed")
    CONVERTED = states.CONVERTED, _("converted")
    LAPSED = states.LAPSED, _("lapsed")


class Match(models.Model):
    """A listing proposed for a demand. `features` sum to `score`; `constraints_report` says which were met.

    `terms` are the words that made it relevant, heaviest first: term, stream, and share of `features["relevance"]`.
    `eligible` is false for a near miss: shown with what it fails, never ranked before an eligible one.
    """

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="matches", verbose_name=_("demand"))
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+", verbose_name=_("listing"))
    version = models.ForeignKey(ListingVersion, models.CASCADE, related_name="+", verbose_name=_("listing version"))
    state = models.CharField(_("state"), max_length=16, choices=MatchState, default=states.PROPOSED)
    eligible = models.BooleanField(_("meets all constraints"))
    rank = models.PositiveIntegerField(_("rank"))
    score = models.FloatField(_("score"))
    features = models.JSONField(_("features"))
    terms = models.JSONField(_("words in common"), default=list)
    constraints_report = models.JSONField(_("constraints"))
    weights_version = models.CharField(_("version of the weights"), max_length=40)
    dismissal_reason = models.CharField(_("reason of the dismissal"), max_length=300, blank=True)
    announced_at = models.DateTimeField(_("told to the buyer at"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    created_at = models.DateTimeField(_("proposed at"), db_default=Now())

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["demand_id", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "listing"],
                condition=models.Q(state__in=["proposed", "accepted", "dismissed", "converted"]),
                name="match_one_live_per_pair",
            )
        ]
        indexes = [
            models.Index(
                fields=["listing"], name="match_pending", condition=models.Q(state__in=["proposed", "accepted"])
            ),
            models.Index(
                fields=["demand"],
                name="match_not_told",
                condition=models.Q(state="proposed", eligible=True, announced_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
