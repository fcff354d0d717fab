"""What organisations and people have been found able to do, by whom and until when."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants import accreditation_kinds, states
from foundation.participants.models.parties import Organisation, User


class AccreditationState(models.TextChoices):
    """States of `states.ACCREDITATION`."""

    CLAIMED = states.CLAIMED, _("claimed")
    CONFIRMED = states.CONFIRMED, pgettext_lazy("accreditation", "confirmed")
    REFUSED = states.REFUSED, pgettext_lazy("accreditation", "refused")
    WITHDRAWN = states.WITHDRAWN, _("withdrawn")
    SUPERSEDED = states.SUPERSEDED, _("superseded")
    EXPIRED = states.EXPIRED, _("expired")
    REVOKED = states.REVOKED, _("revoked")


class Accreditation(models.Model):
    """A certificate of an organisation or a person, of a kind of `accreditation_kinds`; both days of validity included.

    `claimed_via` is the organisation whose administrators claimed it: the holder itself, or one that the person is in.
    What stands on a day is said by `selectors.standing_accreditations` and `selectors.trained`, never by `state` alone.
    """

    kind = models.CharField(_("kind of accreditation"), max_length=40)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accreditations",
        verbose_name=_("organisation"),
    )
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="accreditations", verbose_name=_("person")
    )
    claimed_via = models.ForeignKey(
        Organisation, models.PROTECT, related_name="accreditations_claimed", verbose_name=_("claimed by")
    )
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    scope = models.CharField(_("what it covers"), max_length=300, blank=True)
    number = models.CharField(_("number of the certificate"), max_length=100, blank=True)
    issuer = models.CharField(_("issued by"), max_length=200)
    evidence = models.CharField(_("where it can be checked"), max_length=500, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    state = models.CharField(_("state"), max_length=16, choices=AccreditationState, default=states.CLAIMED)
    state_reason = models.CharField(_("reason of the state"), max_length=500, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name=_("superseded by")
    )
    claimed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("claimed by the person")
    )
    claimed_at = models.DateTimeField(_("claimed at"), db_default=Now())
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("accreditation")
        verbose_name_plural = _("accreditations")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["valid_until"],
                condition=models.Q(state=states.CONFIRMED),
                name="accreditation_confirmed_until",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False, user=None)
                | models.Q(organisation=None, user__isnull=False),
                name="accreditation_one_holder",
            ),
            models.CheckConstraint(
                condition=models.Q(organisation=None) | models.Q(organisation=models.F("claimed_via")),
                name="accreditation_organisations_claim_their_own",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="accreditation_days_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(level=None) | models.Q(level__range=(1, 9)), name="accreditation_level"
            ),
            models.CheckConstraint(
                condition=~models.Q(number="") | ~models.Q(evidence=""), name="accreditation_can_be_checked"
            ),
            models.CheckConstraint(
                condition=models.Q(state=states.SUPERSEDED, superseded_by__isnull=False)
                | models.Q(state=states.REVOKED)
                | ~models.Q(state__in=[states.SUPERSEDED, states.REVOKED]) & models.Q(superseded_by=None),
                name="accreditation_superseded_by_another",
            ),
            *[
                models.UniqueConstraint(
                    fields=["kind", holder],
                    condition=models.Q(state=states.CONFIRMED),
                    name=f"accreditation_one_confirmed_of_{holder}",
                )
                for holder in ("organisation", "user")
            ],
            models.UniqueConstraint(
                fields=["kind", "organisation"],
                condition=models.Q(state=states.CLAIMED),
                name="accreditation_one_claim_of_organisation",
            ),
            models.UniqueConstraint(
                fields=["kind", "user", "claimed_via"],
                condition=models.Q(state=states.CLAIMED),
                name="accreditation_one_claim_of_user",
            ),
        ]

    def __str__(self) -> str:
        holder = f"organisation {self.organisation_id}" if self.organisation_id else f"user {self.user_id}"
        return f"{accreditation_kinds.name_of(self.kind)}: {holder}"
