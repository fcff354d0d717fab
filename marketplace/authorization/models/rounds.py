"""What happens to a request beside its steps: rounds of questions, and the appeal against its refusal."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import User
from marketplace.authorization.models.approvals import ApprovalStep
from marketplace.authorization.models.requests import AccessRequest


class InformationRound(models.Model):
    """A question of an approver to the buyer, and the answer. While it waits nobody decides and no clock runs."""

    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="rounds", verbose_name=_("request"))
    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="rounds", verbose_name=_("approval step"))
    question = models.TextField(_("question"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), db_default=Now())
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("round of questions")
        verbose_name_plural = _("rounds of questions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(answered_at=None), name="round_one_waits_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class RequestAppeal(models.Model):
    """The buyer's appeal against a refusal, one a request.

    Against people: `refused_step` is theirs, `step` the one by which others of the same body decide on the appeal.
    Against the decision table: neither, and `decision` is what it says on the facts of the day.
    """

    request = models.OneToOneField(AccessRequest, models.CASCADE, related_name="appeal", verbose_name=_("request"))
    grounds = models.TextField(_("grounds"))
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    filed_at = models.DateTimeField(_("filed at"), db_default=Now())
    refused_step = models.ForeignKey(
        ApprovalStep, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("refused by")
    )
    step = models.OneToOneField(
        ApprovalStep, models.CASCADE, null=True, blank=True, related_name="appeal", verbose_name=_("decided by")
    )
    decision = models.JSONField(_("decision"), default=dict, blank=True)

    class Meta:
        verbose_name = _("appeal against a refusal")
        verbose_name_plural = _("appeals against refusals")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refused_step=None, step=None)
                | models.Q(refused_step__isnull=False, step__isnull=False),
                name="request_appeal_of_people_or_table",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
