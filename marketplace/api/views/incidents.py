"""Incidents: reporting, investigating and closing them."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import incidents as wire
from marketplace.api.serializers.authorization import RefusalIn
from marketplace.incidents import selectors, services
from marketplace.incidents.models import IncidentKind, IncidentState


class Incidents(View):
    """`/incidents`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=IncidentState.values),
            OpenApiParameter("kind", str, enum=IncidentKind.values),
        ],
        responses=wire.IncidentOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the incidents that your organisation reported, or that concern its listings; the exchange sees all."""
        rows = self.narrowed(selectors.visible_incidents(self.actor), state="state", kind="kind")
        return self.page(rows, wire.IncidentOut)

    @extend_schema(request=wire.IncidentIn, responses={201: wire.IncidentOut})
    @creates
    def post(self, request: Request) -> Response:
        """Report an incident that concerns listings, grants or deliveries that you see."""
        data = self.read(wire.IncidentIn)
        row = services.report_incident(
            actor=self.actor,
            kind=data["kind"],
            description=data["description"],
            occurred_at=data.get("occurred_at"),
            concerned=services.Concerned(data["listings"], data["grants"], data["deliveries"]),
            suspend=data["suspend"],
        )
        return self.answer(selectors.incident(self.actor, row.pk), wire.IncidentOut, status=201)


class Incident(View):
    """`/incidents/{id}`."""

    @extend_schema(responses=wire.IncidentOut)
    def get(self, request: Request, incident_id: int) -> Response:
        """Read one incident."""
        return self.answer(selectors.incident(self.actor, incident_id), wire.IncidentOut)


class Investigate(View):
    """`/incidents/{id}/actions/investigate`."""

    @extend_schema(request=wire.InvestigationIn, responses=wire.IncidentOut)
    def post(self, request: Request, incident_id: int) -> Response:
        """Begin to look into an incident, and suspend what it concerns unless told otherwise (the exchange)."""
        suspend = self.read(wire.InvestigationIn)["suspend"]
        services.investigate_incident(actor=self.actor, incident_id=incident_id, suspend=suspend)
        return self.answer(selectors.incident(self.actor, incident_id), wire.IncidentOut)


class Close(View):
    """`/incidents/{id}/actions/close`."""

    @extend_schema(request=RefusalIn, responses=wire.IncidentOut)
    def post(self, request: Request, incident_id: int) -> Response:
        """Close an incident with what was found (the exchange); nothing is resumed by it."""
        services.close_incident(actor=self.actor, incident_id=incident_id, reason=self.read(RefusalIn)["reason"])
        return self.answer(selectors.incident(self.actor, incident_id), wire.IncidentOut)


urls = [
    path("incidents", Incidents.as_view()),
    path("incidents/<int:incident_id>", Incident.as_view()),
    path("incidents/<int:incident_id>/actions/investigate", Investigate.as_view()),
    path("incidents/<int:incident_id>/actions/close", Close.as_view()),
]
