"""Access requests, their approval chains, and grants."""

from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants.models import Organisation, User
from grading.models import Level
from marketplace.authorization import states
from marketplace.catalog.models import Listing, ListingVersion, Purpose


class Mode(models.TextChoices):
    """Authorization modes (004 §4.2)."""

    OPEN = "open", _("open")
    CENTRALIZED_UNIFIED = "centralized_unified", _("centralized and unified")
    BY_SECTOR = "by_sector", _("by sector")
    BY_SCENARIO = "by_scenario", _("by scenario, multi-level")
    REFUSED = "refused", _("refused")


class Form(models.TextChoices):
    """Forms in which data may be handed over."""

    ORIGINAL = "original", _("original")
    MASKED = "masked", _("masked")
    AGGREGATE = "aggregate", _("aggregate")
    QUERY = "query", _("query")


class Scenario(models.Model):
    """A named scenario of use with its own chain of levels (依场景多层次分散授权)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ScenarioLevel(models.Model):
    """One level of a scenario's chain: the organisation whose approvers decide on it. Level 1 decides first."""

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="levels", verbose_name=_("scenario"))
    level = models.PositiveIntegerField(pgettext_lazy("scenario", "level"))
    title = models.CharField(_("title"), max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))

    class Meta:
        verbose_name = _("scenario level")
        verbose_name_plural = _("scenario levels")
        ordering = ["level"]
        constraints = [models.UniqueConstraint(fields=["scenario", "level"], name="scenario_level_once")]

    def __str__(self) -> str:
        return f"{self.level}. {self.title}"


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

    `outcome_cause` says why the exchange's own software closed it, `outcome_reason` what a person or the table said.
    """

    version = models.ForeignKey(ListingVersion, models.PROTECT, related_name="+", verbose_name=_("listing version"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("buyer"))
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("requested by"))
    purpose = models.CharField(_("purpose"), max_length=60, choices=Purpose)
    justification = models.TextField(_("justification"), blank=True)
    form = models.CharField(_("form wanted"), max_length=16, choices=Form)
    term_days = models.PositiveIntegerField(_("term in days"))
    download_limit = models.PositiveIntegerField(_("downloads wanted at most"), null=True, blank=True)
    exclusive = models.BooleanField(_("exclusive licence wanted"), default=False, db_default=False)
    state = models.CharField(_("state"), max_length=20, choices=RequestState, default=states.SUBMITTED)
    mode = models.CharField(_("authorization mode"), max_length=24, choices=Mode)
    decision = models.JSONField(_("decision"))
    outcome_reason = models.TextField(_("reason of the outcome"), blank=True)
    outcome_cause = models.JSONField(_("cause of the outcome"), default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(_("submitted at"), db_default=Now())
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisation", "purpose", "form"],
                condition=models.Q(state__in=["submitted", "in_approval", "more_information"]),
                name="request_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


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


class GrantState(models.TextChoices):
    """States of `states.GRANT`."""

    ACTIVE = states.ACTIVE, _("active")
    SUSPENDED = states.SUSPENDED, _("suspended")
    REVOKED = states.REVOKED, _("revoked")
    EXPIRED = states.GRANT_EXPIRED, _("expired")


def _span(*ends: models.Value | models.F) -> models.Func:
    return models.Func(*ends, function="int8range", output_field=BigIntegerRangeField())


_LISTING: Final = _span(models.F("listing"), models.F("listing"), models.Value("[]"))
_PLACE: Final = models.Case(
    models.When(exclusive=True, then=_span(models.Value(None), models.Value(None))),
    default=_span(models.F("id"), models.F("id"), models.Value("[]")),
)
"""Where a grant stands among those of its listing: an exclusive one everywhere, another at a point of its own."""
_TERM: Final = models.Func(
    models.F("starts_at"), models.F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()
)


class Grant(models.Model):
    """What a buyer may receive, in which forms, until when, under which obligations.

    `agreement` is an ODRL Agreement (JSON-LD) with the terms in words. The meter (`downloads_used`, `bytes_sent`)
    counts what was begun, so that it is never below what was sent.

    `state_cause` says why the exchange's own software suspended it, `state_reason` what a person said. `level` rises
    with the data's where the decision table bears the grant as it is.

    Where one is `exclusive` no other of the listing, of whichever version and holder, has a day in common with it while
    both are active or suspended (P03): `grant_exclusive_alone`, in the database. `listing` is that of `version` by a
    foreign key of the two (migration 0005).
    """

    request = models.OneToOneField(AccessRequest, models.PROTECT, related_name="grant", verbose_name=_("request"))
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+", verbose_name=_("listing"))
    version = models.ForeignKey(ListingVersion, models.PROTECT, related_name="+", verbose_name=_("listing version"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("holder"))
    state = models.CharField(_("state"), max_length=16, choices=GrantState, default=states.ACTIVE)
    state_reason = models.CharField(_("reason of the state"), max_length=500, blank=True)
    state_cause = models.JSONField(_("cause of the state"), default=dict, db_default={}, blank=True)
    mode = models.CharField(_("authorization mode"), max_length=24, choices=Mode)
    level = models.CharField(_("level covered"), max_length=16, choices=Level)
    forms = ArrayField(models.CharField(max_length=16, choices=Form), verbose_name=_("forms"))
    obligations = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("obligations"))
    agreement = models.JSONField(_("agreement"))
    download_limit = models.PositiveIntegerField(_("most downloads"), null=True, blank=True)
    exclusive = models.BooleanField(_("exclusive"), default=False, db_default=False)
    downloads_used = models.PositiveIntegerField(_("downloads used"), default=0)
    bytes_sent = models.BigIntegerField(_("bytes sent"), default=0)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    created_at = models.DateTimeField(_("issued at"), db_default=Now())

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["-id"]
        indexes = [
            # asked whenever a grant is wanted; of open data there may be very many that exclude nobody
            models.Index(fields=["listing"], condition=models.Q(exclusive=True), name="grant_exclusive_of_listing"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="grant_term"),
            models.CheckConstraint(
                condition=models.Q(download_limit=None) | models.Q(downloads_used__lte=models.F("download_limit")),
                name="grant_within_download_limit",
            ),
            # ranges of one number stand for the numbers: GiST compares bigints by itself only with btree_gist
            ExclusionConstraint(
                name="grant_exclusive_alone",
                expressions=[
                    (_LISTING, RangeOperators.OVERLAPS),
                    (_PLACE, RangeOperators.OVERLAPS),
                    (_TERM, RangeOperators.OVERLAPS),
                ],
                condition=models.Q(state__in=states.STANDING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
