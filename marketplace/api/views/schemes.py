"""Grading schemes of sectors and regions, and what a level of one is in another: public (P07, P26)."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from grading.rules import level_schemes
from grading.rules.level_schemes import Standing
from marketplace.api.base import View
from marketplace.api.preconditions import CONTENT_ETAG, IF_NONE_MATCH, revalidated
from marketplace.api.serializers import schemes as wire
from marketplace.api.views.grading import NOT_MODIFIED

AT = OpenApiParameter("at", datetime, description="An instant; default: now.")
SHARED = [AT, IF_NONE_MATCH, CONTENT_ETAG]


class SchemeView(View):
    """Answers that are kept and asked for again: schemes seldom change."""

    public = True
    pagination_class = None  # as many as there are schemes

    @property
    def at(self) -> datetime | None:
        """The instant that is asked about; None for now."""
        given = self.asked("at")
        return parse_datetime(given) if given else None

    def kept(self, serializer: serializers.BaseSerializer[Any]) -> HttpResponse:
        """The answer with an ETag of its content."""
        body = JSONRenderer().render(serializer.data)
        return revalidated(self.request, HttpResponse(body, content_type="application/json"))


class Schemes(SchemeView):
    """`/schemes`."""

    @extend_schema(parameters=SHARED, responses={200: wire.SchemeOut(many=True), 304: NOT_MODIFIED})
    def get(self, request: Request) -> HttpResponse:
        """List the grading schemes in force, the national one first."""
        known = level_schemes.schemes(at=self.at)
        return self.kept(wire.SchemeOut([known.schemes[code] for code in known.codes], many=True))


class Scheme(SchemeView):
    """`/schemes/{code}`."""

    @extend_schema(parameters=SHARED, responses={200: wire.SchemeDetailOut, 304: NOT_MODIFIED})
    def get(self, request: Request, code: str) -> HttpResponse:
        """Read a scheme: its levels, least first, and which harm leads to which, as far as that is known."""
        return self.kept(wire.SchemeDetailOut(level_schemes.scheme(code, at=self.at)))


class SchemeCrosswalk(SchemeView):
    """`/schemes/{code}/crosswalk`."""

    @extend_schema(parameters=SHARED, responses={200: wire.CounterpartOut(many=True), 304: NOT_MODIFIED})
    def get(self, request: Request, code: str) -> HttpResponse:
        """Read the national counterpart of every level, least first, with the reason, its source and how sure it is."""
        scheme = level_schemes.scheme(code, at=self.at)
        return self.kept(wire.CounterpartOut([scheme.crosswalk[level] for level in scheme.codes], many=True))


class Crosswalk(SchemeView):
    """`/schemes/crosswalk`."""

    @extend_schema(
        operation_id="schemes_crosswalk_between",
        parameters=[
            OpenApiParameter("from", str, required=True, description="The scheme by which the data are graded."),
            OpenApiParameter("level", str, required=True, description="Their level in it."),
            OpenApiParameter("to", str, required=True, description="The scheme under which they would be used."),
            OpenApiParameter("to_level", str, description="Their level in that, if they have one."),
            *SHARED,
        ],
        responses={200: wire.CrossingOut, 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> HttpResponse:
        """Say what a level of one scheme is in another, and what counts across both: the stricter, with reasons."""
        one = Standing(self.asked("from"), self.asked("level"), "/from", "/level")
        translation = level_schemes.translate(one, self.asked("to"), at=self.at)
        other = self.asked("to_level")
        found = None
        if other:
            found = level_schemes.across(one, Standing(self.asked("to"), other, "/to", "/to_level"), at=self.at)
        return self.kept(wire.CrossingOut(wire.crossing(translation, found)))


urls = [
    path("schemes", Schemes.as_view()),
    path("schemes/crosswalk", Crosswalk.as_view()),
    path("schemes/<slug:code>", Scheme.as_view()),
    path("schemes/<slug:code>/crosswalk", SchemeCrosswalk.as_view()),
]
