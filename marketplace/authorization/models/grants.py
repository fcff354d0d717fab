"""Grants: what a buyer may receive."""

from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation, User
from grading.models import Level
from marketplace.authorization import states
from marketplace.authorization.models.requests import AccessRequest
from marketplace.authorization.models.vocabulary import Form, Mode
from marketplace.catalog.models import Listing, ListingVersion


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

    `agreement` is an ODRL Agreement (JSON-LD) with the terms in words; `terms_digest` is the SHA-256 of its canonical
    form (RFC 8785) that the holder accepted. What was agreed is never edited: `grant_agreed` in the database.
    `columns` are empty for all. `demanded`: the accreditations without which it would not have been given (kind →
    lowest level; each entry suffices, none demands nothing); None where a former version of the exchange issued it.

    The meter (`downloads_used`, `rows_sent`, `bytes_sent`) counts what was begun, so that it is never below what was
    sent, and the database keeps each within its limit.

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
    columns = ArrayField(models.TextField(), default=list, db_default=[], blank=True, verbose_name=_("columns"))
    demanded = models.JSONField(_("accreditations demanded"), null=True, blank=True)
    agreement = models.JSONField(_("agreement"))
    accepted_at = models.DateTimeField(_("terms accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("terms accepted by")
    )
    terms_digest = models.CharField(
        _("digest of the terms accepted"), max_length=64, blank=True, default="", db_default=""
    )
    terms_reminded_at = models.DateTimeField(_("told that the terms wait at"), null=True, blank=True)
    download_limit = models.PositiveIntegerField(_("most downloads"), null=True, blank=True)
    row_limit = models.BigIntegerField(_("most rows"), null=True, blank=True)
    byte_limit = models.BigIntegerField(_("most bytes"), null=True, blank=True)
    exclusive = models.BooleanField(_("exclusive"), default=False, db_default=False)
    downloads_used = models.PositiveIntegerField(_("downloads used"), default=0)
    rows_sent = models.BigIntegerField(_("rows sent"), default=0, db_default=0)
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
            models.CheckConstraint(
                condition=models.Q(row_limit=None) | models.Q(rows_sent__lte=models.F("row_limit")),
                name="grant_within_row_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(byte_limit=None) | models.Q(bytes_sent__lte=models.F("byte_limit")),
                name="grant_within_byte_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, accepted_by=None, terms_digest="")
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False, terms_digest__regex="^[0-9a-f]{64}$"),
                name="grant_terms_accepted_by_somebody",
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
