"""Grants: reading them, accepting their terms, renewing, suspending, resuming and revoking."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import grants as wire
from marketplace.api.serializers.authorization import AccessRequestOut, RefusalIn
from marketplace.authorization import selectors, services
from marketplace.authorization.models import GrantState


class Grants(View):
    """`/grants`."""

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=GrantState.values),
            OpenApiParameter("listing", int),
            OpenApiParameter("organisation", int, description="The holder."),
        ],
        responses=wire.GrantOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the grants you are concerned with: as holder, provider, approver or exchange."""
        rows = self.narrowed(
            selectors.visible_grants(self.actor),
            state="state",
            listing="listing_id",
            organisation="organisation_id",
        )
        return self.page(rows, wire.GrantOut)


class Grant(View):
    """`/grants/{id}`."""

    @extend_schema(responses=wire.GrantOut)
    def get(self, request: Request, grant_id: int) -> Response:
        """Read one grant with its agreement and its meter."""
        return self.answer(selectors.grant(self.actor, grant_id), wire.GrantOut)


class AcceptTerms(View):
    """`/grants/{id}/actions/accept-terms`."""

    @extend_schema(request=wire.AcceptanceIn, responses=wire.GrantOut)
    def post(self, request: Request, grant_id: int) -> Response:
        """Accept the agreement as it was read (the holder); nothing is handed over before."""
        sha256 = self.read(wire.AcceptanceIn)["sha256"]
        return self.answer(services.accept_terms(actor=self.actor, grant_id=grant_id, sha256=sha256), wire.GrantOut)


class Renew(View):
    """`/grants/{id}/actions/renew`."""

    @extend_schema(request=wire.RenewalIn, responses={201: AccessRequestOut})
    @creates
    def post(self, request: Request, grant_id: int) -> Response:
        """Ask for what an active grant gives for longer (the holder): decided anew, it begins where the grant ends."""
        data = self.read(wire.RenewalIn)
        row = services.renew_grant(
            actor=self.actor,
            grant_id=grant_id,
            term_days=data["term_days"],
            justification=data["justification"],
            answers=data.get("answers"),
        )
        return self.answer(selectors.access_request(self.actor, row.pk), AccessRequestOut, status=201)


class Suspend(View):
    """`/grants/{id}/actions/suspend`."""

    @extend_schema(request=RefusalIn, responses=wire.GrantOut)
    def post(self, request: Request, grant_id: int) -> Response:
        """Stop deliveries for the time being (the exchange)."""
        reason = self.read(RefusalIn)["reason"]
        return self.answer(services.suspend_grant(actor=self.actor, grant_id=grant_id, reason=reason), wire.GrantOut)


class Resume(View):
    """`/grants/{id}/actions/resume`."""

    @extend_schema(request=None, responses=wire.GrantOut)
    def post(self, request: Request, grant_id: int) -> Response:
        """Lift a suspension (the exchange)."""
        return self.answer(services.resume_grant(actor=self.actor, grant_id=grant_id), wire.GrantOut)


class Revoke(View):
    """`/grants/{id}/actions/revoke`."""

    @extend_schema(request=RefusalIn, responses=wire.GrantOut)
    def post(self, request: Request, grant_id: int) -> Response:
        """End a grant for good (the exchange, or who approved it)."""
        reason = self.read(RefusalIn)["reason"]
        return self.answer(services.revoke_grant(actor=self.actor, grant_id=grant_id, reason=reason), wire.GrantOut)


urls = [
    path("grants", Grants.as_view()),
    path("grants/<int:grant_id>", Grant.as_view()),
    path("grants/<int:grant_id>/actions/accept-terms", AcceptTerms.as_view()),
    path("grants/<int:grant_id>/actions/renew", Renew.as_view()),
    path("grants/<int:grant_id>/actions/suspend", Suspend.as_view()),
    path("grants/<int:grant_id>/actions/resume", Resume.as_view()),
    path("grants/<int:grant_id>/actions/revoke", Revoke.as_view()),
]
