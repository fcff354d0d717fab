"""Demands, the matches proposed for them, and the index that finds published listings by words and constraints."""

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
    exclusive = models.BooleanField(_("exclusive licence wanted"), default=False, db_default=False)
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


class IndexSegment(models.Model):
    """Some listings that were indexed together; never changed, only replaced by a larger one that holds what is left.

    A place is a number from 0 to `size` - 1. `listings` has the identifier of the listing at each place (int64), and
    `lengths` the number of words in each field (`engine.weights.TEXT_FIELDS`, uint32): numbers in little-endian order.
    """

    size = models.PositiveIntegerField(_("listings"))
    listings = models.BinaryField(_("identifiers"))
    lengths = models.BinaryField(_("lengths of the fields"))
    created_at = models.DateTimeField(_("written at"), db_default=Now())

    class Meta:
        verbose_name = _("index segment")
        verbose_name_plural = _("index segments")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=models.Q(size__range=(1, 65_536)), name="segment_size")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class IndexPosting(models.Model):
    """Where one term stands in one segment: the fields that hold it, the places, and how often (`engine.postings`).

    `stream` is b where the words as written and their stems give the same postings, else s (surface) or t (stem). No
    constraint ties it to its segment: both are written, and removed, by the same statements, by the hundred thousand.
    """

    pk = models.CompositePrimaryKey("term", "stream", "segment_id")
    term = models.CharField(_("term"), max_length=64)
    stream = models.CharField(_("stream"), max_length=1)
    segment = models.ForeignKey(
        IndexSegment, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("segment")
    )
    counts = models.BinaryField(_("places and counts"))

    class Meta:
        verbose_name = _("index posting")
        verbose_name_plural = _("index postings")

    def __str__(self) -> str:
        return f"{self.term} ({self.stream}, {self.segment_id})"


class IndexTombstone(models.Model):
    """A place of a segment whose listing was withdrawn, or stands elsewhere by now; nothing found there counts."""

    segment = models.ForeignKey(
        IndexSegment, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("segment")
    )
    place = models.PositiveIntegerField(_("place"))

    class Meta:
        verbose_name = _("index tombstone")
        verbose_name_plural = _("index tombstones")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.segment_id}:{self.place}"


class IndexedListing(models.Model):
    """A published listing as searches find it: where its words stand, and what constraints ask for, in typed columns.

    One row for each published listing, written in the transaction that publishes it.
    """

    listing = models.OneToOneField(
        Listing, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("listing")
    )
    version = models.ForeignKey(ListingVersion, models.CASCADE, related_name="+", verbose_name=_("listing version"))
    segment = models.ForeignKey(
        IndexSegment, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("segment")
    )
    place = models.PositiveIntegerField(_("place"))
    digest = models.BinaryField(_("digest of the words"), db_default=b"")
    indexed_at = models.DateTimeField(_("indexed at"), db_default=Now())

    class Meta:
        verbose_name = _("indexed listing")
        verbose_name_plural = _("indexed listings")
        ordering = ["listing_id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
