"""Exclusive rights that are kept for a buyer for a while, so that it can ask for them (P03)."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation
from marketplace.authorization import states
from marketplace.authorization.models.requests import AccessRequest
from marketplace.catalog.models import Listing


class AllotmentState(models.TextChoices):
    """States of `states.ALLOTMENT`."""

    PROPOSED = states.ALLOTTED, _("proposed")
    TAKEN_UP = states.TAKEN_UP, _("taken up")
    DECLINED = states.DECLINED, _("declined")
    LAPSED = states.ALLOTMENT_LAPSED, _("lapsed")


class Allotment(models.Model):
    """The exclusive right to a listing, allotted to a buyer: until `ends_at` nobody else may ask for it.

    It is no grant and overrides none: the buyer asks like everybody, and other licences that stand are in its way.
    `request` is the one it was taken up with; while that is open, nobody else may ask either.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+", verbose_name=_("listing"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("buyer"))
    state = models.CharField(_("state"), max_length=16, choices=AllotmentState, default=states.ALLOTTED)
    request = models.OneToOneField(
        AccessRequest, models.PROTECT, null=True, blank=True, related_name="allotment", verbose_name=_("request")
    )
    ends_at = models.DateTimeField(_("until"))
    created_at = models.DateTimeField(_("proposed at"), db_default=Now())
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("allotment")
        verbose_name_plural = _("allotments")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["ends_at"], condition=models.Q(state="proposed"), name="allotment_to_lapse"),
            models.Index(fields=["organisation"], name="allotment_of_buyer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=models.Q(state="proposed"), name="allotment_one_proposed"
            ),
            models.CheckConstraint(
                condition=models.Q(state="taken_up", request__isnull=False)
                | (~models.Q(state="taken_up") & models.Q(request=None)),
                name="allotment_taken_up_with_a_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
