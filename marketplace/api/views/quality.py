"""What is said of a file's quality: assessments and their history, findings, pictures, DQV, scoring again."""

from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import NotFound
from grading import dqv, pictures, selectors, services
from grading.drawing import POLICY, standalone
from grading.models import QualityAssessment
from marketplace.api.base import View
from marketplace.api.pagination import PinnedPages
from marketplace.api.preconditions import CONTENT_ETAG, IF_NONE_MATCH, revalidated
from marketplace.api.serializers import grading as wire
from marketplace.api.views.grading import NOT_MODIFIED, SVG, SvgRenderer, found_or_missing

JSON: Final = "application/json"
JSON_LD: Final = "application/ld+json"
VERSION: Final = OpenApiParameter("version", int, description="The `id` of an older assessment; the newest without it.")
CONFIDENCE: Final = OpenApiParameter(
    "minimum_confidence", {"type": "number", "minimum": 0, "maximum": 1}, description="0 to 1."
)


class JsonLdRenderer(JSONRenderer):
    """The same as linked data."""

    media_type = JSON_LD
    format = "jsonld"


class AssessmentView(View):
    """What one assessment says: the newest, or the one that `version` names."""

    def assessment(self, asset_id: int) -> QualityAssessment:
        """The assessment that was asked for, or NotFound."""
        asset = selectors.asset(self.actor, asset_id)
        return found_or_missing(selectors.assessment(asset.pk, self.asked_number("version")))

    def linked(self, request: Request, asset_id: int) -> HttpResponse:
        """It as DQV."""
        document = dqv.described(self.assessment(asset_id), base=settings.PUBLIC_URL)
        return revalidated(request, HttpResponse(JSONRenderer().render(document), content_type=JSON_LD))


