"""Data assets and what each examination found. Results are rows with the versions that made them, never edited."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.participants.models import Organisation, User
from foundation.vault.models import Blob
from grading import states


class Level(models.TextChoices):
    """Levels of GB/T 43697-2024, lowest first; general data in four steps by harm to organisations and persons."""

    GENERAL_1 = "general_1", _("general 1")
    GENERAL_2 = "general_2", _("general 2")
    GENERAL_3 = "general_3", _("general 3")
    GENERAL_4 = "general_4", _("general 4")
    IMPORTANT = "important", _("important")
    CORE = "core", _("core")


RESTRICTED = [Level.IMPORTANT.value, Level.CORE.value]
"""Levels that two different people decide (GB/T 43697-2024: important and core data)."""


class AssetState(models.TextChoices):
    """States of `states.ASSET`."""

    RECEIVED = states.RECEIVED, _("received")
    EXAMINED = states.EXAMINED, _("examined")
    UNREADABLE = states.UNREADABLE, _("unreadable")


class DataAsset(models.Model):
    """One file of one owner, encrypted in the vault.

    `declared` holds what the owner says of it: title, description, sector, origin, region, modified_on,
    update_frequency, temporal_start, temporal_end, licence (ISO dates; keys absent when not said), table_schema,
    elements of grading, derivation.
    `rescore_on` is the first day on which its newest score is no longer true, by the time that passes alone.
    `tried_by` is the version of the engine that last set out to examine it, whatever came of that.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("owner"))
    blob = models.OneToOneField(Blob, models.PROTECT, related_name="+", verbose_name=_("stored file"))
    filename = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    byte_size = models.BigIntegerField(_("size in bytes"))
    format = models.CharField(_("format"), max_length=16, blank=True)
    declared = models.JSONField(_("declared"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=AssetState, default=states.RECEIVED)
    problem_code = models.CharField(_("problem"), max_length=60, blank=True)
    problem_params = models.JSONField(default=dict, blank=True)
    rescore_on = models.DateField(_("score again on"), null=True, blank=True)
    tried_by = models.CharField(_("engine that last tried it"), max_length=40, blank=True, db_default="")
    created_at = models.DateTimeField(_("received at"), db_default=Now())

    class Meta:
        verbose_name = _("data asset")
        verbose_name_plural = _("data assets")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["rescore_on"], name="asset_to_rescore", condition=models.Q(rescore_on__isnull=False)),
            GinIndex(KeyTransform("sources", KeyTransform("derivation", "declared")), name="asset_derived_from"),
        ]

    def __str__(self) -> str:
        return f"{self.filename} #{self.pk}"


