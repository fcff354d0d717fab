"""Reviewers' work on the wire: the queue, one review, bulk decisions, appeals, figures."""

from typing import Any

from rest_framework import serializers

from grading.models import Grade, GradeAppeal
from grading.reviewing.similar import Similar
from grading.services import GROUNDS_LENGTH, MOST_IN_BULK, NOTE_LENGTH, REQUESTABLE
from marketplace.api.serializers.grading import GradeOut


class WaitingGradeOut(serializers.ModelSerializer[Grade]):
    """A grade that waits for reviewers. `risk`: 6 core or possibly so, 5 important or possibly so, 4 to 1 general.

    `appeal` is the appeal that it decides; `differs`: a decided grade stands that would be another today.
    """

    filename = serializers.CharField(source="asset.filename")
    organisation = serializers.IntegerField(source="asset.organisation_id")
    organisation_name = serializers.CharField(source="asset.organisation.name")
    differs = serializers.SerializerMethodField()
    appeal = serializers.IntegerField(source="appeal_id", allow_null=True)

    class Meta:
        model = Grade
        fields = [
            "id", "asset", "filename", "organisation", "organisation_name", "state", "risk", "recommended_level",
            "recommended_category", "cause", "cause_note", "differs", "appeal", "level", "category", "confirmed_at",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_differs(self, row: Grade) -> bool:
        """Whether it differs from a decided grade."""
        return bool(row.difference and row.difference["differs"])


class AppealOut(serializers.ModelSerializer[GradeAppeal]):
    """An appeal against a decided grade (`appealed`); `review` is the grade that decides it.

    `reason` is that of the decision, once there is one.
    """

    filed_by = serializers.CharField(source="filed_by.username")
    reason = serializers.SerializerMethodField()

    class Meta:
        model = GradeAppeal
        fields = [
            "id", "asset", "appealed", "review", "state", "grounds", "filed_by", "filed_at", "closed_at", "reason",
        ]  # fmt: skip
        read_only_fields = fields

    def get_reason(self, row: GradeAppeal) -> str:
        """Why it was granted or dismissed."""
        return row.review.reason if row.state in ("granted", "dismissed") else ""


class AppealIn(serializers.Serializer[Any]):
    """The grounds of an appeal; `grade`, where given, is the decided grade that was read."""

    grounds = serializers.CharField(max_length=GROUNDS_LENGTH)
    grade = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class RegradeIn(serializers.Serializer[Any]):
    """Why a file is to be graded again; the owner reads the note."""

    cause = serializers.CharField(help_text=f"One of: {', '.join(REQUESTABLE)}.")
    note = serializers.CharField(max_length=NOTE_LENGTH)


class SimilarOut(serializers.Serializer[Similar]):
    """A decided grade of another file, and what both share; `likeness` from 0 to 1."""

    grade = serializers.IntegerField(source="grade.pk")
    asset = serializers.IntegerField(source="grade.asset_id")
    filename = serializers.CharField(source="grade.asset.filename")
    level = serializers.CharField(source="grade.level")
    category = serializers.CharField(source="grade.category")
    likeness = serializers.FloatField()
    shared_types = serializers.ListField(child=serializers.CharField())
    same_category = serializers.BooleanField()
    shared_columns = serializers.ListField(child=serializers.CharField())


class GradeStepOut(serializers.ModelSerializer[Grade]):
    """A grade of the file's history."""

    class Meta:
        model = Grade
        fields = [
            "id", "state", "cause", "recommended_level", "recommended_category", "level", "category", "reason",
            "confirmed_at", "decided_at", "returned_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class RefusalOut(serializers.Serializer[Any]):
    """Why whoever asks may take none of the steps."""

    rule = serializers.CharField()
    detail = serializers.CharField()


class ReviewOut(serializers.Serializer[Any]):
    """All that a reviewer decides by. `steps` are those that the state allows; with a `refusal` not to who asks."""

    grade = GradeOut()
    difference = serializers.ListField(child=serializers.CharField())
    appeal = AppealOut(allow_null=True)
    similar = SimilarOut(many=True)
    history = GradeStepOut(many=True)
    steps = serializers.ListField(child=serializers.CharField())
    refusal = RefusalOut(allow_null=True)


class BulkIn(serializers.Serializer[Any]):
    """Grades to decide as they are recommended."""

    grades = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=MOST_IN_BULK
    )


class OutcomeOut(serializers.Serializer[Any]):
    """What became of one grade; `problem` is the problem document (RFC 9457) of a refused one."""

    grade = serializers.IntegerField()
    decided = serializers.BooleanField()
    problem = serializers.DictField(allow_null=True)


class BulkOut(serializers.Serializer[Any]):
    """An outcome for each grade, in the order of the request."""

    results = OutcomeOut(many=True)


class DecisionsOut(serializers.Serializer[Any]):
    """Decisions; `lowered` and `raised` from the recommended level; hours from recommendation to decision."""

    decided = serializers.IntegerField()
    lowered = serializers.IntegerField()
    raised = serializers.IntegerField()
    recategorised = serializers.IntegerField()
    by_two = serializers.IntegerField()
    median_hours = serializers.FloatField()
    p90_hours = serializers.FloatField()


class ReviewerOut(serializers.Serializer[Any]):
    """What one reviewer did."""

    username = serializers.CharField()
    confirmed = serializers.IntegerField()
    returned = serializers.IntegerField()
    decisions = DecisionsOut(allow_null=True)


class QueueOut(serializers.Serializer[Any]):
    """What waits now."""

    total = serializers.IntegerField()
    by_risk = serializers.DictField(child=serializers.IntegerField())
    by_cause = serializers.DictField(child=serializers.IntegerField())
    older_than_day = serializers.IntegerField()
    older_than_week = serializers.IntegerField()
    older_than_30_days = serializers.IntegerField()
    appeals = serializers.IntegerField()
    differing = serializers.IntegerField()


class AppealCountsOut(serializers.Serializer[Any]):
    """Appeals filed, and ended, in the time that was asked for."""

    filed = serializers.IntegerField()
    granted = serializers.IntegerField()
    dismissed = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class StatisticsOut(serializers.Serializer[Any]):
    """Reviewers' work from `since` on, before `until`; `agreed`: examinations that left a decided grade as it is."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    total = DecisionsOut()
    by_level = serializers.DictField(child=DecisionsOut())
    by_cause = serializers.DictField(child=DecisionsOut())
    reviewers = ReviewerOut(many=True)
    returned = serializers.IntegerField()
    agreed = serializers.IntegerField()
    appeals = AppealCountsOut()
    queue = QueueOut()
