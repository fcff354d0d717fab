"""Demands, the matches proposed for them, and the index that finds published listings by words and constraints."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants.models import Organisation, User
from grading.models import Level
from marketplace.authorization.models import Grant
from marketplace.catalog.models import Listing, ListingVersion, Origin, Purpose, Sector, SupplyMode
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

    One row for each published listing, written in the transaction that publishes it. The columns are those of
    `engine.facts.ListingFacts`: `level` is empty while a grade is open, `access` is what the decision table
    is told of the listing, `column_types` has the type of every column, empty where it is not known.
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
    provider = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+", verbose_name=_("provider"))
    origin = models.CharField(_("origin"), max_length=16, choices=Origin, db_default="")
    sector = models.CharField(_("sector"), max_length=40, choices=Sector, db_default="")
    region = models.CharField(_("region"), max_length=6, db_default="")
    level = models.CharField(_("level"), max_length=16, choices=Level, db_default="")
    supply_mode = models.CharField(_("supply mode"), max_length=16, choices=SupplyMode, db_default="")
    exclusive_offered = models.BooleanField(_("exclusive licence offered"), db_default=False)
    scenario = models.CharField(_("scenario"), max_length=60, db_default="")
    purposes = ArrayField(
        models.CharField(max_length=60, choices=Purpose), db_default=[], verbose_name=_("purposes allowed")
    )
    access = models.JSONField(_("said to the decision table"), db_default={})
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, db_default="CNY")
    quality = models.FloatField(_("quality"), null=True)
    quality_low = models.FloatField(_("quality at least"), null=True)
    formats = ArrayField(models.CharField(max_length=16), db_default=[], verbose_name=_("formats"))
    column_types = models.JSONField(_("columns and their types"), db_default={})
    covers_from = models.DateField(_("covers from"), null=True)
    covers_until = models.DateField(_("covers until"), null=True)
    freshness_on = models.DateField(_("data of"), null=True)
    indexed_at = models.DateTimeField(_("indexed at"), db_default=Now())

    class Meta:
        verbose_name = _("indexed listing")
        verbose_name_plural = _("indexed listings")
        ordering = ["listing_id"]
        indexes = [
            # what most demands state, with where the words stand: read without a look at the wide rows
            models.Index(
                fields=["sector", "region", "supply_mode", "price"],
                include=["segment", "place"],
                name="indexed_first_wishes",
            ),
            models.Index(fields=["currency", "price"], name="indexed_price"),
            models.Index(fields=["quality"], name="indexed_quality"),
            models.Index(fields=["freshness_on"], name="indexed_freshness"),
            models.Index(fields=["covers_from", "covers_until"], name="indexed_span"),
            GinIndex(fields=["formats"], name="indexed_formats"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
