"""What people thought of matches, and listings that nobody uses (P09)."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from marketplace.catalog.models import Listing
from marketplace.matching.models.matching import Demand


class DismissalReason(models.TextChoices):
    """Why a match is dismissed. All but `other` say how relevant the listing is (`services.judging.GRADES`)."""

    IRRELEVANT = "irrelevant", _("about something else")
    PARTLY = "partly", _("only in part what is looked for")
    QUALITY = "quality", _("relevant, but not good enough")
    PRICE = "price", _("relevant, but too dear")
    TERMS = "terms", _("relevant, but the terms do not fit")
    OTHER = "other", _("another reason")


class Judgment(models.Model):
    """How relevant a listing is for a demand, by what its buyer did: 0 not at all, 3 taken up. Never changed.

    Of several for one pair the newest counts. `weights_version` is of the weights that had proposed it.
    """

    class Source(models.TextChoices):
        """What it is taken from."""

        ACCEPTED = "accepted", _("accepted")
        DISMISSED = "dismissed", _("dismissed")
        CONVERTED = "converted", _("converted")

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="judgments", verbose_name=_("demand"))
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+", verbose_name=_("listing"))
    grade = models.PositiveSmallIntegerField(_("relevance"))
    source = models.CharField(_("from"), max_length=16, choices=Source)
    reason = models.CharField(_("coded reason"), max_length=16, choices=DismissalReason, blank=True)
    weights_version = models.CharField(_("version of the weights"), max_length=40)
    created_at = models.DateTimeField(_("judged at"), db_default=Now())

    class Meta:
        verbose_name = _("judgment")
        verbose_name_plural = _("judgments")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(grade__range=(0, 3)), name="judgment_grade"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class Dormancy(models.Model):
    """A published listing that nobody used for settings.DORMANT_DAYS.

    `unused_since` is its last use, or its publication where that is later. `offers` counts the open demands whose
    buyers were told of it, `near_misses` those that would match but for a condition;
    `ended_at` is when it was found used again, published anew, or gone.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="dormancies", verbose_name=_("listing"))
    unused_since = models.DateTimeField(_("unused since"))
    offers = models.PositiveIntegerField(_("offered to demands"))
    near_misses = models.PositiveIntegerField(_("near misses of demands"))
    found_at = models.DateTimeField(_("found at"), db_default=Now())
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dormant listing")
        verbose_name_plural = _("dormant listings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "unused_since"], name="dormancy_once"),
            models.UniqueConstraint(
                fields=["listing"], condition=models.Q(ended_at=None), name="dormancy_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
