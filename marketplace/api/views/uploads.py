"""Files of a draft: the request's body is the file."""

from typing import Final

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from grading.selectors import declared_schema, latest_job
from marketplace.api import multipart
from marketplace.api.base import ReadByAll
from marketplace.api.idempotency import creates
from marketplace.api.preconditions import ETAG, IF_MATCH, expected_revision, with_etag
from marketplace.api.receiving import CONTENT_DIGEST, DISPOSITION, FILENAME, REPR_DIGEST, arriving
from marketplace.api.serializers import catalog as wire
from marketplace.api.table_schema import schema_in
from marketplace.api.views.jobs import JobOut
from marketplace.catalog import selectors, services

FORM: Final = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "table_schema": {"type": "string", "description": "A Table Schema, in JSON."},
        "file": {"type": "string", "format": "binary", "description": "The last part; its file name is the file's."},
    },
    "required": ["file"],
}


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
            FILENAME,
            OpenApiParameter("title", str, description="A form has both in its parts, not here."),
            DISPOSITION,
            REPR_DIGEST,
            CONTENT_DIGEST,
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY, multipart.MEDIA_TYPE: FORM},
        responses={201: wire.UploadedOut},
    )
    def post(self, request: Request, version_id: int) -> Response:
        """Upload a file to a draft: the body is the file, streamed and encrypted as it comes; a job examines it.

        Or a form whose last part, called `file`, is the file, after a `table_schema` that says what holds of its cells.

        CSV, TSV, JSON Lines, JSON (one array of objects) or Parquet, each also packed with gzip or zstd; or XLSX, whose
        first sheet with data is read. The name must say which: `table.csv`, `table.csv.gz`, `table.xlsx`.
        """
        file = arriving(request, known=("title", "table_schema"))
        row = services.add_file(
            actor=self.actor,
            version_id=version_id,
            filename=file.filename,
            chunks=file.chunks,
            title=(request.query_params if file.fields is None else file.fields).get("title", ""),
            sha256=file.sha256,
            table_schema=None if file.fields is None else schema_in(file.fields),
        )
        answer = {"distribution": row, "job": latest_job(row.asset_id)}
        return self.answer(answer, wire.UploadedOut, status=201)


class TableSchema(ReadByAll):
    """`/versions/{id}/files/{id}/table-schema`."""

    @extend_schema(responses=wire.TableSchemaOut, parameters=[ETAG])
    def get(self, request: Request, version_id: int, distribution_id: int) -> Response:
        """Read the Table Schema that the provider declares of a file; null where there is none.

        As it was declared for who handles the file and who decides on its grade. Others read what the cells are held
        against, without titles and the like, and values only of columns that are known not to be sensitive. The ETag
        is the version's.
        """
        row = selectors.file_of(self.actor, version_id, distribution_id)
        return with_etag(Response({"table_schema": declared_schema(self.actor, row.asset)}), row.version.revision)


class Declare(ReadByAll):
    """`/versions/{id}/files/{id}/actions/declare`."""

    @extend_schema(request=wire.TableSchemaIn, responses={201: JobOut}, parameters=[IF_MATCH, ETAG])
    @creates
    def post(self, request: Request, version_id: int, distribution_id: int) -> Response:
        """Declare the Table Schema of a file, null: none; a job examines the file by it (its provider).

        A descriptor of the Data Package standard (https://datapackage.org/standard/table-schema/). Every cell is held
        against it: what breaks a rule is a finding. The version has a new ETag then, whatever its state.
        """
        selectors.file_of(self.actor, version_id, distribution_id)
        job, revision = services.declare_table_schema(
            actor=self.actor,
            version_id=version_id,
            distribution_id=distribution_id,
            table_schema=self.read(wire.TableSchemaIn)["table_schema"],
            expected_revision=expected_revision(request),
        )
        return with_etag(self.answer(job, JobOut, status=201), revision)


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
    path("versions/<int:version_id>/files/<int:distribution_id>/table-schema", TableSchema.as_view()),
    path("versions/<int:version_id>/files/<int:distribution_id>/actions/declare", Declare.as_view()),
]
