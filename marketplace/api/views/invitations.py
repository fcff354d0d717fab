"""Inviting people, and joining."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.participants import selectors, services
from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import participants as wire


class Invitations(View):
    """`/organisations/{id}/invitations`."""

    limits = {"POST": "invitation"}  # each may be a mail

    @extend_schema(responses=wire.InvitationOut(many=True))
    def get(self, request: Request, organisation_id: int) -> Response:
        """List your organisation's invitations (administrators)."""
        organisation = selectors.organisation(self.actor, organisation_id)
        return self.page(
            selectors.visible_invitations(self.actor).filter(organisation=organisation), wire.InvitationOut
        )

    @extend_schema(request=wire.InvitationIn, responses={201: wire.InvitedOut})
    @creates
    def post(self, request: Request, organisation_id: int) -> Response:
        """Invite a person (administrators); who is invited chooses name, password and key."""
        data = self.read(wire.InvitationIn)
        invitation, link = services.invite_member(actor=self.actor, organisation_id=organisation_id, **data)
        return self.answer({"invitation": invitation, "link": link}, wire.InvitedOut, status=201)


class Revoke(View):
    """`/invitations/{id}/actions/revoke`."""

    @extend_schema(request=None, responses=wire.InvitationOut)
    def post(self, request: Request, invitation_id: int) -> Response:
        """Take an open invitation back (administrators)."""
        row = services.revoke_invitation(actor=self.actor, invitation_id=invitation_id)
        return self.answer(row, wire.InvitationOut)


class Accept(View):
    """`/invitations/actions/accept`."""

    public = True
    also_refuses = (410,)

    @extend_schema(request=wire.AcceptIn, responses={201: wire.AcceptedOut})
    @creates
    def post(self, request: Request) -> Response:
        """Join an organisation by an invitation, with a new account."""
        data = self.read(wire.AcceptIn)
        token = data.pop("token")
        membership, key = services.accept_invitation(actor=self.actor, token=token, joining=services.Joining(**data))
        return self.answer({"membership": membership, "api_key": key}, wire.AcceptedOut, status=201)


urls = [
    path("organisations/<int:organisation_id>/invitations", Invitations.as_view()),
    path("invitations/actions/accept", Accept.as_view()),
    path("invitations/<int:invitation_id>/actions/revoke", Revoke.as_view()),
]
