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


def flagged(code: str) -> models.Q:
    """Recommendations with this flag."""
    return models.Q(recommendation__contains={"flags": [{"code": code}]})


RISK = models.Case(
    models.When(models.Q(recommended_level="core") | flagged("possibly_core"), then=6),
    models.When(models.Q(recommended_level="important") | flagged("possibly_important"), then=5),
    *(models.When(recommended_level=level, then=place) for place, level in enumerate(Level.values[:4], start=1)),
    default=0,
)
"""How grave a recommendation may be: what may be important or core counts as such."""
PLACE = models.ExpressionWrapper(
    (models.Value(6) - models.F("risk")) * models.Value(10**15) + models.F("id"), output_field=models.BigIntegerField()
)
"""A grade's place in the queue, the gravest first and then the oldest, as one whole number: pages begin behind one."""


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
    `collected`: what other files of the same publication hold, as it was told last (`engine.levels.Collected`).
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
    collected = models.JSONField(_("held by files published with it"), default=dict, db_default={}, blank=True)
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


class Cause(models.TextChoices):
    """Why an asset was examined or placed anew, and a grade recommended."""

    FIRST = "first", _("first examination")
    DECLARED = "declared", _("declared anew")
    REPLACED = "replaced", _("file of a new version")
    RULES = "rules", _("other rules")
    ENGINE = "engine", _("newer detectors")
    SOURCES = "sources", _("a source was graded higher")
    SCALE = "scale", _("scale crossed a threshold")
    TIME = "time", _("due for review")
    INCIDENT = "incident", _("incident")
    REQUESTED = "requested", _("requested")
    APPEAL = "appeal", _("appeal")


class GradeState(models.TextChoices):
    """States of `states.GRADE`."""

    RECOMMENDED = states.RECOMMENDED, _("recommended")
    CONFIRMED = states.CONFIRMED, _("confirmed")
    DECIDED = states.DECIDED, _("decided")
    RETURNED = states.RETURNED, _("returned")
    SUPERSEDED = states.SUPERSEDED, _("superseded")
    AGREED = states.AGREED, _("agrees with the decided grade")


class Grade(models.Model):
    """Category and level of an asset: the machine's recommendation, and what people decided about it.

    `recommendation` is `grading.engine` Recommendation.to_dict(): matrix cell, reasons, flags, alternatives, and the
    elements of grading that it rests on.
    `cause` says why it was made, `cause_note` in the words of who asked for it. `difference` is what differs from the
    decided grade that stood then (`grading.reviewing.differences`); null where none stood.
    `risk` orders the queue: 6 core or possibly so, 5 important or possibly so, 4 to 1 general 4 to 1.
    `review_due_on`, of a decided grade: the day on which the scheme has it examined again.
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
    risk = models.GeneratedField(
        expression=RISK, output_field=models.SmallIntegerField(), db_persist=True, verbose_name=_("risk")
    )
    cause = models.CharField(_("cause"), max_length=16, choices=Cause, default=Cause.FIRST, db_default=Cause.FIRST)
    cause_note = models.TextField(_("note on the cause"), blank=True, db_default="")
    difference = models.JSONField(_("difference from the decided grade"), null=True, blank=True)
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
    review_due_on = models.DateField(_("review due on"), null=True, blank=True)
    created_at = models.DateTimeField(_("recommended at"), db_default=Now())

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-risk", "id"], name="grade_queue", condition=models.Q(state__in=states.OPEN)),
            models.Index(PLACE, name="grade_place", condition=models.Q(state__in=states.OPEN)),
            models.Index(fields=["state", "recommended_level"], name="grade_state_level"),
            models.Index(fields=["decided_at"], name="grade_decided_at", condition=models.Q(decided_at__isnull=False)),
            models.Index(
                fields=["review_due_on"],
                name="grade_review_due",
                condition=models.Q(state="decided", review_due_on__isnull=False),
            ),
        ]
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


class AppealState(models.TextChoices):
    """States of `states.APPEAL`."""

    FILED = states.FILED, _("filed")
    GRANTED = states.GRANTED, _("granted")
    DISMISSED = states.DISMISSED, _("dismissed")
    WITHDRAWN = states.WITHDRAWN, _("withdrawn")


class GradeAppeal(models.Model):
    """The owner's appeal against a decided grade, to reviewers who did not take the decision.

    `review` is the grade by which it is decided: open while the appeal is, and replaced when the asset is examined
    meanwhile. The appealed grade stands until then.
    """

    asset = models.ForeignKey(DataAsset, models.CASCADE, related_name="appeals", verbose_name=_("data asset"))
    appealed = models.OneToOneField(Grade, models.CASCADE, related_name="appeal", verbose_name=_("appealed grade"))
    review = models.ForeignKey(Grade, models.CASCADE, related_name="appeals_reviewed", verbose_name=_("decided by"))
    state = models.CharField(_("state"), max_length=16, choices=AppealState, default=states.FILED)
    grounds = models.TextField(_("grounds"))
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    filed_at = models.DateTimeField(_("filed at"), db_default=Now())
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("appeal against a grade")
        verbose_name_plural = _("appeals against grades")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["asset"], condition=models.Q(state="filed"), name="appeal_one_open"),
            models.CheckConstraint(
                condition=models.Q(state="filed", closed_at=None)
                | (~models.Q(state="filed") & models.Q(closed_at__isnull=False)),
                name="appeal_closed_has_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
