"""Data assets, their examinations and grades on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grading import selectors, wording
from grading.models import DataAsset, Grade, Level, Profile, QualityAssessment, SensitivityFinding
from grading.services import CATEGORY_LENGTH, REASON_LENGTH


class AssetOut(serializers.ModelSerializer[DataAsset]):
    """A data asset; `problem` says in words why it cannot be read."""

    problem = serializers.SerializerMethodField()

    class Meta:
        model = DataAsset
        fields = [
            "id", "organisation", "filename", "sha256", "byte_size", "format", "declared", "state", "problem_code",
            "problem", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_problem(self, asset: DataAsset) -> str:
        """The problem's sentence; empty without one."""
        return wording.sentence(asset.problem_code, asset.problem_params) if asset.problem_code else ""


class ExaminationJobOut(serializers.Serializer[Any]):
    """The newest examination and how far it is; `progress` from 0 to 1."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    progress = serializers.FloatField()
    progress_note = serializers.CharField()
    error_code = serializers.CharField()


class AssetDetailOut(AssetOut):
    """A data asset with its newest examination."""

    job = serializers.SerializerMethodField()

    class Meta(AssetOut.Meta):
        fields = [*AssetOut.Meta.fields, "job"]
        read_only_fields = fields

    @extend_schema_field(ExaminationJobOut(allow_null=True))
    def get_job(self, asset: DataAsset) -> dict[str, Any] | None:
        """The newest job."""
        job = selectors.latest_job(asset.pk)
        return None if job is None else dict(ExaminationJobOut(job).data)


class ExamineIn(serializers.Serializer[Any]):
    """An examination asked for; `declared` replaces what the owner has declared."""

    declared = serializers.DictField(required=False)


class ProfileOut(serializers.ModelSerializer[Profile]):
    """What one pass over the file counted; `data` holds the columns. Values of personal columns are shapes.

    A profile never changes: `version` reads an older one by its `id`.
    """

    class Meta:
        model = Profile
        fields = ["id", "asset", "engine_version", "rows", "columns", "data", "created_at"]
        read_only_fields = fields


class ProfileSummaryOut(serializers.ModelSerializer[Profile]):
    """A profile in short; its `id` is the `version` to read it by."""

    class Meta:
        model = Profile
        fields = ["id", "asset", "engine_version", "rows", "columns", "created_at"]
        read_only_fields = fields


class DimensionOut(serializers.Serializer[Any]):
    """A dimension's score from 0 to 100 with its interval; null where nothing was assessed."""

    name = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField()
    weight = serializers.FloatField()


class MeasureOut(serializers.Serializer[Any]):
    """X = A / B; not assessed where B is 0, with the reason in words."""

    dimension = serializers.CharField()
    indicator = serializers.CharField()
    metric = serializers.CharField()
    column = serializers.CharField(allow_null=True)
    a = serializers.IntegerField(source="satisfied")
    b = serializers.IntegerField(source="examined")
    value = serializers.FloatField(allow_null=True)
    direction = serializers.CharField()
    estimated = serializers.BooleanField()
    not_assessed = serializers.SerializerMethodField()

    def get_not_assessed(self, measure: dict[str, Any]) -> str:
        """Why it was not assessed; empty where it was."""
        return wording.sentence(measure["reason"], {}) if measure.get("reason") else ""


