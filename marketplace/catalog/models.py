"""Listings (DCAT Dataset), their versions, the three rights, provenance, and files (DCAT Distribution)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation
from grading.models import DataAsset, Level
from marketplace.catalog import states


class Origin(models.TextChoices):
    """Where the data comes from (P14: public, enterprise, personal)."""

    PUBLIC = "public", _("public data")
    ENTERPRISE = "enterprise", _("enterprise data")
    PERSONAL = "personal", _("personal data")


class Sector(models.TextChoices):
    """Industry sectors, after the fields that GB/T 43697-2024 names, and those of the classification beside them.

    The classification (`grading/schemes/categories.toml`) knows all of them; `public_service` and `statistics` are
    other names of its `government`, kept for what was listed by them.
    """

    PUBLIC_SERVICE = "public_service", _("public services")
    STATISTICS = "statistics", _("statistics")
    HEALTH = "health", _("health")
    FINANCE = "finance", _("finance")
    TRANSPORT = "transport", _("transport")
    INDUSTRY = "industry", _("industry")
    TELECOM = "telecom", _("telecommunications")
    ENERGY = "energy", _("energy")
    NATURAL_RESOURCES = "natural_resources", _("natural resources")
    EDUCATION = "education", _("education")
    SCIENCE = "science", _("science")
    AGRICULTURE = "agriculture", _("agriculture")
    METEOROLOGY = "meteorology", _("meteorology")
    COMMERCE = "commerce", _("commerce")
    GOVERNMENT = "government", _("government")
    CONSTRUCTION = "construction", _("housing and construction")
    CULTURE_TOURISM = "culture_tourism", _("culture, tourism and sport")
    PUBLIC_SECURITY = "public_security", _("public security and justice")
    OTHER = "other", _("other")


class Purpose(models.TextChoices):
    """Purposes of use that terms allow and requests state."""

    PUBLIC_GOVERNANCE = "public_governance", _("public governance")
    PUBLIC_WELFARE = "public_welfare", _("public welfare")
    RESEARCH = "research", _("research")
    PRODUCT_DEVELOPMENT = "product_development", _("product development")
    INTERNAL_USE = "internal_use", _("internal use")
    OTHER = "other", _("other")


class ConsentKind(models.TextChoices):
    """What personal data is provided on (PIPL, art. 13; separate consent to provision to others: art. 23, 29)."""

    CONSENT = "consent", _("consent of each person")
    SEPARATE_CONSENT = "separate_consent", _("separate consent of each person to this provision")
    CONTRACT = "contract", _("needed for a contract with each person")
    LAW = "law", _("duty or permission by law")
    PUBLISHED = "published", _("lawfully public already")


class SupplyMode(models.TextChoices):
    """How it is supplied (P06)."""

    OPEN = "open", _("open")
    SHARED = "shared", _("shared")
    LICENSED = "licensed", _("licensed")
    SERVICE = "service", _("data service")


class Frequency(models.TextChoices):
    """How often it is updated (DCAT accrualPeriodicity)."""

    CONTINUOUS = "continuous", _("continuously")
    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly", _("monthly")
    QUARTERLY = "quarterly", _("quarterly")
    ANNUAL = "annual", _("annually")
    NEVER = "never", _("not updated")


class PriceUnit(models.TextChoices):
    """What a price is for: by product, call, time or volume (公共数据资源授权运营, 2025)."""

    LICENCE = "licence", _("per licence")
    CALL = "call", _("per call")
    MONTH = "month", _("per month")
    YEAR = "year", _("per year")
    RECORD = "record", _("per record")
    GIGABYTE = "gigabyte", _("per gigabyte")


class VersionState(models.TextChoices):
    """States of `states.LISTING_VERSION`."""

    DRAFT = states.DRAFT, _("draft")
    IN_REVIEW = states.IN_REVIEW, _("in review")
    PUBLISHED = states.PUBLISHED, _("published")
    SUPERSEDED = states.SUPERSEDED, _("superseded")
    SUSPENDED = states.SUSPENDED, _("suspended")
    WITHDRAWN = states.WITHDRAWN, _("withdrawn")


class Listing(models.Model):
    """A data product that a provider lists; what is said of it stands in its versions. Counters of its use (P09)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("provider"))
    downloads = models.BigIntegerField(_("downloads"), default=0)
    bytes_delivered = models.BigIntegerField(_("bytes delivered"), default=0)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class ListingVersion(models.Model):
    """One version of a listing. `revision` grows with every edit of a draft (ETag).

    `terms` holds words for purpose, scope, duties and liability (P21); `questions`, a JSON Schema, what a buyer has to
    answer in a request (`questions.py`), empty for nothing; `scenario` is the code of a named scenario.
    Prices are per `price_unit` in `currency` (ISO 4217). `exclusive_offered`: buyers may ask for a licence beside which
    no other stands (P03); never of open data. `published_level` is the highest level of its files when the
    exchange last decided that it be public, empty before the first time.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="versions", verbose_name=_("listing"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=16, choices=VersionState, default=states.DRAFT)
    state_reason = models.CharField(_("reason of the state"), max_length=500, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    title = models.CharField(_("title"), max_length=300)
    title_zh = models.CharField(_("title in Chinese"), max_length=300, blank=True)
    description = models.TextField(_("description"))
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("tags"))
    sector = models.CharField(_("sector"), max_length=40, choices=Sector)
    origin = models.CharField(_("origin"), max_length=16, choices=Origin)
    region = models.CharField(_("region"), max_length=6)
    supply_mode = models.CharField(_("supply mode"), max_length=16, choices=SupplyMode)
    exclusive_offered = models.BooleanField(_("exclusive licence offered"), default=False, db_default=False)
    scenario = models.CharField(_("scenario"), max_length=60, blank=True)
    purposes = ArrayField(
        models.CharField(max_length=60, choices=Purpose), default=list, blank=True, verbose_name=_("purposes allowed")
    )
    consent_kind = models.CharField(
        _("kind of basis of personal data"), max_length=20, choices=ConsentKind, blank=True, default="", db_default=""
    )
    consent_basis = models.CharField(_("consent basis of personal data"), max_length=500, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, default=0)
    price_unit = models.CharField(_("price unit"), max_length=20, choices=PriceUnit, default=PriceUnit.LICENCE)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    terms = models.JSONField(_("terms"), default=dict)
    questions = models.JSONField(_("questions to buyers"), default=dict, db_default={}, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    update_frequency = models.CharField(_("update frequency"), max_length=16, choices=Frequency, blank=True)
    modified_on = models.DateField(_("data last modified on"), null=True, blank=True)
    temporal_start = models.DateField(_("covers from"), null=True, blank=True)
    temporal_end = models.DateField(_("covers until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_level = models.CharField(
        _("level when published"), max_length=16, choices=Level, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("listing version")
        verbose_name_plural = _("listing versions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["listing"],
                condition=models.Q(state__in=["published", "suspended"]),
                name="version_one_current_per_listing",
            ),
            models.UniqueConstraint(
                fields=["listing"],
                condition=models.Q(state__in=["draft", "in_review"]),
                name="version_one_open_per_listing",
            ),
            # what a grant points at, so that its listing is the one of its version
            models.UniqueConstraint(fields=["id", "listing"], name="version_of_its_listing"),
            models.CheckConstraint(condition=models.Q(price__gte=0), name="version_price_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(supply_mode="open", exclusive_offered=True), name="version_open_is_not_exclusive"
            ),
            models.CheckConstraint(condition=models.Q(region__regex=r"^\d{6}$"), name="version_region_code"),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class Right(models.TextChoices):
    """三权分置: the three rights of 数据二十条 (P01)."""

    HOLDING = "holding", _("data resource holding right")
    PROCESSING = "processing", _("data processing and use right")
    OPERATION = "operation", _("data product operation right")


class RightDeclaration(models.Model):
    """Who holds one of the three rights, on what basis, with what evidence."""

    version = models.ForeignKey(ListingVersion, models.CASCADE, related_name="rights", verbose_name=_("version"))
    right = models.CharField(_("right"), max_length=16, choices=Right)
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("holder"))
    basis = models.CharField(_("basis"), max_length=300)
    evidence = models.CharField(_("evidence"), max_length=500)

    class Meta:
        verbose_name = _("declared right")
        verbose_name_plural = _("declared rights")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["version", "right"], name="right_declared_once")]

    def __str__(self) -> str:
        return f"{self.get_right_display()}: {self.holder_id}"


class StepKind(models.TextChoices):
    """The chain of circulation 采集、清洗、标注、交易 (P02)."""

    COLLECTION = "collection", _("collection")
    CLEANING = "cleaning", _("cleaning")
    LABELLING = "labelling", _("labelling")
    PROCESSING = "processing", _("processing")
    ACQUISITION = "acquisition", _("acquisition by trade")


class ProvenanceStep(models.Model):
    """One step of where the data comes from, with its lawful basis."""

    version = models.ForeignKey(ListingVersion, models.CASCADE, related_name="provenance", verbose_name=_("version"))
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=16, choices=StepKind)
    performed_by = models.CharField(_("performed by"), max_length=200)
    performed_on = models.DateField(_("performed on"))
    lawful_basis = models.CharField(_("lawful basis"), max_length=300)
    evidence = models.CharField(_("evidence"), max_length=500)

    class Meta:
        verbose_name = _("provenance step")
        verbose_name_plural = _("provenance steps")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="provenance_position_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_kind_display()}"


class Distribution(models.Model):
    """A file of a version (DCAT Distribution). A new version of a listing begins with the files of the current one."""

    version = models.ForeignKey(ListingVersion, models.CASCADE, related_name="distributions", verbose_name=_("version"))
    asset = models.ForeignKey(DataAsset, models.PROTECT, related_name="+", verbose_name=_("data asset"))
    title = models.CharField(_("title"), max_length=300)
    media_type = models.CharField(_("media type"), max_length=80)
    created_at = models.DateTimeField(_("added at"), db_default=Now())

    class Meta:
        verbose_name = _("distribution")
        verbose_name_plural = _("distributions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["version", "asset"], name="distribution_asset_once_per_version")]

    def __str__(self) -> str:
        return self.title