class AssetQuality(AssessmentView):
    """`/assets/{id}/quality`."""

    renderer_classes = [JSONRenderer, JsonLdRenderer]

    @extend_schema(
        parameters=[VERSION, IF_NONE_MATCH, CONTENT_ETAG],
        responses={(200, JSON): wire.QualityOut, (200, JSON_LD): OpenApiTypes.OBJECT, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, asset_id: int) -> HttpResponse:
        """Read an assessment: overall score, six dimensions, measures (GB/T 36344-2018); the newest without `version`.

        With `Accept: application/ld+json` it is linked data in the Data Quality Vocabulary of the W3C.
        """
        if request.accepted_renderer.media_type == JSON_LD:
            return self.linked(request, asset_id)
        said = self.answer(self.assessment(asset_id), wire.QualityOut).data
        return revalidated(request, HttpResponse(JSONRenderer().render(said), content_type=JSON))


class AssetQualityLinked(AssessmentView):
    """`/assets/{id}/quality.jsonld`."""

    renderer_classes = [JsonLdRenderer, JSONRenderer]

    @extend_schema(
        operation_id="assets_quality_linked",
        parameters=[VERSION, IF_NONE_MATCH, CONTENT_ETAG],
        responses={(200, JSON_LD): OpenApiTypes.OBJECT, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, asset_id: int) -> HttpResponse:
        """Read an assessment as linked data: W3C DQV in JSON-LD, with its context in it."""
        return self.linked(request, asset_id)


class Picture(AssessmentView):
    """A picture of an assessment, as a document of its own."""

    renderer_classes = [SvgRenderer, JSONRenderer]
    draw: ClassVar[Any]

    def drawn(self, request: Request, asset_id: int) -> HttpResponse:
        """The picture; NotFound of an assessment that is stored in a form of before and cannot be drawn."""
        picture = type(self).draw(self.assessment(asset_id).data)
        if not picture:
            raise NotFound
        answer = HttpResponse(standalone(picture), content_type=f"{SVG}; charset=utf-8")
        answer["Content-Security-Policy"] = POLICY
        return revalidated(request, answer)


class Radar(Picture):
    """`/assets/{id}/quality/radar.svg`."""

    draw = staticmethod(pictures.radar_of)

    @extend_schema(
        operation_id="assets_quality_radar",
        parameters=[VERSION, IF_NONE_MATCH, CONTENT_ETAG],
        responses={(200, SVG): OpenApiTypes.STR, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, asset_id: int) -> HttpResponse:
        """Draw the six dimensions with the band of their intervals.

        What was not assessed has a dashed axis and no score. The picture has its text for screen readers, follows
        light and dark themes, and is in the language of the request.
        """
        return self.drawn(request, asset_id)


class Columns(Picture):
    """`/assets/{id}/quality/columns.svg`."""

    draw = staticmethod(pictures.columns_of)

    @extend_schema(
        operation_id="assets_quality_columns",
        parameters=[VERSION, IF_NONE_MATCH, CONTENT_ETAG],
        responses={(200, SVG): OpenApiTypes.STR, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, asset_id: int) -> HttpResponse:
        """Draw for each column how many cells have a value, and how many values are as they should be."""
        return self.drawn(request, asset_id)


class AssetQualityHistory(View):
    """`/assets/{id}/quality/history`."""

    @extend_schema(responses=wire.AssessmentOut(many=True))
    def get(self, request: Request, asset_id: int) -> Response:
        """List every assessment, newest first; old ones stay, and `version` reads them whole."""
        asset = selectors.asset(self.actor, asset_id)
        return self.page(selectors.assessments(asset.pk).defer("data"), wire.AssessmentOut)


class AssetFindings(View):
    """`/assets/{id}/findings`."""

    pagination_class = PinnedPages

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, description="E.g. `missing_values`; `finding_totals` names all."),
            OpenApiParameter("column", str, description="The column's name in the profile."),
            CONFIDENCE,
        ],
        responses=wire.QualityFindingOut(many=True),
    )
    def get(self, request: Request, asset_id: int) -> Response:
        """List what the newest assessment found wrong, the surest first.

        A page's cursor goes on in the assessment that the first page was of, though a newer one has come.
        """
        asset = selectors.asset(self.actor, asset_id)
        pages = PinnedPages.asked_by(request)
        row = found_or_missing(selectors.assessment(asset.pk, pages.row))
        found = selectors.quality_findings(
            self.actor,
            row,
            kind=self.asked("kind"),
            column=self.asked("column"),
            minimum_confidence=float(self.asked("minimum_confidence") or 0),
        )
        return pages.get_paginated_response(wire.QualityFindingOut(pages.cut(row.pk, found), many=True).data)


class SensitiveColumns(View):
    """`/assets/{id}/sensitive-columns`."""

    pagination_class = None

    @extend_schema(responses=wire.SensitiveColumnOut(many=True))
    def get(self, request: Request, asset_id: int) -> Response:
        """Read the sensitive columns that the newest examination found, in the order of the file."""
        asset = selectors.asset(self.actor, asset_id)
        found_or_missing(selectors.latest_profile(asset.pk))
        rows = selectors.sensitivity_findings(asset.pk)
        return Response(wire.SensitiveColumnOut(rows, many=True).data)


class Rescore(View):
    """`/assets/{id}/actions/rescore`."""

    @extend_schema(request=None, responses=wire.QualityOut)
    def post(self, request: Request, asset_id: int) -> Response:
        """Score a file under the rules and on the day of now, from what was measured; the file is not read.

        The owner or the exchange. Where that says the same as the newest assessment, the answer is that one.
        """
        return self.answer(services.rescore_asset(actor=self.actor, asset_id=asset_id), wire.QualityOut)


class ExamineOutdated(View):
    """`/assets/actions/examine-outdated`."""

    @extend_schema(request=wire.OutdatedIn, responses=wire.OutdatedOut)
    def post(self, request: Request) -> Response:
        """Have files examined again that an older engine examined, at most `limit` of them (operators of the exchange).

        Those whose examination waits already are not counted: asked again, it goes on with the next.
        """
        jobs, left = services.reexamine_outdated(actor=self.actor, limit=self.read(wire.OutdatedIn)["limit"])
        return Response({"jobs": [job.pk for job in jobs], "left": left})


class Vocabulary(View):
    """`/vocabularies/quality`."""

    public_reads = True
    renderer_classes = [JsonLdRenderer, JSONRenderer]

    @extend_schema(operation_id="vocabularies_quality", responses={(200, JSON_LD): OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        """Read the dimensions and metrics of GB/T 36344-2018 that assessments in DQV refer to (SKOS)."""
        return Response(dqv.vocabulary(base=settings.PUBLIC_URL), content_type=JSON_LD)


urls = [
    path("assets/actions/examine-outdated", ExamineOutdated.as_view()),
    path("assets/<int:asset_id>/quality", AssetQuality.as_view()),
    path("assets/<int:asset_id>/quality.jsonld", AssetQualityLinked.as_view()),
    path("assets/<int:asset_id>/quality/history", AssetQualityHistory.as_view()),
    path("assets/<int:asset_id>/quality/radar.svg", Radar.as_view()),
    path("assets/<int:asset_id>/quality/columns.svg", Columns.as_view()),
    path("assets/<int:asset_id>/findings", AssetFindings.as_view()),
    path("assets/<int:asset_id>/sensitive-columns", SensitiveColumns.as_view()),
    path("assets/<int:asset_id>/actions/rescore", Rescore.as_view()),
    path("vocabularies/quality", Vocabulary.as_view()),
]
