"""Access requests, the rounds of questions about them, and the appeal against a refusal."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation, User
from marketplace.authorization import states
from marketplace.authorization.models.vocabulary import Form, Mode
from marketplace.catalog.models import ListingVersion, Purpose


class RequestState(models.TextChoices):
    """States of `states.ACCESS_REQUEST`."""

    SUBMITTED = states.SUBMITTED, _("submitted")
    IN_APPROVAL = states.IN_APPROVAL, _("in approval")
    MORE_INFORMATION = states.MORE_INFORMATION, _("more information wanted")
    APPROVED = states.APPROVED, _("approved")
    REJECTED = states.REJECTED, _("rejected")
    WITHDRAWN = states.WITHDRAWN, _("withdrawn")
    EXPIRED = states.EXPIRED, _("expired")
    LAPSED = states.LAPSED, _("lapsed")


class AccessRequest(models.Model):
    """A buyer asks for access to a listing version. `decision` keeps the decision table's inputs, row and version.

    `columns` are the names of those wanted, none for all of the files; `row_limit` and `byte_limit` the most that is
    wanted in all, None for no limit. `scenario` is one that the listing allows. `answers` are those to the listing's
    own questions, for its approvers and the buyer alone. Whatever is not decided at `expires_at` expires.

    `renews` is the grant that this one is to follow, where it is a renewal: its term begins where that one's ends.

    `outcome_cause` says why the exchange's own software closed it, `outcome_reason` what a person or the table said,
    `outcome_ground` on which ground of `grounds.toml` people refused it.
    """

    version = models.ForeignKey(ListingVersion, models.PROTECT, related_name="+", verbose_name=_("listing version"))
    renews = models.ForeignKey(
        "authorization.Grant",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="renewals",
        verbose_name=_("grant to be renewed"),
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("buyer"))
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("requested by"))
    purpose = models.CharField(_("purpose"), max_length=60, choices=Purpose)
    justification = models.TextField(_("justification"), blank=True)
    scenario = models.CharField(_("scenario"), max_length=60, blank=True, default="", db_default="")
    answers = models.JSONField(_("answers to the listing's questions"), default=dict, db_default={}, blank=True)
    form = models.CharField(_("form wanted"), max_length=16, choices=Form)
    columns = ArrayField(models.TextField(), default=list, db_default=[], blank=True, verbose_name=_("columns wanted"))
    term_days = models.PositiveIntegerField(_("term in days"))
    download_limit = models.PositiveIntegerField(_("downloads wanted at most"), null=True, blank=True)
    row_limit = models.PositiveBigIntegerField(_("rows wanted at most"), null=True, blank=True)
    byte_limit = models.PositiveBigIntegerField(_("bytes wanted at most"), null=True, blank=True)
    exclusive = models.BooleanField(_("exclusive licence wanted"), default=False, db_default=False)
    state = models.CharField(_("state"), max_length=20, choices=RequestState, default=states.SUBMITTED)
    mode = models.CharField(_("authorization mode"), max_length=24, choices=Mode)
    decision = models.JSONField(_("decision"))
    outcome_ground = models.CharField(_("ground of the refusal"), max_length=60, blank=True, default="", db_default="")
    outcome_reason = models.TextField(_("reason of the outcome"), blank=True)
    outcome_cause = models.JSONField(_("cause of the outcome"), default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(_("submitted at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["expires_at"], condition=models.Q(state__in=states.PENDING), name="request_to_expire"),
            models.Index(fields=["closed_at"], name="request_closed"),  # what the figures of a period are of
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisation", "purpose", "form"],
                condition=models.Q(state__in=["submitted", "in_approval", "more_information"]),
                name="request_one_open",
            ),
            models.UniqueConstraint(
                fields=["renews"],
                condition=models.Q(state__in=["submitted", "in_approval", "more_information", "approved"]),
                name="request_one_renewal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
