"""The chain of approvals of a request: its steps, and the people who vote on them."""

from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants.models import Organisation, User
from marketplace.authorization import states
from marketplace.authorization.models.delegations import ApprovalDelegation
from marketplace.authorization.models.requests import AccessRequest


class StepState(models.TextChoices):
    """States of `states.APPROVAL_STEP`."""

    WAITING = states.WAITING, _("waiting")
    OPEN = states.OPEN, pgettext_lazy("approval step", "open")
    APPROVED = states.STEP_APPROVED, _("approved")
    REJECTED = states.STEP_REJECTED, _("rejected")
    VOID = states.VOID, _("void")


class ApprovalStep(models.Model):
    """One approval of a chain, by `quorum` people of `organisation`. Steps of one `stage` are open together.

    The stage of a step that an earlier release planned is 0: its position. `due_at` is put off by the time in which
    the chain waits for the buyer; `reminded_at` and `escalated_at` say when people were told of it. `decided_by` is
    who cast the last vote, `ground` a code of `grounds.toml` where it was refused.
    """

    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="steps", verbose_name=_("request"))
    position = models.PositiveIntegerField(_("position"))
    stage = models.PositiveSmallIntegerField(_("stage"), default=0, db_default=0)
    quorum = models.PositiveSmallIntegerField(_("people who have to approve"), default=1, db_default=1)
    approver = models.CharField(pgettext_lazy("approval step", "approver"), max_length=60)
    title = models.CharField(_("title of the scenario's level"), max_length=200, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    state = models.CharField(_("state"), max_length=16, choices=StepState, default=states.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    ground = models.CharField(_("ground of the refusal"), max_length=60, blank=True, default="", db_default="")
    reason = models.TextField(_("reason"), blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)

    class Meta:
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        ordering = ["position"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state=states.OPEN), name="step_due")]
        constraints = [
            models.CheckConstraint(condition=models.Q(quorum__gte=1), name="step_quorum"),
            models.UniqueConstraint(fields=["request", "position"], name="step_position_once"),
            models.UniqueConstraint(
                fields=["request", "decided_by"],
                condition=models.Q(state="approved"),
                name="step_nobody_approves_twice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.approver}"


class Verdict(models.TextChoices):
    """What a vote says."""

    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")


def _span(name: str) -> models.Func:
    ends = (models.F(name), models.F(name), models.Value("[]"))
    return models.Func(*ends, function="int8range", output_field=BigIntegerRangeField())


_CHAIN: Final = _span("request")
_PEOPLE: Final = models.Func(
    _span("voter"), _span("seat"), function="int8multirange", output_field=BigIntegerRangeField()
)
"""Both people that a vote takes part: who voted, and for whom."""


class ApprovalVote(models.Model):
    """What one person said on a step, for themselves or for the approver (`seat`) who let them act.

    Nobody takes part twice in one chain, neither as who votes nor as whom the vote is for:
    `vote_nobody_twice_in_a_chain`, in the database (ranges of one number stand for the numbers).
    """

    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="votes", verbose_name=_("request"))
    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="votes", verbose_name=_("approval step"))
    voter = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    seat = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("in the place of"))
    delegation = models.ForeignKey(
        ApprovalDelegation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("delegation")
    )
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict)
    reason = models.TextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("cast at"), db_default=Now())

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["pk"]
        constraints = [
            ExclusionConstraint(
                name="vote_nobody_twice_in_a_chain",
                expressions=[(_CHAIN, RangeOperators.OVERLAPS), (_PEOPLE, RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=models.Q(delegation=None, voter=models.F("seat"))
                | (models.Q(delegation__isnull=False) & ~models.Q(voter=models.F("seat"))),
                name="vote_for_another_by_delegation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} #{self.pk}"
