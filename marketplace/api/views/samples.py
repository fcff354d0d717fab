"""The sample of a demand: a file like the one wanted."""

from typing import Final

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api import multipart
from marketplace.api.base import View
from marketplace.api.receiving import CONTENT_DIGEST, DISPOSITION, FILENAME, REPR_DIGEST, arriving
from marketplace.api.serializers.samples import SampleOut
from marketplace.matching import selectors, services

FORM: Final = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "Its file name is the file's."},
    },
    "required": ["file"],
}


class Sample(View):
    """`/demands/{id}/sample`."""

    limits = {"POST": "upload"}

    @extend_schema(responses=SampleOut)
    def get(self, request: Request, demand_id: int) -> Response:
        """Read how far the sample of a demand is, and its columns; 404 where it has none."""
        return self.answer(selectors.sample(self.actor, demand_id), SampleOut)

    @extend_schema(
        parameters=[FILENAME, DISPOSITION, REPR_DIGEST, CONTENT_DIGEST],
        request={"application/octet-stream": OpenApiTypes.BINARY, multipart.MEDIA_TYPE: FORM},
        responses={201: SampleOut},
    )
    def post(self, request: Request, demand_id: int) -> Response:
        """Attach a sample to a draft or an open demand, or put another in its place: the body is the file (its buyer).

        A job reads the names and types of its columns, and deletes it; then the demand is matched by them. Formats are
        those of files of a listing. Nobody but your organisation and the exchange learns of it.
        """
        file = arriving(request)
        sample = services.attach_sample(
            actor=self.actor, demand_id=demand_id, filename=file.filename, chunks=file.chunks, sha256=file.sha256
        )
        return self.answer(sample, SampleOut, status=201)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, demand_id: int) -> Response:
        """Remove the sample of a demand with all that it said; the demand is matched without it (its buyer)."""
        services.remove_sample(actor=self.actor, demand_id=demand_id)
        return Response(status=204)


urls = [
    path("demands/<int:demand_id>/sample", Sample.as_view()),
]
