"""Organisations, members and keys."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import NotFound
from foundation.participants import selectors, services
from marketplace.api.base import View
from marketplace.api.serializers import participants as wire


def _member(data: dict[str, Any]) -> services.NewMember:
    return services.NewMember(
        username=data["username"], email=data["email"], roles=data["roles"], password=data.get("password")
    )


class Organisations(View):
    """`/organisations`."""

    public = True

    @extend_schema(responses=wire.OrganisationOut(many=True))
    def get(self, request: Request) -> Response:
        """List the organisations that you may see."""
        return self.page(selectors.visible_organisations(self.actor), wire.OrganisationOut)

    @extend_schema(request=wire.OrganisationIn, responses={201: wire.RegisteredOut})
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
        """Suspend a verified organisation (the exchange)."""
        reason = self.read(wire.ReasonIn)["reason"]
        row = services.suspend_organisation(actor=self.actor, organisation_id=organisation_id, reason=reason)
        return self.answer(row, wire.OrganisationOut)


class Reinstate(View):
    """`/organisations/{id}/actions/reinstate`."""

    @extend_schema(request=None, responses=wire.OrganisationOut)
    def post(self, request: Request, organisation_id: int) -> Response:
        """Lift a suspension (the exchange)."""
        row = services.reinstate_organisation(actor=self.actor, organisation_id=organisation_id)
        return self.answer(row, wire.OrganisationOut)


class Members(View):
    """`/organisations/{id}/members`."""

    @extend_schema(request=wire.MemberIn, responses={201: wire.MemberAddedOut})
    def post(self, request: Request, organisation_id: int) -> Response:
        """Add a person to an organisation (its administrators)."""
        membership, token = services.add_member(
            actor=self.actor, organisation_id=organisation_id, member=_member(self.read(wire.MemberIn))
        )
        return self.answer({"membership": membership, "api_key": token}, wire.MemberAddedOut, status=201)


class Keys(View):
    """`/keys`."""

    @extend_schema(request=wire.KeyIn, responses={201: wire.KeyIssuedOut})
    def post(self, request: Request) -> Response:
        """Issue a key for yourself or, as administrator, for a member."""
        data = self.read(wire.KeyIn)
        key, token = services.issue_key(actor=self.actor, membership_id=data["membership"], label=data["label"])
        return self.answer({"key": key, "api_key": token}, wire.KeyIssuedOut, status=201)


class RevokeKey(View):
    """`/keys/{id}/actions/revoke`."""

    @extend_schema(request=None, responses=wire.KeyOut)
    def post(self, request: Request, key_id: int) -> Response:
        """Revoke a key at once."""
        return self.answer(services.revoke_key(actor=self.actor, key_id=key_id), wire.KeyOut)


class Me(View):
    """`/me`."""

    @extend_schema(responses=wire.MeOut)
    def get(self, request: Request) -> Response:
        """Who the exchange takes you for."""
        if self.actor.kind == "anonymous":
            raise NotFound
        return self.answer(self.actor, wire.MeOut)


urls = [
    path("me", Me.as_view()),
    path("organisations", Organisations.as_view()),
    path("organisations/<int:organisation_id>", Organisation.as_view()),
    path("organisations/<int:organisation_id>/actions/verify", Verify.as_view()),
    path("organisations/<int:organisation_id>/actions/reject", Reject.as_view()),
    path("organisations/<int:organisation_id>/actions/suspend", Suspend.as_view()),
    path("organisations/<int:organisation_id>/actions/reinstate", Reinstate.as_view()),
    path("organisations/<int:organisation_id>/members", Members.as_view()),
    path("keys", Keys.as_view()),
    path("keys/<int:key_id>/actions/revoke", RevokeKey.as_view()),
]
