"""API keys."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.participants import selectors, services
from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import participants as wire


class Keys(View):
    """`/keys`."""

    @extend_schema(responses=wire.KeyOut(many=True))
    def get(self, request: Request) -> Response:
        """List your keys; administrators see those of their organisation, which they may revoke."""
        return self.page(selectors.own_keys(self.actor), wire.KeyOut)

    @extend_schema(request=wire.KeyIn, responses={201: wire.KeyIssuedOut})
    @creates
    def post(self, request: Request) -> Response:
        """Issue a key for yourself; it reaches no further than the key that asks."""
        data = self.read(wire.KeyIn)
        key, token = services.issue_key(
            actor=self.actor,
            membership_id=data["membership"],
            label=data["label"],
            reach=data["scopes"],
            networks=data["networks"],
            days=data.get("days"),
        )
        return self.answer({"key": key, "api_key": token}, wire.KeyIssuedOut, status=201)


class Rotate(View):
    """`/keys/{id}/actions/rotate`."""

    @extend_schema(request=wire.RotationIn, responses={201: wire.KeyIssuedOut})
    @creates
    def post(self, request: Request, key_id: int) -> Response:
        """Replace your key by a new one; the old one is valid for the grace period."""
        hours = self.read(wire.RotationIn)["grace_hours"]
        key, token = services.rotate_key(actor=self.actor, key_id=key_id, grace_hours=hours)
        return self.answer({"key": key, "api_key": token}, wire.KeyIssuedOut, status=201)


class Revoke(View):
    """`/keys/{id}/actions/revoke`."""

    @extend_schema(request=None, responses=wire.KeyOut)
    def post(self, request: Request, key_id: int) -> Response:
        """Revoke a key at once."""
        return self.answer(services.revoke_key(actor=self.actor, key_id=key_id), wire.KeyOut)


urls = [
    path("keys", Keys.as_view()),
    path("keys/<int:key_id>/actions/rotate", Rotate.as_view()),
    path("keys/<int:key_id>/actions/revoke", Revoke.as_view()),
]
