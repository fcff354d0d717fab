"""Data assets, their examinations and grades on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grading import selectors, wording
from grading.masking import brief_declaration
from grading.models import DataAsset, Grade, Level, Profile, QualityAssessment, SensitivityFinding
from grading.services import CATEGORY_LENGTH, MOST_AT_ONCE, REASON_LENGTH
from grading.wording.element_words import element_lines


class AssetOut(serializers.ModelSerializer[DataAsset]):
    """A data asset; `problem` says in words why it cannot be read. Of a declared Table Schema there is the SHA-256."""

    declared = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()

    class Meta:
        model = DataAsset
        fields = [
            "id", "organisation", "filename", "sha256", "byte_size", "format", "declared", "state", "problem_code",
            "problem", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_declared(self, asset: DataAsset) -> dict[str, Any]:
        """What the owner declares."""
        return brief_declaration(asset.declared)

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
    a = serializers.FloatField(source="satisfied", help_text="Whole where it was counted.")
    b = serializers.IntegerField(source="examined")
    value = serializers.FloatField(allow_null=True)
    direction = serializers.CharField()
    estimated = serializers.BooleanField()
    not_assessed = serializers.SerializerMethodField()

    def get_not_assessed(self, measure: dict[str, Any]) -> str:
        """Why it was not assessed; empty where it was."""
        return wording.sentence(measure["reason"], {}) if measure.get("reason") else ""


class AssessmentOut(serializers.ModelSerializer[QualityAssessment]):
    """One assessment in short. Of a Table Schema that was declared, `inputs` has the SHA-256."""

    inputs = serializers.SerializerMethodField()

    class Meta:
        model = QualityAssessment
        fields = [
            "id", "asset", "profile", "overall", "coverage", "rules_code", "rules_version", "engine_version", "inputs",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_inputs(self, row: QualityAssessment) -> dict[str, Any]:
        """What it follows from."""
        declared = row.inputs.get("declared")
        return row.inputs if declared is None else {**row.inputs, "declared": brief_declaration(declared)}


class QualityOut(AssessmentOut):
    """An assessment with its dimensions, by code, and its measures (GB/T 36344-2018).

    `low` and `high` bound the overall score with the probability `interval_level`, by `interval_method`. Without an
    overall score `reason` says why. `assessed_on` is the day by which it judges, `inputs` and the versions what it
    follows from; `finding_totals` counts the cells or rows concerned by kind of finding.
    """

    verdict = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    assessed_on = serializers.SerializerMethodField()
    low = serializers.SerializerMethodField()
    high = serializers.SerializerMethodField()
    interval_method = serializers.SerializerMethodField()
    interval_level = serializers.SerializerMethodField()
    dimensions = serializers.SerializerMethodField()
    measures = serializers.SerializerMethodField()
    finding_totals = serializers.SerializerMethodField()

    class Meta(AssessmentOut.Meta):
        fields = [
            *AssessmentOut.Meta.fields, "verdict", "reason", "assessed_on", "low", "high", "interval_method",
            "interval_level", "dimensions", "measures", "finding_totals",
        ]  # fmt: skip
        read_only_fields = fields

    def get_verdict(self, row: QualityAssessment) -> str:
        """`assessed` or `insufficient_evidence`."""
        return str(row.data.get("verdict", ""))

    def get_reason(self, row: QualityAssessment) -> str:
        """Why there is no overall score, in words; empty where there is one."""
        return wording.sentence(row.data["reason"], {}) if row.data.get("reason") else ""

    def get_assessed_on(self, row: QualityAssessment) -> str:
        """The day, YYYY-MM-DD."""
        return str(row.data.get("assessed_on", ""))

    def get_low(self, row: QualityAssessment) -> float | None:
        """The lower bound of the overall score."""
        return _bound(row, "low")

    def get_high(self, row: QualityAssessment) -> float | None:
        """The upper bound of the overall score."""
        return _bound(row, "high")

    def get_interval_method(self, row: QualityAssessment) -> str:
        """How the intervals were computed."""
        return str(row.data.get("interval_method", ""))

    def get_interval_level(self, row: QualityAssessment) -> float:
        """The probability that the intervals are made for."""
        return float(row.data.get("interval_level", 0.95))

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_finding_totals(self, row: QualityAssessment) -> dict[str, int]:
        """Cells or rows concerned, by kind."""
        return dict(row.data.get("finding_totals", {}))

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


def _bound(row: QualityAssessment, name: str) -> float | None:
    overall = row.data.get("overall") or {}
    return None if overall.get(name) is None else float(overall[name])


class OutdatedIn(serializers.Serializer[Any]):
    """How many examinations one request queues at most."""

    limit = serializers.IntegerField(default=100, min_value=1, max_value=MOST_AT_ONCE)


class OutdatedOut(serializers.Serializer[Any]):
    """Examinations that were queued, and how many files of an older engine are left to ask for."""

    jobs = serializers.ListField(child=serializers.IntegerField())
    left = serializers.IntegerField()


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
    """Something wrong in the table; `row` counts data rows from 0, `count` the cells or rows concerned.

    `rows` has the first of them where they are known; `estimated`: a sample was looked at, and `count` is what it
    stands for. `confidence` is the share of such findings that are errors; `evidence` says in the language of the
    request what speaks for it. Personal values are shapes for everybody; values of other sensitive columns are, except
    for operators and administrators of the owner and reviewers of the exchange.
    """

    kind = serializers.CharField()
    column = serializers.CharField(allow_null=True)
    row = serializers.IntegerField(allow_null=True)
    rows = serializers.SerializerMethodField()
    count = serializers.IntegerField()
    estimated = serializers.SerializerMethodField()
    confidence = serializers.FloatField()
    evidence = serializers.SerializerMethodField()

    def get_rows(self, finding: dict[str, Any]) -> list[int]:
        """The rows that are known."""
        return list(finding.get("rows") or ([] if finding["row"] is None else [finding["row"]]))

    def get_estimated(self, finding: dict[str, Any]) -> bool:
        """Whether the count is an estimate."""
        return bool(finding.get("estimated", False))

    def get_evidence(self, finding: dict[str, Any]) -> str:
        """The evidence in words."""
        return wording.sentence(finding["evidence_code"], finding["params"])


class FlagOut(serializers.Serializer[Any]):
    """What may be important or core data: people decide. With the cell of the matrix it rests on, and why in words."""

    code = serializers.CharField()
    harmed_object = serializers.CharField()
    degree = serializers.CharField()
    rule = serializers.CharField(source="reason.code")
    reason = serializers.SerializerMethodField()

    def get_reason(self, flag: dict[str, Any]) -> str:
        """Why, in words."""
        return wording.sentence(flag["reason"]["code"], flag["reason"]["params"])


class ElementOut(serializers.Serializer[Any]):
    """An element of grading in words; the codes are in `recommendation.elements`."""

    name = serializers.CharField()
    known = serializers.CharField()


class GradeOut(serializers.ModelSerializer[Grade]):
    """A grade: recommendation and decision. Reviewers are named to the exchange only.

    `elements` are the elements of grading (GB/T 43697-2024) that the recommendation rests on beside the columns.
    `cause` says why it was recommended; `difference` what a decided grade that stood then would be today.
    """

    reasons = serializers.SerializerMethodField()
    differences = serializers.SerializerMethodField()
    flags = serializers.SerializerMethodField()
    elements = serializers.SerializerMethodField()
    category_reasons = serializers.SerializerMethodField()
    confirmed_by = serializers.SerializerMethodField()
    decided_by = serializers.SerializerMethodField()
    returned_by = serializers.SerializerMethodField()

    class Meta:
        model = Grade
        fields = [
            "id", "asset", "profile", "state", "recommended_level", "recommended_category", "recommendation", "reasons",
            "category_reasons", "flags", "elements", "risk", "cause", "cause_note", "difference", "differences",
            "scheme_code", "scheme_version", "engine_version", "level", "category", "reason", "confirmed_by",
            "confirmed_at", "confirmed_reason", "decided_by", "decided_at", "review_due_on", "returned_by",
            "returned_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_differences(self, row: Grade) -> list[str]:
        """What differs from the decided grade that stood when this was recommended, in words."""
        return wording.difference_lines(row.difference)

    def get_reasons(self, row: Grade) -> list[str]:
        """Why this level is recommended, in words."""
        return wording.sentences(row.recommendation.get("reasons", ()))

    @extend_schema_field(FlagOut(many=True))
    def get_flags(self, row: Grade) -> list[Any]:
        """What may be important or core."""
        return list(FlagOut(row.recommendation.get("flags", ()), many=True).data)

    @extend_schema_field(ElementOut(many=True))
    def get_elements(self, row: Grade) -> list[dict[str, str]]:
        """What is known of the data beside its columns; empty for recommendations that stored none."""
        lines = element_lines(row.recommendation.get("elements"))
        return [{"name": name, "known": words} for name, words in lines]

    def get_category_reasons(self, row: Grade) -> list[str]:
        """Why this category is recommended, in words."""
        return wording.sentences((row.recommendation.get("category") or {}).get("reasons", ()))

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
