"""Webhooks of your organisation."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.notifications import selectors, services
from foundation.notifications.models import DeliveryState, EndpointState
from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.preconditions import ETAG, IF_MATCH, expected_revision, with_etag
from marketplace.api.serializers import notifications as wire


class Webhooks(View):
    """`/webhooks`."""

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=EndpointState.values)], responses=wire.WebhookOut(many=True)
    )
    def get(self, request: Request) -> Response:
        """List your organisation's webhooks (its administrators and operators), newest first."""
        rows = selectors.visible_endpoints(self.actor)
        if state := self.asked("state"):
            rows = rows.filter(state=state)
        return self.page(rows, wire.WebhookOut)

    @extend_schema(request=wire.WebhookIn, responses={201: wire.WebhookSecretOut})
    @creates
    def post(self, request: Request) -> Response:
        """Register a webhook (administrators); its secret is shown only in this answer."""
        row, secret = services.register_endpoint(actor=self.actor, **self.read(wire.WebhookIn))
        return self.answer({"webhook": row, "secret": secret}, wire.WebhookSecretOut, status=201)


class Webhook(View):
    """`/webhooks/{id}`."""

    @extend_schema(parameters=[ETAG], responses=wire.WebhookOut)
    def get(self, request: Request, webhook_id: int) -> Response:
        """Read one webhook."""
        row = selectors.endpoint(self.actor, webhook_id)
        return with_etag(self.answer(row, wire.WebhookOut), row.revision)

    @extend_schema(parameters=[IF_MATCH, ETAG], request=wire.WebhookChangesIn, responses=wire.WebhookOut)
    def patch(self, request: Request, webhook_id: int) -> Response:
        """Change a webhook's address, kinds or description (administrators)."""
        row = services.edit_endpoint(
            actor=self.actor,
            endpoint_id=webhook_id,
            revision=expected_revision(request),
            **self.read(wire.WebhookChangesIn),
        )
        return with_etag(self.answer(row, wire.WebhookOut), row.revision)

    @extend_schema(responses={200: wire.WebhookOut})
    def delete(self, request: Request, webhook_id: int) -> Response:
        """Disable a webhook for good and erase its secrets (administrators); its history is kept for a while."""
        return self.answer(services.disable_endpoint(actor=self.actor, endpoint_id=webhook_id), wire.WebhookOut)


class Pause(View):
    """`/webhooks/{id}/actions/pause`."""

    @extend_schema(request=None, responses=wire.WebhookOut)
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send nothing for the time being (administrators)."""
        return self.answer(services.pause_endpoint(actor=self.actor, endpoint_id=webhook_id), wire.WebhookOut)


class Resume(View):
    """`/webhooks/{id}/actions/resume`."""

    @extend_schema(request=None, responses=wire.WebhookOut)
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send again; what waited is sent now (administrators)."""
        return self.answer(services.resume_endpoint(actor=self.actor, endpoint_id=webhook_id), wire.WebhookOut)


class Rotate(View):
    """`/webhooks/{id}/actions/rotate`."""

    @extend_schema(request=None, responses=wire.WebhookSecretOut)
    @creates
    def post(self, request: Request, webhook_id: int) -> Response:
        """Replace the secret; the old one signs beside the new one for a day (administrators)."""
        row, secret = services.rotate_secret(actor=self.actor, endpoint_id=webhook_id)
        return self.answer({"webhook": row, "secret": secret}, wire.WebhookSecretOut)


class Test(View):
    """`/webhooks/{id}/actions/test`."""

    @extend_schema(request=None, responses={202: wire.WebhookDeliveryOut})
    @creates
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send a message of kind `webhook.test` (administrators)."""
        row = services.test_endpoint(actor=self.actor, endpoint_id=webhook_id)
        return self.answer(row, wire.WebhookDeliveryOut, status=202)


class Deliveries(View):
    """`/webhooks/{id}/deliveries`."""

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=DeliveryState.values)],
        responses=wire.WebhookDeliveryOut(many=True),
    )
    def get(self, request: Request, webhook_id: int) -> Response:
        """List what was sent to a webhook, with every attempt, newest first."""
        endpoint = selectors.endpoint(self.actor, webhook_id)
        rows = selectors.visible_deliveries(self.actor).filter(endpoint=endpoint)
        if state := self.asked("state"):
            rows = rows.filter(state=state)
        return self.page(rows, wire.WebhookDeliveryOut)


class Delivery(View):
    """`/webhook-deliveries/{id}`."""

    @extend_schema(responses=wire.WebhookDeliveryOut)
    def get(self, request: Request, delivery_id: int) -> Response:
        """Read one message with its attempts."""
        return self.answer(selectors.delivery(self.actor, delivery_id), wire.WebhookDeliveryOut)


class Redeliver(View):
    """`/webhook-deliveries/{id}/actions/redeliver`."""

    @extend_schema(request=None, responses={202: wire.WebhookDeliveryOut})
    @creates
    def post(self, request: Request, delivery_id: int) -> Response:
        """Send an ended message once more, under the same `webhook-id` (administrators)."""
        row = services.redeliver(actor=self.actor, delivery_id=delivery_id)
        return self.answer(row, wire.WebhookDeliveryOut, status=202)


urls = [
    path("webhooks", Webhooks.as_view()),
    path("webhooks/<int:webhook_id>", Webhook.as_view()),
    path("webhooks/<int:webhook_id>/actions/pause", Pause.as_view()),
    path("webhooks/<int:webhook_id>/actions/resume", Resume.as_view()),
    path("webhooks/<int:webhook_id>/actions/rotate", Rotate.as_view()),
    path("webhooks/<int:webhook_id>/actions/test", Test.as_view()),
    path("webhooks/<int:webhook_id>/deliveries", Deliveries.as_view()),
    path("webhook-deliveries/<int:delivery_id>", Delivery.as_view()),
    path("webhook-deliveries/<int:delivery_id>/actions/redeliver", Redeliver.as_view()),
]
