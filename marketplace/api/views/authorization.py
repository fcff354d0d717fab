"""Scenarios, access requests and approvals."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.base import ReadByAll, View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import authorization as wire
from marketplace.authorization import selectors, services
from marketplace.authorization.explaining import explain_access
from marketplace.authorization.models import RequestState
from marketplace.catalog.models import Purpose


class Scenarios(ReadByAll):
    """`/scenarios`."""

    @extend_schema(responses=wire.ScenarioOut(many=True))
    def get(self, request: Request) -> Response:
        """List the named scenarios and who decides at which level."""
        return self.page(selectors.scenarios(), wire.ScenarioOut)

    @extend_schema(request=wire.ScenarioIn, responses={201: wire.ScenarioOut})
    @creates
    def post(self, request: Request) -> Response:
        """Set up a scenario (the exchange's administrators)."""
        data = self.read(wire.ScenarioIn)
        row = services.create_scenario(
            actor=self.actor,
            code=data["code"],
            name=data["name"],
            name_zh=data["name_zh"],
            levels=[
                services.Level(level["title"], level["organisation"], level.get("stage"), level["quorum"])
                for level in data["levels"]
            ],
        )
        return self.answer(selectors.scenario(row.pk), wire.ScenarioOut, status=201)


class Scenario(View):
    """`/scenarios/{id}`."""

    public = True

    @extend_schema(responses=wire.ScenarioOut)
    def get(self, request: Request, scenario_id: int) -> Response:
        """Read one scenario."""
        return self.answer(selectors.scenario(scenario_id), wire.ScenarioOut)


class AccessRequests(View):
    """`/access-requests`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=RequestState.values),
            OpenApiParameter("purpose", str, enum=Purpose.values),
            OpenApiParameter("listing", int),
            OpenApiParameter("organisation", int, description="The buyer."),
        ],
        responses=wire.AccessRequestOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the requests you are concerned with: as buyer, provider, approver or exchange."""
        rows = self.narrowed(
            selectors.visible_requests(self.actor),
            state="state",
            purpose="purpose",
            listing="version__listing_id",
            organisation="organisation_id",
        )
        return self.page(rows, wire.AccessRequestOut)

    @extend_schema(request=wire.AccessRequestIn, responses={201: wire.AccessRequestOut})
    @creates
    def post(self, request: Request) -> Response:
        """Ask for access; the decision table answers at once: granted, refused, or a chain of approvals."""
        data = self.read(wire.AccessRequestIn)
        row = services.request_access(
            actor=self.actor,
            listing_id=data.get("listing"),
            version_id=data.get("version"),
            purpose=data["purpose"],
            form=data["form"],
            term_days=data["term_days"],
            download_limit=data.get("download_limit"),
            exclusive=data["exclusive"],
            justification=data["justification"],
            scenario=data["scenario"],
            columns=data["columns"],
            row_limit=data.get("row_limit"),
            byte_limit=data.get("byte_limit"),
            answers=data["answers"],
        )
        return self.answer(selectors.access_request(self.actor, row.pk), wire.AccessRequestOut, status=201)


class AccessRequest(View):
    """`/access-requests/{id}`."""

    @extend_schema(responses=wire.AccessRequestOut)
    def get(self, request: Request, request_id: int) -> Response:
        """Read one request: where it stands and why."""
        return self.answer(selectors.access_request(self.actor, request_id), wire.AccessRequestOut)


class Withdraw(View):
    """`/access-requests/{id}/actions/withdraw`."""

    @extend_schema(request=None, responses=wire.AccessRequestOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Take back an open request (the buyer)."""
        services.withdraw_request(actor=self.actor, request_id=request_id)
        return self.answer(selectors.access_request(self.actor, request_id), wire.AccessRequestOut)


class Timeline(View):
    """`/access-requests/{id}/timeline`."""

    pagination_class = None  # a chain is short

    @extend_schema(responses=wire.TimelineEventOut(many=True))
    def get(self, request: Request, request_id: int) -> Response:
        """List all that happened to a request, its steps and its grant, oldest first."""
        return Response(wire.TimelineEventOut(selectors.timeline(self.actor, request_id), many=True).data)


class Explain(View):
    """`/authorization/explain`."""

    @extend_schema(request=wire.ExplainIn, responses=wire.ExplainOut)
    def post(self, request: Request) -> Response:
        """Say which mode, whose approval, which forms and duties a request would meet with; none is made.

        With the least change that would allow what is refused, or give the form or the term that is wanted; and, as far
        as others' licences exclude it, until when.
        """
        data = self.read(wire.ExplainIn)
        found = explain_access(
            self.actor,
            listing_id=data["listing"],
            purpose=data.get("purpose"),
            form=data.get("form"),
            term_days=data.get("term_days"),
            exclusive=data["exclusive"],
        )
        return self.answer(found, wire.ExplainOut)


urls = [
    path("scenarios", Scenarios.as_view()),
    path("scenarios/<int:scenario_id>", Scenario.as_view()),
    path("access-requests", AccessRequests.as_view()),
    path("access-requests/<int:request_id>", AccessRequest.as_view()),
    path("access-requests/<int:request_id>/actions/withdraw", Withdraw.as_view()),
    path("access-requests/<int:request_id>/timeline", Timeline.as_view()),
    path("authorization/explain", Explain.as_view()),
]
