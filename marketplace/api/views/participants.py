"""Organisations, and oneself."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.participants import selectors, services
from foundation.participants.models import OrganisationKind, OrganisationState, Role
from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import participants as wire


def _member(data: dict[str, Any]) -> services.NewMember:
    return services.NewMember(
        username=data["username"], email=data["email"], roles=data["roles"], password=data.get("password")
    )


class Organisations(View):
    """`/organisations`."""

    public = True
    limits = {"POST": "registration"}

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=OrganisationState.values),
            OpenApiParameter("kind", str, enum=OrganisationKind.values),
            OpenApiParameter("role", str, enum=Role.values, description="A confirmed one."),
            OpenApiParameter("region", str, description="Division code (GB/T 2260), e.g. 210200."),
        ],
        responses=wire.OrganisationOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the organisations that you may see."""
        rows = self.narrowed(selectors.visible_organisations(self.actor), state="state", kind="kind", region="region")
        if role := self.asked("role"):
            rows = rows.filter(pk__in=selectors.confirmed_roles(role).values("organisation_id"))
        return self.page(rows, wire.OrganisationOut)

    @extend_schema(request=wire.OrganisationIn, responses={201: wire.RegisteredOut})
    @creates
    def post(self, request: Request) -> Response:
        """Register an organisation with its first member; the exchange verifies it afterwards."""
        data = self.read(wire.OrganisationIn)
        organisation, membership, token = services.register_organisation(
            actor=self.actor,
            name=data["name"],
            name_zh=data["name_zh"],
            kind=data["kind"],
            uscc=data["uscc"],
            region=data["region"],
            roles=[(claim["role"], claim["sector"]) for claim in data["roles"]],
            member=_member(data["member"]),
        )
        answer = {"organisation": organisation, "membership": membership, "api_key": token}
        return self.answer(answer, wire.RegisteredOut, status=201)


class Organisation(View):
    """`/organisations/{id}`."""

    public = True

    @extend_schema(responses=wire.OrganisationOut)
    def get(self, request: Request, organisation_id: int) -> Response:
        """Read one organisation."""
        return self.answer(selectors.organisation(self.actor, organisation_id), wire.OrganisationOut)


class Verify(View):
    """`/organisations/{id}/actions/verify`."""

    @extend_schema(request=None, responses=wire.OrganisationOut)
    def post(self, request: Request, organisation_id: int) -> Response:
        """Verify a registered organisation and confirm its roles (the exchange)."""
        row = services.verify_organisation(actor=self.actor, organisation_id=organisation_id)
        return self.answer(row, wire.OrganisationOut)


class Reject(View):
    """`/organisations/{id}/actions/reject`."""

    @extend_schema(request=wire.ReasonIn, responses=wire.OrganisationOut)
    def post(self, request: Request, organisation_id: int) -> Response:
        """Refuse a registration (the exchange)."""
        reason = self.read(wire.ReasonIn)["reason"]
        row = services.reject_organisation(actor=self.actor, organisation_id=organisation_id, reason=reason)
        return self.answer(row, wire.OrganisationOut)


class Suspend(View):
    """`/organisations/{id}/actions/suspend`."""

    @extend_schema(request=wire.ReasonIn, responses=wire.OrganisationOut)
    def post(self, request: Request, organisation_id: int) -> Response:
        """Suspend a verified organisation (the exchange); a job suspends its published listings."""
        reason = self.read(wire.ReasonIn)["reason"]
        row = services.suspend_organisation(actor=self.actor, organisation_id=organisation_id, reason=reason)
        return self.answer(row, wire.OrganisationOut)


class Reinstate(View):
    """`/organisations/{id}/actions/reinstate`."""

    @extend_schema(request=None, responses=wire.OrganisationOut)
    def post(self, request: Request, organisation_id: int) -> Response:
        """Lift a suspension (the exchange); its listings stay suspended until each is reinstated."""
        row = services.reinstate_organisation(actor=self.actor, organisation_id=organisation_id)
        return self.answer(row, wire.OrganisationOut)


class Me(View):
    """`/me`."""

    @extend_schema(responses=wire.MeOut)
    def get(self, request: Request) -> Response:
        """Who the exchange takes you for."""
        return self.answer(self.actor, wire.MeOut)

    @extend_schema(request=wire.MyChoicesIn, responses=wire.MyChoicesOut)
    def patch(self, request: Request) -> Response:
        """Choose the language in which the exchange speaks to you; empty for that of `Accept-Language`."""
        chosen = self.read(wire.MyChoicesIn)
        return self.answer(services.choose_language(actor=self.actor, language=chosen["language"]), wire.MyChoicesOut)


class Deactivate(View):
    """`/people/{id}/actions/deactivate`."""

    @extend_schema(request=wire.ReasonIn, responses=wire.PersonOut)
    def post(self, request: Request, user_id: int) -> Response:
        """Close an account at once: its keys are revoked, its sessions end (the exchange)."""
        reason = self.read(wire.ReasonIn)["reason"]
        row = services.deactivate_person(actor=self.actor, user_id=user_id, reason=reason)
        return self.answer(row, wire.PersonOut)


class Reactivate(View):
    """`/people/{id}/actions/reactivate`."""

    @extend_schema(request=None, responses=wire.PersonOut)
    def post(self, request: Request, user_id: int) -> Response:
        """Open a closed account again; its keys stay revoked (the exchange)."""
        return self.answer(services.reactivate_person(actor=self.actor, user_id=user_id), wire.PersonOut)


urls = [
    path("me", Me.as_view()),
    path("organisations", Organisations.as_view()),
    path("organisations/<int:organisation_id>", Organisation.as_view()),
    path("organisations/<int:organisation_id>/actions/verify", Verify.as_view()),
    path("organisations/<int:organisation_id>/actions/reject", Reject.as_view()),
    path("organisations/<int:organisation_id>/actions/suspend", Suspend.as_view()),
    path("organisations/<int:organisation_id>/actions/reinstate", Reinstate.as_view()),
    path("people/<int:user_id>/actions/deactivate", Deactivate.as_view()),
    path("people/<int:user_id>/actions/reactivate", Reactivate.as_view()),
]
