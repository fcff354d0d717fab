"""Demands, and the matches proposed for them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants.models import Organisation, User
from marketplace.authorization.models import Grant
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
    """What a buyer looks for. Empty constraints do not constrain; `minimum_quality` is 0 to 100.

    `regions`, `formats` and `supply_modes` are alternatives. `column_types` says of which type some of the wanted
    columns should be; `sample_columns` are those of the sample that was read last, `{"name": …, "type": …}` in the
    order of the file. `failed_at` is when its matching failed, None once it was matched since. `relaxations` are what
    the last matching found to be gained by loosening one wish (`engine.relax.Relaxation`), empty while something meets
    all of them.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("buyer"))
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("created by"))
    state = models.CharField(_("state"), max_length=16, choices=DemandState, default=states.DRAFT)
    text = models.TextField(_("what is looked for"))
    sector = models.CharField(_("sector"), max_length=40, blank=True, choices=Sector)
    regions = ArrayField(
        models.CharField(max_length=6), default=list, db_default=[], blank=True, verbose_name=_("regions")
    )
    covers_from = models.DateField(_("must cover from"), null=True, blank=True)
    covers_until = models.DateField(_("must cover until"), null=True, blank=True)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True, choices=Purpose)
    scenario = models.CharField(_("scenario"), max_length=60, blank=True)
    supply_modes = ArrayField(
        models.CharField(max_length=16, choices=SupplyMode), default=list, blank=True, verbose_name=_("supply modes")
    )
    columns = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("columns wanted"))
    column_types = models.JSONField(_("types of the columns wanted"), default=dict, db_default={}, blank=True)
    sample_columns = models.JSONField(_("columns of the sample"), default=list, db_default=[], blank=True)
    formats = ArrayField(
        models.CharField(max_length=16), default=list, db_default=[], blank=True, verbose_name=_("formats")
    )
    exclusive = models.BooleanField(_("exclusive licence wanted"), default=False, db_default=False)
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    minimum_quality = models.FloatField(_("minimum quality"), null=True, blank=True)
    maximum_age_days = models.PositiveIntegerField(_("age of the data in days at most"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    matched_at = models.DateTimeField(_("last matched at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("matching failed at"), null=True, blank=True)
    relaxations = models.JSONField(_("nearest misses"), default=list, db_default=[], blank=True)
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
            models.CheckConstraint(
                condition=models.Q(covers_from=None)
                | models.Q(covers_until=None)
                | models.Q(covers_from__lte=models.F("covers_until")),
                name="demand_span",
            ),
            models.CheckConstraint(condition=models.Q(budget=None) | models.Q(budget__gte=0), name="demand_budget"),
        ]
        indexes = [
            models.Index(fields=["id"], name="demand_open", condition=models.Q(state="open")),
            models.Index(  # every change of a listing asks for these; a join with the standing ones reads all
                fields=["id"],
                name="demand_unmatched",
                condition=models.Q(state="open", matched_at=None, failed_at=None),
            ),
        ]

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
    `columns_found` are the wanted columns that it has, `sample_found` those of the demand's sample beside them, each
    `{"name": …, "type": …}`. `stages` are those that made it relevant: `lexical`, and `semantic:` with the label of the
    model where meaning had a say. `eligible` is false for a near miss: shown with what it fails, never ranked before an
    eligible one. `grant` is the one that it led to (`converted`), whatever became of that since.
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
    columns_found = ArrayField(
        models.CharField(max_length=100), default=list, db_default=[], blank=True, verbose_name=_("columns found")
    )
    sample_found = models.JSONField(_("columns of the sample found"), default=list, db_default=[], blank=True)
    stages = ArrayField(models.CharField(max_length=100), db_default=["lexical"], verbose_name=_("stages"))
    constraints_report = models.JSONField(_("constraints"))
    weights_version = models.CharField(_("version of the weights"), max_length=40)
    dismissal_reason = models.CharField(_("reason of the dismissal"), max_length=300, blank=True)
    grant = models.ForeignKey(
        Grant, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("grant")
    )
    announced_at = models.DateTimeField(_("told to the buyer at"), null=True, blank=True)
    provider_told_at = models.DateTimeField(_("told to the provider at"), null=True, blank=True)
    told_at_once = models.BooleanField(_("told to whoever hears at once"), default=False, db_default=False)
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
            models.Index(
                fields=["listing"],
                name="match_provider_not_told",
                condition=models.Q(state="proposed", eligible=True, provider_told_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
