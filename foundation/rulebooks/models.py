"""Rules as rows: what is released is never edited, and at any instant one version at most is in force."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.participants.models import User
from foundation.rulebooks import states


class Rulebook(models.Model):
    """The rules of one kind (`registry`). `scope` is empty for the whole exchange, else a code such as a region's."""

    kind = models.CharField(_("kind"), max_length=60)
    scope = models.CharField(_("scope"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("rulebook")
        verbose_name_plural = _("rulebooks")
        ordering = ["kind", "scope"]
        constraints = [models.UniqueConstraint(fields=["kind", "scope"], name="rulebook_one_per_kind_and_scope")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.scope})" if self.scope else self.kind


class VersionState(models.TextChoices):
    """States of `states.RULEBOOK_VERSION`."""

    DRAFT = states.DRAFT, _("draft")
    PROPOSED = states.PROPOSED, _("proposed")
    RELEASED = states.RELEASED, pgettext_lazy("rules", "released")
    WITHDRAWN = states.WITHDRAWN, _("withdrawn")


class RulebookVersion(models.Model):
    """One text of rules. In force from `valid_from` (included) to `valid_to` (excluded; null: until another is).

    `content` is the exact TOML text, `data` the same parsed, `sha256` of the text's UTF-8 bytes; `code` to `certainty`
    are what the text says of itself, `label` being its own version. `what_if` is a `Comparison` record.
    """

    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="versions", verbose_name=_("rulebook"))
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=16, choices=VersionState, default=states.DRAFT)
    content = models.TextField(_("text"))
    data = models.JSONField(_("parsed text"))
    sha256 = models.CharField("SHA-256", max_length=64)
    code = models.CharField(_("code"), max_length=80)
    label = models.CharField(_("version named in the text"), max_length=80)
    title = models.TextField(_("title"))
    title_zh = models.TextField(_("title in Chinese"), blank=True)
    standard = models.TextField(_("standard"), blank=True)
    source = models.TextField(_("source"), blank=True)
    certainty = models.TextField(_("certainty"), blank=True)
    note = models.TextField(_("what changes and why"), blank=True)
    state_reason = models.CharField(_("reason of the state"), max_length=500, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    releaser = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by")
    )
    created_at = models.DateTimeField(_("written at"), db_default=Now())
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    valid_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    valid_to = models.DateTimeField(_("in force until"), null=True, blank=True)
    announced_at = models.DateTimeField(_("coming in force announced at"), null=True, blank=True)
    what_if = models.JSONField(_("what it would change"), null=True, blank=True)
    what_if_at = models.DateTimeField(_("computed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of rules")
        verbose_name_plural = _("versions of rules")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["rulebook", "number"], name="rulebook_version_number_once"),
            models.UniqueConstraint(
                # a stored verdict names code and label: they must stand for one text
                fields=["rulebook", "code", "label"],
                condition=Q(state__in=["proposed", "released"]),
                name="rulebook_version_label_once",
            ),
            ExclusionConstraint(
                name="rulebook_version_one_in_force",
                expressions=[
                    # a range of one number instead of `=`: GiST compares numbers only with an extension
                    (
                        Func(
                            F("rulebook"),
                            F("rulebook"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("valid_from"), F("valid_to"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state="released"),
            ),
            models.CheckConstraint(
                condition=~Q(state="released")
                | Q(releaser__isnull=False, released_at__isnull=False, valid_from__isnull=False),
                name="rulebook_version_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(releaser=None) | ~Q(releaser=F("author")), name="rulebook_version_two_people"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="rulebook_version_validity"
            ),
        ]
        indexes = [
            models.Index(
                fields=["rulebook", "valid_from"], name="rulebook_version_in_force", condition=Q(state="released")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.label} #{self.number}"
