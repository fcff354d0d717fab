"""Accreditations of organisations and people."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.participants import accreditation_kinds, selectors, services
from foundation.participants.models import AccreditationState
from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import accreditations as wire
from marketplace.api.serializers.participants import ReasonIn

STATE = OpenApiParameter("state", str, enum=AccreditationState.values)
KIND = OpenApiParameter("kind", str, enum=list(accreditation_kinds.known()))


class Kinds(View):
    """`/accreditation-kinds`."""

    public = True
    pagination_class = None  # a handful

    @extend_schema(responses=wire.AccreditationKindOut(many=True))
    def get(self, request: Request) -> Response:
        """List the kinds of accreditation, each with its standard and how certain that is."""
        return Response(wire.AccreditationKindOut(list(accreditation_kinds.known().values()), many=True).data)


class OfOrganisation(View):
    """`/organisations/{id}/accreditations`."""

    @extend_schema(parameters=[STATE, KIND], responses=wire.AccreditationOut(many=True))
    def get(self, request: Request, organisation_id: int) -> Response:
        """List an organisation's accreditations: of yours all, of others what counts today.

        Its administrators see those of its people, too; the exchange sees all.
        """
        organisation = selectors.organisation(self.actor, organisation_id)
        rows = selectors.visible_accreditations(self.actor).filter(claimed_via=organisation)
        return self.page(self.narrowed(rows, state="state", kind="kind"), wire.AccreditationOut)

    @extend_schema(request=wire.AccreditationIn, responses={201: wire.AccreditationOut})
    @creates
    def post(self, request: Request, organisation_id: int) -> Response:
        """Claim a certificate of your organisation or of a member (administrators); the exchange confirms it."""
        said = self.read(wire.AccreditationIn)
        user_id = said.pop("user", None)
        row = services.claim_accreditation(
            actor=self.actor,
            organisation_id=organisation_id,
            certificate=services.Certificate(**said),
            user_id=user_id,
        )
        return self.answer(row, wire.AccreditationOut, status=201)


class Accreditations(View):
    """`/accreditations`."""

    @extend_schema(parameters=[STATE, KIND], responses=wire.AccreditationOut(many=True))
    def get(self, request: Request) -> Response:
        """List the accreditations that you may see: the exchange's queue with `state=claimed`."""
        rows = self.narrowed(selectors.visible_accreditations(self.actor), state="state", kind="kind")
        return self.page(rows, wire.AccreditationOut)


class Accreditation(View):
    """`/accreditations/{id}`."""

    @extend_schema(responses=wire.AccreditationOut)
    def get(self, request: Request, accreditation_id: int) -> Response:
        """Read one accreditation."""
        return self.answer(selectors.accreditation(self.actor, accreditation_id), wire.AccreditationOut)


class Confirm(View):
    """`/accreditations/{id}/actions/confirm`."""

    @extend_schema(request=None, responses=wire.AccreditationOut)
    def post(self, request: Request, accreditation_id: int) -> Response:
        """Confirm a claim (the exchange, nobody of the holder's); the one before it is superseded."""
        row = services.confirm_accreditation(actor=self.actor, accreditation_id=accreditation_id)
        return self.answer(row, wire.AccreditationOut)


class Refuse(View):
    """`/accreditations/{id}/actions/refuse`."""

    @extend_schema(request=ReasonIn, responses=wire.AccreditationOut)
    def post(self, request: Request, accreditation_id: int) -> Response:
        """Refuse a claim (the exchange, nobody of the holder's)."""
        reason = self.read(ReasonIn)["reason"]
        row = services.refuse_accreditation(actor=self.actor, accreditation_id=accreditation_id, reason=reason)
        return self.answer(row, wire.AccreditationOut)


class Revoke(View):
    """`/accreditations/{id}/actions/revoke`."""

    @extend_schema(request=ReasonIn, responses=wire.AccreditationOut)
    def post(self, request: Request, accreditation_id: int) -> Response:
        """End a confirmed accreditation at once and for good (the exchange)."""
        reason = self.read(ReasonIn)["reason"]
        row = services.revoke_accreditation(actor=self.actor, accreditation_id=accreditation_id, reason=reason)
        return self.answer(row, wire.AccreditationOut)


class Withdraw(View):
    """`/accreditations/{id}/actions/withdraw`."""

    @extend_schema(request=None, responses=wire.AccreditationOut)
    def post(self, request: Request, accreditation_id: int) -> Response:
        """Take back a claim that is not decided (administrators of the organisation that claimed it)."""
        row = services.withdraw_accreditation(actor=self.actor, accreditation_id=accreditation_id)
        return self.answer(row, wire.AccreditationOut)


urls = [
    path("accreditation-kinds", Kinds.as_view()),
    path("organisations/<int:organisation_id>/accreditations", OfOrganisation.as_view()),
    path("accreditations", Accreditations.as_view()),
    path("accreditations/<int:accreditation_id>", Accreditation.as_view()),
    path("accreditations/<int:accreditation_id>/actions/confirm", Confirm.as_view()),
    path("accreditations/<int:accreditation_id>/actions/refuse", Refuse.as_view()),
    path("accreditations/<int:accreditation_id>/actions/revoke", Revoke.as_view()),
    path("accreditations/<int:accreditation_id>/actions/withdraw", Withdraw.as_view()),
]
