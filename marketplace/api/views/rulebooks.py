"""The rules by which the exchange decides: public, with the instants from which they apply (P23, P26)."""

from datetime import datetime

from django.urls import path
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.rulebooks import selectors
from foundation.rulebooks.models import VersionState
from marketplace.api.base import View
from marketplace.api.serializers import rulebooks as wire

SCOPE = OpenApiParameter(
    "scope", str, description="A code, e.g. of a region or a grading scheme; default: the whole exchange."
)


class Rulebooks(View):
    """`/rulebooks`."""

    public = True
    pagination_class = None  # as many as there are kinds

    @extend_schema(responses=wire.RulebookOut(many=True))
    def get(self, request: Request) -> Response:
        """List every kind of rules with what is in force now."""
        return Response(wire.RulebookOut(selectors.overview(), many=True).data)


class Rulebook(View):
    """`/rulebooks/{kind}`."""

    public = True

    @extend_schema(
        parameters=[SCOPE, OpenApiParameter("at", datetime, description="An instant; default: now.")],
        responses=wire.RulebookTextOut,
    )
    def get(self, request: Request, kind: str) -> Response:
        """Read the rules of a kind that are, were or will be in force at an instant."""
        at = self.asked("at")
        found = selectors.rules(kind, scope=self.asked("scope"), at=parse_datetime(at) if at else None)
        return self.answer(found, wire.RulebookTextOut)


class Shipped(View):
    """`/rulebooks/{kind}/shipped`."""

    public = True

    @extend_schema(parameters=[SCOPE], responses=wire.RulebookTextOut)
    def get(self, request: Request, kind: str) -> Response:
        """Read the rules that are shipped with the product: they count while nothing is released."""
        return self.answer(selectors.shipped_rules(kind, scope=self.asked("scope")), wire.RulebookTextOut)


class Versions(View):
    """`/rulebooks/{kind}/versions`."""

    public = True

    @extend_schema(
        parameters=[SCOPE, OpenApiParameter("state", str, enum=VersionState.values)],
        responses=wire.RulebookVersionOut(many=True),
    )
    def get(self, request: Request, kind: str) -> Response:
        """List the versions of a kind that were ever released; the exchange's people see drafts and proposals, too."""
        rows = selectors.visible_versions(self.actor, kind=kind)
        return self.page(self.narrowed(rows, state="state", scope="rulebook__scope"), wire.RulebookVersionOut)


class Version(View):
    """`/rulebooks/{kind}/versions/{number}`."""

    public = True

    @extend_schema(parameters=[SCOPE], responses=wire.RulebookVersionTextOut)
    def get(self, request: Request, kind: str, number: int) -> Response:
        """Read one version with its text."""
        row = selectors.version_of(self.actor, kind=kind, number=number, scope=self.asked("scope"))
        return self.answer(row, wire.RulebookVersionTextOut)


urls = [
    path("rulebooks", Rulebooks.as_view()),
    path("rulebooks/<slug:kind>", Rulebook.as_view()),
    path("rulebooks/<slug:kind>/shipped", Shipped.as_view()),
    path("rulebooks/<slug:kind>/versions", Versions.as_view()),
    path("rulebooks/<slug:kind>/versions/<int:number>", Version.as_view()),
]