class AssessmentOut(serializers.ModelSerializer[QualityAssessment]):
    """One assessment in short."""

    class Meta:
        model = QualityAssessment
        fields = [
            "id", "asset", "profile", "overall", "coverage", "rules_code", "rules_version", "engine_version", "inputs",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class QualityOut(AssessmentOut):
    """An assessment with its dimensions, by code, and its measures (GB/T 36344-2018)."""

    verdict = serializers.SerializerMethodField()
    interval_method = serializers.SerializerMethodField()
    dimensions = serializers.SerializerMethodField()
    measures = serializers.SerializerMethodField()

    class Meta(AssessmentOut.Meta):
        fields = [*AssessmentOut.Meta.fields, "verdict", "interval_method", "dimensions", "measures"]
        read_only_fields = fields

    def get_verdict(self, row: QualityAssessment) -> str:
        """`assessed` or `insufficient_evidence`."""
        return str(row.data.get("verdict", ""))

    def get_interval_method(self, row: QualityAssessment) -> str:
        """How the intervals were computed."""
        return str(row.data.get("interval_method", ""))

    @extend_schema_field(serializers.DictField(child=DimensionOut()))
    def get_dimensions(self, row: QualityAssessment) -> dict[str, Any]:
        """The six dimensions."""
        return {
            item["dimension"]: DimensionOut(
                {
                    "name": wording.name(item["dimension"]),
                    "score": item["score"]["value"],
                    "low": item["score"]["low"],
                    "high": item["score"]["high"],
                    "coverage": item["score"]["coverage"],
                    "weight": item["weight"],
                }
            ).data
            for item in row.data.get("dimensions", ())
        }

    @extend_schema_field(MeasureOut(many=True))
    def get_measures(self, row: QualityAssessment) -> list[Any]:
        """Every sub-indicator, measured or not assessed with the reason."""
        return list(MeasureOut(row.data.get("measures", ()), many=True).data)


class SensitiveColumnOut(serializers.ModelSerializer[SensitivityFinding]):
    """A sensitive column with its evidence: counts and words, never values."""

    name = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    matched = serializers.IntegerField(source="evidence.matched", default=None, allow_null=True)
    examined = serializers.IntegerField(source="evidence.examined", default=None, allow_null=True)

    class Meta:
        model = SensitivityFinding
        fields = [
            "column", "sensitive_type", "name", "personal", "sensitive_personal", "confidence", "matched", "examined",
            "reasons",
        ]  # fmt: skip
        read_only_fields = fields

    def get_name(self, row: SensitivityFinding) -> str:
        """The type's title."""
        return wording.sensitive_type_name(row.sensitive_type)

    def get_reasons(self, row: SensitivityFinding) -> list[str]:
        """The evidence in words."""
        return wording.sentences(row.evidence.get("reasons", ()))


class QualityFindingOut(serializers.Serializer[Any]):
    """Something wrong in the table; `row` counts data rows from 0, `count` the cells or rows concerned."""

    kind = serializers.CharField()
    column = serializers.CharField(allow_null=True)
    row = serializers.IntegerField(allow_null=True)
    count = serializers.IntegerField()
    confidence = serializers.FloatField()
    evidence = serializers.SerializerMethodField()

    def get_evidence(self, finding: dict[str, Any]) -> str:
        """The evidence in words."""
        return wording.sentence(finding["evidence_code"], finding["params"])


class FindingsOut(serializers.Serializer[Any]):
    """Sensitive columns and quality findings of the newest examination; `totals` counts all findings by kind."""

    sensitive_columns = SensitiveColumnOut(many=True)
    quality_findings = QualityFindingOut(many=True)
    totals = serializers.DictField(child=serializers.IntegerField())


class GradeOut(serializers.ModelSerializer[Grade]):
    """A grade: recommendation and decision. Reviewers are named to the exchange only."""

    reasons = serializers.SerializerMethodField()
    confirmed_by = serializers.SerializerMethodField()
    decided_by = serializers.SerializerMethodField()
    returned_by = serializers.SerializerMethodField()

    class Meta:
        model = Grade
        fields = [
            "id", "asset", "profile", "state", "recommended_level", "recommended_category", "recommendation", "reasons",
            "scheme_code", "scheme_version", "engine_version", "level", "category", "reason", "confirmed_by",
            "confirmed_at", "confirmed_reason", "decided_by", "decided_at", "returned_by", "returned_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_reasons(self, row: Grade) -> list[str]:
        """Why this level is recommended, in words."""
        return wording.sentences(row.recommendation.get("reasons", ()))

    def get_confirmed_by(self, row: Grade) -> str | None:
        """The first reviewer."""
        return self._named(row.confirmed_by)

    def get_decided_by(self, row: Grade) -> str | None:
        """The reviewer who decided."""
        return self._named(row.decided_by)

    def get_returned_by(self, row: Grade) -> str | None:
        """The reviewer who returned it."""
        return self._named(row.returned_by)

    def _named(self, user: Any) -> str | None:
        return user.get_username() if user is not None and self.context["actor"].is_exchange else None


class ChoiceIn(serializers.Serializer[Any]):
    """A reviewer's choice; without `category` the recommended one is kept. Departures need a reason."""

    level = serializers.ChoiceField(choices=Level.choices)
    category = serializers.CharField(max_length=CATEGORY_LENGTH, default="", allow_blank=True)
    reason = serializers.CharField(max_length=REASON_LENGTH, default="", allow_blank=True)


class ReturnIn(serializers.Serializer[Any]):
    """Why a grade goes back to the owner."""

    reason = serializers.CharField(max_length=REASON_LENGTH)
