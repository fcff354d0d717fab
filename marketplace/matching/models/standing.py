"""Open demands as listings find them: the words of each, and what a listing must reach to be shown for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.matching.models.matching import Demand


class StandingDemand(models.Model):
    """An open demand that was matched: its words, and what the last matching left to reach (`engine.reverse.Reach`).

    Derived, written by every matching, gone when the demand is not open any longer. `terms` are separated by spaces,
    in alphabetical order; `weighed` has `engine.open_demands.WEIGHED` for each, how rare it was in the last matching
    among them: what a listing must reach is in these units. `asked` is a digest of the terms, the wishes and who
    wishes: who remembers a row of the same digest reads no more than what every matching moves.
    """

    demand = models.OneToOneField(
        Demand, models.CASCADE, primary_key=True, related_name="standing", verbose_name=_("demand")
    )
    eligible = models.FloatField(_("to reach where all constraints are met"))
    near = models.FloatField(_("to reach where one is failed"))
    far = models.FloatField(_("to reach where more are failed"), null=True)
    asked = models.BinaryField(max_length=16)
    terms = models.TextField()
    weighed = models.BinaryField()

    class Meta:
        verbose_name = _("standing demand")
        verbose_name_plural = _("standing demands")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