class Profile(models.Model):
    """What one pass over the file counted; `data` is `grading.engine` Profile.to_dict()."""

    asset = models.ForeignKey(DataAsset, models.CASCADE, related_name="profiles", verbose_name=_("data asset"))
    engine_version = models.CharField(_("engine version"), max_length=40)
    rows = models.BigIntegerField(_("rows"))
    columns = models.IntegerField(_("columns"))
    data = models.JSONField(_("profile"))
    created_at = models.DateTimeField(_("made at"), db_default=Now())

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class QualityAssessment(models.Model):
    """Scores after GB/T 36344-2018, 0 to 100; reproducible from `profile`, `inputs` and the versions.

    `overall` is null where the evidence does not suffice; `data` is `grading.engine` Assessment.to_dict().
    """

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="assessments", verbose_name=_("profile"))
    asset = models.ForeignKey(DataAsset, models.CASCADE, related_name="assessments", verbose_name=_("data asset"))
    engine_version = models.CharField(_("engine version"), max_length=40)
    rules_code = models.CharField(_("quality profile"), max_length=80)
    rules_version = models.CharField(_("version of the quality profile"), max_length=40)
    overall = models.FloatField(_("overall score"), null=True)
    coverage = models.FloatField(_("share of the weights assessed"))
    inputs = models.JSONField(_("inputs"), default=dict)
    data = models.JSONField(_("measures, dimensions and findings"))
    created_at = models.DateTimeField(_("assessed at"), db_default=Now())

    class Meta:
        verbose_name = _("quality assessment")
        verbose_name_plural = _("quality assessments")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(overall=None) | models.Q(overall__range=(0, 100)), name="assessment_overall_range"
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class SensitivityFinding(models.Model):
    """One column of a sensitive type, with the evidence (counts and codes, never values)."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="sensitivity", verbose_name=_("profile"))
    asset = models.ForeignKey(DataAsset, models.CASCADE, related_name="sensitivity", verbose_name=_("data asset"))
    engine_version = models.CharField(_("engine version"), max_length=40)
    column = models.TextField(_("column"))
    sensitive_type = models.CharField(_("sensitive type"), max_length=60)
    personal = models.BooleanField(_("personal"))
    sensitive_personal = models.BooleanField(_("sensitive personal"))
    confidence = models.FloatField(_("confidence"))
    evidence = models.JSONField(_("evidence"))

    class Meta:
        verbose_name = _("sensitive column")
        verbose_name_plural = _("sensitive columns")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.column}: {self.sensitive_type}"


class GradeState(models.TextChoices):
    """States of `states.GRADE`."""

    RECOMMENDED = states.RECOMMENDED, _("recommended")
    CONFIRMED = states.CONFIRMED, _("confirmed")
    DECIDED = states.DECIDED, _("decided")
    RETURNED = states.RETURNED, _("returned")
    SUPERSEDED = states.SUPERSEDED, _("superseded")


class Grade(models.Model):
    """Category and level of an asset: the machine's recommendation, and what people decided about it.

    `recommendation` is `grading.engine` Recommendation.to_dict(): matrix cell, reasons, flags, alternatives, and the
    elements of grading that it rests on.
    """

    asset = models.ForeignKey(DataAsset, models.CASCADE, related_name="grades", verbose_name=_("data asset"))
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="grades", verbose_name=_("profile"))
    state = models.CharField(_("state"), max_length=16, choices=GradeState, default=states.RECOMMENDED)
    engine_version = models.CharField(_("engine version"), max_length=40)
    scheme_code = models.CharField(_("scheme"), max_length=80)
    scheme_version = models.CharField(_("scheme version"), max_length=40)
    recommended_level = models.CharField(_("recommended level"), max_length=16, choices=Level)
    recommended_category = models.CharField(_("recommended category"), max_length=120)
    recommendation = models.JSONField(_("recommendation"))
    level = models.CharField(_("level"), max_length=16, choices=Level, blank=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("first reviewer")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_reason = models.TextField(_("reason of the first reviewer"), blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewer")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    returned_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("returned by")
    )
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    created_at = models.DateTimeField(_("recommended at"), db_default=Now())

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "recommended_level"], name="grade_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["asset"], condition=models.Q(state__in=["recommended", "confirmed"]), name="grade_one_open"
            ),
            models.UniqueConstraint(fields=["asset"], condition=models.Q(state="decided"), name="grade_one_decided"),
            models.CheckConstraint(
                condition=~models.Q(state="decided") | (~models.Q(level="") & models.Q(decided_by__isnull=False)),
                name="grade_decided_has_level_and_reviewer",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None)
                | models.Q(decided_by=None)
                | ~models.Q(confirmed_by=models.F("decided_by")),
                name="grade_two_different_reviewers",
            ),
            models.CheckConstraint(
                # of data recommended as important too: otherwise one person alone could lower it
                condition=~(
                    models.Q(state="decided")
                    & (models.Q(level__in=RESTRICTED) | models.Q(recommended_level__in=RESTRICTED))
                )
                | models.Q(confirmed_by__isnull=False),
                name="grade_important_needs_first_reviewer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
