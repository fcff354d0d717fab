"""Deliveries of granted files, and their download by signed links."""

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.base import View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import delivery as wire
from marketplace.delivery import selectors, services
from marketplace.delivery.models import DeliveryState


class GrantDeliveries(View):
    """`/grants/{id}/deliveries`."""

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=DeliveryState.values)], responses=wire.DeliveryOut(many=True)
    )
    def get(self, request: Request, grant_id: int) -> Response:
        """List what was prepared under a grant."""
        rows = self.narrowed(selectors.deliveries_of(self.actor, grant_id), state="state")
        return self.page(rows, wire.DeliveryOut)

    @extend_schema(request=wire.DeliveryIn, responses={201: wire.DeliveryOut})
    @creates
    def post(self, request: Request, grant_id: int) -> Response:
        """Have a file made ready in the granted form (the holder); the same one when it is ready already."""
        distribution_id = self.read(wire.DeliveryIn)["distribution"]
        row = services.prepare_delivery(actor=self.actor, grant_id=grant_id, distribution_id=distribution_id)
        return self.answer(row, wire.DeliveryOut, status=201)


class Delivery(View):
    """`/deliveries/{id}`."""

    @extend_schema(responses=wire.DeliveryOut)
    def get(self, request: Request, delivery_id: int) -> Response:
        """Read one delivery and how far it is."""
        return self.answer(selectors.delivery(self.actor, delivery_id), wire.DeliveryOut)


class Transfers(View):
    """`/deliveries/{id}/transfers`."""

    @extend_schema(responses=wire.TransferOut(many=True))
    def get(self, request: Request, delivery_id: int) -> Response:
        """List the downloads of a delivery."""
        return self.page(selectors.transfers_of(self.actor, delivery_id), wire.TransferOut)


class DeliveryLink(View):
    """`/deliveries/{id}/link`."""

    @extend_schema(request=None, responses={201: wire.LinkOut})
    @creates
    def post(self, request: Request, delivery_id: int) -> Response:
        """Make a link to fetch a ready delivery by (the holder)."""
        link = services.make_link(actor=self.actor, delivery_id=delivery_id)
        return self.answer(link, wire.LinkOut, status=201)


class Download(View):
    """`/downloads/{token}`: the link is the authority, so no key is asked for."""

    public = True
    also_refuses = (403, 410)
    limits = {"GET": "download"}
    authentication_classes = ()
    http_method_names = ["get", "options"]  # a HEAD would count as a download and send nothing

    @extend_schema(
        auth=[],
        parameters=[OpenApiParameter("token", str, OpenApiParameter.PATH)],
        responses={
            (200, "*/*"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, token: str) -> HttpResponseBase:
        """Fetch the file; whether the grant covers it is decided now, and again while it is sent."""
        download = services.begin_download(token=token)
        return StreamingHttpResponse(
            download.stream(),
            content_type=download.media_type,
            headers={
                "Content-Length": str(download.size),
                "Content-Disposition": content_disposition_header(True, download.filename) or "attachment",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
        )


urls = [
    path("grants/<int:grant_id>/deliveries", GrantDeliveries.as_view()),
    path("deliveries/<int:delivery_id>", Delivery.as_view()),
    path("deliveries/<int:delivery_id>/transfers", Transfers.as_view()),
    path("deliveries/<int:delivery_id>/link", DeliveryLink.as_view()),
    path("downloads/<str:token>", Download.as_view()),
]
