"""Files of a draft: the request's body is the file."""

from django.conf import settings
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from grading.selectors import latest_job
from marketplace.api import streams
from marketplace.api.base import ReadByAll
from marketplace.api.serializers import catalog as wire
from marketplace.catalog import selectors, services


class Files(ReadByAll):
    """`/versions/{id}/files`."""

    limits = {"POST": "upload"}
    pagination_class = None  # a version has at most a hundred

    @extend_schema(responses=wire.FileOut(many=True))
    def get(self, request: Request, version_id: int) -> Response:
        """List the files of a version: what is known about them, never their bytes."""
        (facts,) = selectors.facts([selectors.version(self.actor, version_id)])
        return Response(wire.FileOut(facts.files, many=True).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("filename", str, description="Where Content-Disposition does not name the file."),
            OpenApiParameter("title", str),
            OpenApiParameter(
                "Content-Disposition", str, OpenApiParameter.HEADER, description="attachment; filename*=UTF-8''x.csv"
            ),
            OpenApiParameter(
                "Repr-Digest", str, OpenApiParameter.HEADER, description="The same as Content-Digest, of the file."
            ),
            OpenApiParameter(
                "Content-Digest", str, OpenApiParameter.HEADER, description="sha-256=:base64: (RFC 9530), checked."
            ),
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: wire.UploadedOut},
    )
    def post(self, request: Request, version_id: int) -> Response:
        """Upload a file to a draft: the body is the file, streamed and encrypted as it comes; a job examines it.

        CSV, TSV, JSON Lines, JSON (one array of objects) or Parquet, each also packed with gzip or zstd; or XLSX, whose
        first sheet with data is read. The name must say which: `table.csv`, `table.csv.gz`, `table.xlsx`.
        """
        row = services.add_file(
            actor=self.actor,
            version_id=version_id,
            filename=streams.filename_of(request),
            chunks=streams.pieces(request, limit=settings.UPLOAD_LIMIT_BYTES),
            title=request.query_params.get("title", ""),
            sha256=streams.sha256_of(request),
        )
        answer = {"distribution": row, "job": latest_job(row.asset_id)}
        return self.answer(answer, wire.UploadedOut, status=201)


class File(ReadByAll):
    """`/versions/{id}/files/{id}`."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, version_id: int, distribution_id: int) -> Response:
        """Take a file out of a draft (its provider)."""
        services.remove_file(actor=self.actor, version_id=version_id, distribution_id=distribution_id)
        return Response(status=204)


urls = [
    path("versions/<int:version_id>/files", Files.as_view()),
    path("versions/<int:version_id>/files/<int:distribution_id>", File.as_view()),
]
