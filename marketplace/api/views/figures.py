"""Requests in figures: for everybody by the quarter, for the exchange of any time (P25, P26)."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.base import PERIOD, View
from marketplace.api.serializers import figures as wire
from marketplace.authorization.figures import Quarter, public_figures, request_figures


class PublicFigures(View):
    """`/authorization/figures`."""

    public = True

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "quarter",
                str,
                pattern="^20[0-9]{2}-Q[1-4]$",
                description="A quarter that has ended, e.g. 2026-Q3; default: the last one.",
            )
        ],
        responses=wire.PublicFiguresOut,
    )
    def get(self, request: Request) -> Response:
        """Read how requests for access of a quarter ended, why they were refused, and how long approvals took.

        Cells of fewer than three buyers are told together with others, or not at all.
        """
        written = self.asked("quarter")
        found = public_figures(Quarter.read(written) if written else None)
        return self.answer(wire.public(found), wire.PublicFiguresOut)


class Statistics(View):
    """`/access-requests/statistics`."""

    @extend_schema(parameters=[*PERIOD], responses=wire.FiguresOut)
    def get(self, request: Request) -> Response:
        """Read requests in figures, of any time and however few (the exchange)."""
        since, until = self.asked_period()
        return self.answer(wire.whole(request_figures(self.actor, since=since, until=until)), wire.FiguresOut)


urls = [
    path("authorization/figures", PublicFigures.as_view()),
    path("access-requests/statistics", Statistics.as_view()),
]
