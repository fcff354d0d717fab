"""The index that finds published listings by words and constraints."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation
from grading.models import Level
from marketplace.catalog.models import Listing, ListingVersion, Origin, Purpose, Sector, SupplyMode


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
