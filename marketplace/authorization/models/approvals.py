"""The chain of approvals of a request."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants.models import Organisation, User
from marketplace.authorization import states
from marketplace.authorization.models.requests import AccessRequest


class StepState(models.TextChoices):
    """States of `states.APPROVAL_STEP`."""

    WAITING = states.WAITING, _("waiting")
    OPEN = states.OPEN, pgettext_lazy("approval step", "open")
    APPROVED = states.STEP_APPROVED, _("approved")
    REJECTED = states.STEP_REJECTED, _("rejected")
    VOID = states.VOID, _("void")


class ApprovalStep(models.Model):
    """One approval of a chain; steps open in order of `position`."""

    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="steps", verbose_name=_("request"))
    position = models.PositiveIntegerField(_("position"))
    approver = models.CharField(pgettext_lazy("approval step", "approver"), max_length=60)
    title = models.CharField(_("title of the scenario's level"), max_length=200, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    state = models.CharField(_("state"), max_length=16, choices=StepState, default=states.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="step_position_once"),
            models.UniqueConstraint(
                fields=["request", "decided_by"],
                condition=models.Q(state="approved"),
                name="step_nobody_approves_twice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.approver}"
