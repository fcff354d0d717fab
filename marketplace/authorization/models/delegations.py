"""Approvers who let colleagues act for them for a while."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation, User


class ApprovalDelegation(models.Model):
    """An approver of an organisation lets another of its people vote in their place, from one instant to another."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    delegator = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("approver"))
    delegate = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("acts for the approver"))
    reason = models.CharField(_("reason"), max_length=500)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="delegation_term"),
            models.CheckConstraint(
                condition=~models.Q(delegator=models.F("delegate")), name="delegation_to_another_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
