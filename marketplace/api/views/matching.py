"""Demands and their matches."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.pagination import NewestFirst
from marketplace.api.serializers import matching as wire
from marketplace.catalog.models import Sector
from marketplace.matching import selectors, services
from marketplace.matching.models import DemandState, MatchState


class BestFirst(NewestFirst):
    """Matches in the order of their ranks."""

    ordering = ("rank", "pk")  # type: ignore[assignment]
    orderings = ()


class Demands(View):
    """`/demands`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=DemandState.values),
            OpenApiParameter("sector", str, enum=Sector.values),
        ],
        responses=wire.DemandOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List your organisation's demands (the exchange: all), newest first."""
        rows = self.narrowed(selectors.visible_demands(self.actor), state="state", sector="sector")
        return self.page(rows, wire.DemandOut)

    @extend_schema(request=wire.DemandIn, responses={201: wire.DemandOut})
    @creates
    def post(self, request: Request) -> Response:
        """State what you look for, as a draft or, with `open`, matched at once (buyers)."""
        data = self.read(wire.DemandIn)
        row = services.create_demand(actor=self.actor, draft=wire.draft_of(data), and_open=data["open"])
        return self.answer(row, wire.DemandOut, status=201)


class Demand(View):
    """`/demands/{id}`."""

    @extend_schema(responses=wire.DemandOut)
    def get(self, request: Request, demand_id: int) -> Response:
        """Read one demand."""
        return self.answer(selectors.demand(self.actor, demand_id), wire.DemandOut)


class OpenDemand(View):
    """`/demands/{id}/actions/open`."""

    @extend_schema(request=None, responses=wire.DemandOut)
    def post(self, request: Request, demand_id: int) -> Response:
        """Open a draft: it is matched now, and again whenever something is published."""
        return self.answer(services.open_demand(actor=self.actor, demand_id=demand_id), wire.DemandOut)


class CloseDemand(View):
    """`/demands/{id}/actions/close`."""

    @extend_schema(request=None, responses=wire.DemandOut)
    def post(self, request: Request, demand_id: int) -> Response:
        """End a demand without result."""
        return self.answer(services.close_demand(actor=self.actor, demand_id=demand_id), wire.DemandOut)


class FulfilDemand(View):
    """`/demands/{id}/actions/fulfil`."""

    @extend_schema(request=None, responses=wire.DemandOut)
    def post(self, request: Request, demand_id: int) -> Response:
        """End a demand that found what it looked for."""
        return self.answer(services.fulfil_demand(actor=self.actor, demand_id=demand_id), wire.DemandOut)


class Matches(View):
    """`/demands/{id}/matches`."""

    pagination_class = BestFirst

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "state", str, enum=MatchState.values, description="Default: all but dismissed and lapsed ones."
            )
        ],
        responses=wire.MatchOut(many=True),
    )
    def get(self, request: Request, demand_id: int) -> Response:
        """List the matches of a demand, best first, near misses last."""
        found = selectors.matches_of(self.actor, demand_id, state=self.asked("state"))
        return self.page(found, wire.MatchOut)


class AcceptMatch(View):
    """`/matches/{id}/actions/accept`."""

    @extend_schema(request=None, responses=wire.MatchOut)
    def post(self, request: Request, match_id: int) -> Response:
        """Take up a proposed match."""
        return self.answer(services.accept_match(actor=self.actor, match_id=match_id), wire.MatchOut)


class DismissMatch(View):
    """`/matches/{id}/actions/dismiss`."""

    @extend_schema(request=wire.DismissalIn, responses=wire.MatchOut)
    def post(self, request: Request, match_id: int) -> Response:
        """Dismiss a proposed match for good, with the reason."""
        row = services.dismiss_match(actor=self.actor, match_id=match_id, **self.read(wire.DismissalIn))
        return self.answer(row, wire.MatchOut)


urls = [
    path("demands", Demands.as_view()),
    path("demands/<int:demand_id>", Demand.as_view()),
    path("demands/<int:demand_id>/actions/open", OpenDemand.as_view()),
    path("demands/<int:demand_id>/actions/close", CloseDemand.as_view()),
    path("demands/<int:demand_id>/actions/fulfil", FulfilDemand.as_view()),
    path("demands/<int:demand_id>/matches", Matches.as_view()),
    path("matches/<int:match_id>/actions/accept", AcceptMatch.as_view()),
    path("matches/<int:match_id>/actions/dismiss", DismissMatch.as_view()),
]
