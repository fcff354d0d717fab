"""Open demands as a listing finds them: the words of each, and what a listing must reach to be shown for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.matching.models.matching import Demand


class StandingDemand(models.Model):
    """An open demand that was matched: what the last matching left for others to reach (`engine.reverse.Reach`).

    Derived, written by every matching, gone when the demand is not open any longer. `digest` is of its terms.
    """

    demand = models.OneToOneField(
        Demand, models.CASCADE, primary_key=True, related_name="standing", verbose_name=_("demand")
    )
    digest = models.BinaryField(_("digest of the words"))
    eligible = models.FloatField(_("to reach where all constraints are met"))
    near = models.FloatField(_("to reach where one is failed"))
    far = models.FloatField(_("to reach where more are failed"), null=True)

    class Meta:
        verbose_name = _("standing demand")
        verbose_name_plural = _("standing demands")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class StandingTerm(models.Model):
    """A term of an open demand: how often it stands there as written, and as a stem, and how rare it was.

    That is of the last matching, in whose units is what a listing must reach.
    """

    pk = models.CompositePrimaryKey("demand_id", "term")
    demand = models.ForeignKey(Demand, models.CASCADE, related_name="+", db_index=False, verbose_name=_("demand"))
    term = models.CharField(_("term"), max_length=64)
    surface = models.PositiveSmallIntegerField(_("as written"))
    stem = models.PositiveSmallIntegerField(_("as a stem"))
    surface_rarity = models.FloatField(default=0.0, db_default=0.0)
    stem_rarity = models.FloatField(default=0.0, db_default=0.0)

    class Meta:
        verbose_name = _("term of a demand")
        verbose_name_plural = _("terms of demands")
        indexes = [
            # all that a listing asks of a term, without a look at the rows
            models.Index(
                fields=["term"],
                include=["demand", "surface", "stem", "surface_rarity", "stem_rarity"],
                name="standing_term_weighed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} ({self.demand_id})"
