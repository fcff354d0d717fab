"""Data assets, the profiles of their examinations, and their grades; their quality is in `views.quality`."""

from typing import Final, TypeVar

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import NotFound
from grading import selectors, services
from grading.drawing import POLICY, distribution, standalone
from grading.masking import Hidden, masked_profile
from grading.models import AssetState, GradeState, Level, Profile
from grading.pictures import distribution_of
from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.preconditions import CONTENT_ETAG, IF_NONE_MATCH, revalidated
from marketplace.api.serializers import grading as wire
from marketplace.api.serializers.elements import DeclareIn
from marketplace.api.views.jobs import JobOut

T = TypeVar("T")
SVG: Final = "image/svg+xml"
VERSION: Final = OpenApiParameter("version", int, description="The `id` of an older profile; the newest without it.")
NOT_MODIFIED: Final = OpenApiResponse(description="You have it already.")


def found_or_missing(row: T | None) -> T:
    """The row; NotFound where there is none."""
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


class SvgRenderer(JSONRenderer):
    """Lets clients ask for a picture, which the view draws; problems are written by this renderer."""

    media_type = SVG
    format = "svg"


class ProfileView(View):
    """What examinations counted: the newest, or the one that `version` names."""

    hidden = Hidden()

    def profile(self, asset_id: int) -> Profile:
        """The profile that was asked for, or NotFound; values that the actor may not read are shapes."""
        asset = selectors.asset(self.actor, asset_id)
        rows, version = selectors.profiles(asset.pk), self.asked_number("version")
        row = found_or_missing((rows if version is None else rows.filter(pk=version)).first())
        self.hidden = selectors.hidden_columns(self.actor, asset, row.pk)
        row.data = masked_profile(row.data, self.hidden)
        return row


class AssetProfile(ProfileView):
    """`/assets/{id}/profile`."""

    @extend_schema(
        parameters=[VERSION, IF_NONE_MATCH, CONTENT_ETAG], responses={200: wire.ProfileOut, 304: NOT_MODIFIED}
    )
    def get(self, request: Request, asset_id: int) -> HttpResponse:
        """Read what an examination counted: the newest, or an older one of the history."""
        body = JSONRenderer().render(wire.ProfileOut(self.profile(asset_id)).data)
        return revalidated(request, HttpResponse(body, content_type="application/json"))


class AssetProfileHistory(View):
    """`/assets/{id}/profile/history`."""

    @extend_schema(responses=wire.ProfileSummaryOut(many=True))
    def get(self, request: Request, asset_id: int) -> Response:
        """List every profile, newest first; old ones stay."""
        asset = selectors.asset(self.actor, asset_id)
        return self.page(selectors.profiles(asset.pk).defer("data"), wire.ProfileSummaryOut)


class ColumnDistribution(ProfileView):
    """`/assets/{id}/profile/columns/{position}/distribution.svg`."""

    renderer_classes = [SvgRenderer, JSONRenderer]

    @extend_schema(
        operation_id="assets_profile_columns_distribution",
        parameters=[
            OpenApiParameter(
                "position", int, OpenApiParameter.PATH, description="Of the column in `data.columns`, from 0."
            ),
            VERSION,
            IF_NONE_MATCH,
            CONTENT_ETAG,
        ],
        responses={(200, SVG): OpenApiTypes.STR, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, asset_id: int, position: int) -> HttpResponse:
        """Draw how the values of one column are distributed.

        A histogram of numbers and dates, else bars of the most frequent values; below it, how many are missing. Of
        personal columns shapes are drawn instead of values. The picture has its text for screen readers, follows light
        and dark themes, and is in the language of the request.
        """
        profile = self.profile(asset_id)
        columns = profile.data.get("columns", ())
        if position >= len(columns):
            raise NotFound
        found = distribution_of(columns[position], personal=selectors.personal_columns(profile) | self.hidden.columns)
        picture = HttpResponse(standalone(distribution(found)), content_type=f"{SVG}; charset=utf-8")
        picture["Content-Security-Policy"] = POLICY
        return revalidated(request, picture)


class AssetGrade(View):
    """`/assets/{id}/grade`."""

    @extend_schema(responses=wire.GradeOut)
    def get(self, request: Request, asset_id: int) -> Response:
        """Read the grade: the one that waits for a decision, else the decided one, else the newest."""
        asset = selectors.asset(self.actor, asset_id)
        return self.answer(found_or_missing(selectors.current_grade(asset.pk)), wire.GradeOut)


class Examine(View):
    """`/assets/{id}/actions/examine`."""

    @extend_schema(request=wire.ExamineIn, responses={201: JobOut})
    @creates
    def post(self, request: Request, asset_id: int) -> Response:
        """Have the file examined again, under today's rules; the owner may declare anew."""
        declared = self.read(wire.ExamineIn).get("declared")
        job = services.reexamine(actor=self.actor, asset_id=asset_id, declared=declared)
        return self.answer(job, JobOut, status=201)


class Declare(View):
    """`/assets/{id}/actions/declare`."""

    @extend_schema(request=DeclareIn, responses={201: JobOut})
    @creates
    def post(self, request: Request, asset_id: int) -> Response:
        """Declare elements of grading of a file, or what it is derived from; a job grades it by them (its owner).

        What is declared raises the recommended level, or flags what may be important or core data, by the rules of the
        grading scheme. `graded_elsewhere` is its level in a scheme of its own (`/schemes`), which counts by the
        crosswalk. All else that was declared stays.
        """
        job = services.declare_elements(actor=self.actor, asset_id=asset_id, declared=self.read(DeclareIn))
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
    path("assets/<int:asset_id>/profile/history", AssetProfileHistory.as_view()),
    path("assets/<int:asset_id>/profile/columns/<int:position>/distribution.svg", ColumnDistribution.as_view()),
    path("assets/<int:asset_id>/grade", AssetGrade.as_view()),
    path("assets/<int:asset_id>/actions/examine", Examine.as_view()),
    path("assets/<int:asset_id>/actions/declare", Declare.as_view()),
    path("grades", Grades.as_view()),
    path("grades/<int:grade_id>", Grade.as_view()),
    path("grades/<int:grade_id>/actions/confirm", Confirm.as_view()),
    path("grades/<int:grade_id>/actions/decide", Decide.as_view()),
    path("grades/<int:grade_id>/actions/return", Return.as_view()),
]
