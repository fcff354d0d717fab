"""Data assets, what their examinations found, and their grades."""

from typing import TypeVar

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import NotFound
from grading import selectors, services
from grading.models import AssetState, GradeState, Level
from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import grading as wire
from marketplace.api.views.jobs import JobOut

T = TypeVar("T")


def _found(row: T | None) -> T:
    """The row, or NotFound while there is none."""
    if row is None:
        raise NotFound
    return row


class Assets(View):
    """`/assets`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=AssetState.values),
            OpenApiParameter("format", str, description="As the examination found it, e.g. `csv`."),
            OpenApiParameter("organisation", int, description="The owner."),
        ],
        responses=wire.AssetOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the data assets of your organisation (the exchange: all), newest first."""
        rows = self.narrowed(
            selectors.visible_assets(self.actor), state="state", format="format", organisation="organisation_id"
        )
        return self.page(rows, wire.AssetOut)


class Asset(View):
    """`/assets/{id}`."""

    @extend_schema(responses=wire.AssetDetailOut)
    def get(self, request: Request, asset_id: int) -> Response:
        """Read one data asset and how far its newest examination is."""
        return self.answer(selectors.asset(self.actor, asset_id), wire.AssetDetailOut)


class AssetProfile(View):
    """`/assets/{id}/profile`."""

    @extend_schema(responses=wire.ProfileOut)
    def get(self, request: Request, asset_id: int) -> Response:
        """Read what the newest examination counted."""
        asset = selectors.asset(self.actor, asset_id)
        return self.answer(_found(selectors.latest_profile(asset.pk)), wire.ProfileOut)


class AssetQuality(View):
    """`/assets/{id}/quality`."""

    @extend_schema(responses=wire.QualityOut)
    def get(self, request: Request, asset_id: int) -> Response:
        """Read the newest assessment: overall score, six dimensions, measures (GB/T 36344-2018)."""
        asset = selectors.asset(self.actor, asset_id)
        return self.answer(_found(selectors.latest_assessment(asset.pk)), wire.QualityOut)


class AssetQualityHistory(View):
    """`/assets/{id}/quality/history`."""

    @extend_schema(responses=wire.AssessmentOut(many=True))
    def get(self, request: Request, asset_id: int) -> Response:
        """List every assessment, newest first; old ones stay."""
        asset = selectors.asset(self.actor, asset_id)
        return self.page(selectors.assessments(asset.pk), wire.AssessmentOut)


class AssetFindings(View):
    """`/assets/{id}/findings`."""

    @extend_schema(responses=wire.FindingsOut)
    def get(self, request: Request, asset_id: int) -> Response:
        """Read the sensitive columns and the quality findings of the newest examination."""
        asset = selectors.asset(self.actor, asset_id)
        assessment = _found(selectors.latest_assessment(asset.pk))
        found = {
            "sensitive_columns": selectors.sensitivity_findings(asset.pk),
            "quality_findings": assessment.data.get("findings", ()),
            "totals": assessment.data.get("finding_totals", {}),
        }
        return self.answer(found, wire.FindingsOut)


class AssetGrade(View):
    """`/assets/{id}/grade`."""

    @extend_schema(responses=wire.GradeOut)
    def get(self, request: Request, asset_id: int) -> Response:
        """Read the grade: the one that waits for a decision, else the decided one, else the newest."""
        asset = selectors.asset(self.actor, asset_id)
        return self.answer(_found(selectors.current_grade(asset.pk)), wire.GradeOut)


class Examine(View):
    """`/assets/{id}/actions/examine`."""

    @extend_schema(request=wire.ExamineIn, responses={201: JobOut})
    @creates
    def post(self, request: Request, asset_id: int) -> Response:
        """Have the file examined again, under today's rules; the owner may declare anew."""
        declared = self.read(wire.ExamineIn).get("declared")
        job = services.reexamine(actor=self.actor, asset_id=asset_id, declared=declared)
        return self.answer(job, JobOut, status=201)


class Grades(View):
    """`/grades`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=GradeState.values),
            OpenApiParameter("level", str, enum=Level.values, description="As confirmed or decided."),
            OpenApiParameter("asset", int),
        ],
        responses=wire.GradeOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List grades, newest first: reviewers see all, owners those of their data."""
        rows = self.narrowed(selectors.grades(self.actor), state="state", asset="asset_id", level="level")
        return self.page(rows, wire.GradeOut)


class Grade(View):
    """`/grades/{id}`."""

    @extend_schema(responses=wire.GradeOut)
    def get(self, request: Request, grade_id: int) -> Response:
        """Read one grade."""
        return self.answer(selectors.grade(self.actor, grade_id), wire.GradeOut)


class Confirm(View):
    """`/grades/{id}/actions/confirm`."""

    @extend_schema(request=wire.ChoiceIn, responses=wire.GradeOut)
    def post(self, request: Request, grade_id: int) -> Response:
        """Be the first pair of eyes on important or core data (reviewers)."""
        row = services.confirm_grade(actor=self.actor, grade_id=grade_id, **self.read(wire.ChoiceIn))
        return self.answer(row, wire.GradeOut)


class Decide(View):
    """`/grades/{id}/actions/decide`."""

    @extend_schema(request=wire.ChoiceIn, responses=wire.GradeOut)
    def post(self, request: Request, grade_id: int) -> Response:
        """Decide a general level, or, as another reviewer, what the first one confirmed."""
        row = services.decide_grade(actor=self.actor, grade_id=grade_id, **self.read(wire.ChoiceIn))
        return self.answer(row, wire.GradeOut)


class Return(View):
    """`/grades/{id}/actions/return`."""

    @extend_schema(request=wire.ReturnIn, responses=wire.GradeOut)
    def post(self, request: Request, grade_id: int) -> Response:
        """Send a grade back to the owner, with the reason (reviewers)."""
        row = services.return_grade(actor=self.actor, grade_id=grade_id, reason=self.read(wire.ReturnIn)["reason"])
        return self.answer(row, wire.GradeOut)


urls = [
    path("assets", Assets.as_view()),
    path("assets/<int:asset_id>", Asset.as_view()),
    path("assets/<int:asset_id>/profile", AssetProfile.as_view()),
    path("assets/<int:asset_id>/quality", AssetQuality.as_view()),
    path("assets/<int:asset_id>/quality/history", AssetQualityHistory.as_view()),
    path("assets/<int:asset_id>/findings", AssetFindings.as_view()),
    path("assets/<int:asset_id>/grade", AssetGrade.as_view()),
    path("assets/<int:asset_id>/actions/examine", Examine.as_view()),
    path("grades", Grades.as_view()),
    path("grades/<int:grade_id>", Grade.as_view()),
    path("grades/<int:grade_id>/actions/confirm", Confirm.as_view()),
    path("grades/<int:grade_id>/actions/decide", Decide.as_view()),
    path("grades/<int:grade_id>/actions/return", Return.as_view()),
]
