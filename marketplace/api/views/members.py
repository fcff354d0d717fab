"""The people of an organisation."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.participants import selectors, services
from marketplace.api.base import View
from marketplace.api.serializers import participants as wire


class Members(View):
    """`/organisations/{id}/members`."""

    @extend_schema(responses=wire.MembershipOut(many=True))
    def get(self, request: Request, organisation_id: int) -> Response:
        """List the people of your organisation, those who left included; the exchange sees everybody's."""
        rows = selectors.visible_memberships(self.actor).filter(
            organisation=selectors.organisation(self.actor, organisation_id)
        )
        return self.page(rows, wire.MembershipOut)


class ChangeRoles(View):
    """`/members/{id}/actions/change-roles`."""

    @extend_schema(request=wire.RolesIn, responses=wire.MembershipOut)
    def post(self, request: Request, membership_id: int) -> Response:
        """Give a colleague other roles (administrators); nobody adds a role to oneself."""
        roles = self.read(wire.RolesIn)["roles"]
        row = services.change_roles(actor=self.actor, membership_id=membership_id, roles=roles)
        return self.answer(row, wire.MembershipOut)


class End(View):
    """`/members/{id}/actions/end`."""

    @extend_schema(request=None, responses=wire.MembershipOut)
    def post(self, request: Request, membership_id: int) -> Response:
        """End a membership, your own or as administrator a colleague's: its keys and sessions are dead at once."""
        return self.answer(services.end_membership(actor=self.actor, membership_id=membership_id), wire.MembershipOut)


urls = [
    path("organisations/<int:organisation_id>/members", Members.as_view()),
    path("members/<int:membership_id>/actions/change-roles", ChangeRoles.as_view()),
    path("members/<int:membership_id>/actions/end", End.as_view()),
]
