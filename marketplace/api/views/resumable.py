"""Resumable uploads by the tus protocol: announce a file or a sample, send it in as many requests as it takes."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import Gone, InvalidInput
from foundation.uploads import selectors
from foundation.uploads import services as uploads
from foundation.uploads.arriving import Checksum
from foundation.uploads.models import State, Upload
from marketplace.api import streams, tus
from marketplace.api.base import View
from marketplace.api.serializers.uploads import SAMPLE_OF, UploadOut
from marketplace.api.table_schema import schema_in
from marketplace.catalog import services
from marketplace.matching import services as matching

RESUMABLE = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER, required=True, description="`1.0.0`")
_DEFERRED = _("Announce the length with Upload-Length: it cannot come later.")
Post = TypeVar("Post", bound=Callable[..., Response])
ENDED = (State.TERMINATED, State.EXPIRED, State.REFUSED)


class Tus(View):
    """A view that speaks tus 1.0.0. OPTIONS is for everybody, GET is this API's own and needs no version."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let clients that cannot send PATCH or DELETE name them in a POST, as the protocol demands."""
        wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and wanted in {"PATCH", "DELETE"}:
            request.method = wanted
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def is_open(cls, method: str) -> bool:
        """Anybody may ask what is spoken here."""
        return method == "OPTIONS" or super().is_open(method)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse other versions of the protocol before anything is read."""
        super().initial(request, *args, **kwargs)
        if request.method not in {"OPTIONS", "GET"}:
            tus.require_version(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Name the version in every response, and what is spoken where another one was."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = tus.VERSION
        response["Cache-Control"] = "no-store"
        if response.status_code == tus.WrongVersion.status_code:
            response["Tus-Version"] = tus.VERSION
        return response

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Say which extensions, sizes and checksums are understood."""
        return Response(status=204, headers={**tus.capabilities(), "Allow": ", ".join(self.allowed_methods)})

    def append(self, upload: Upload, offset: int) -> Upload:
        """Add the request's body to the upload."""
        request = self.request
        if request.content_type.split(";")[0].strip().lower() != tus.MEDIA_TYPE:
            raise UnsupportedMediaType(request.content_type)
        return uploads.append(
            actor=self.actor,
            upload_id=upload.pk,
            offset=offset,
            chunks=streams.pieces(request, limit=upload.length - min(offset, upload.length)),
            checksum=_checksum(request),
        )


def _checksum(request: Request) -> Checksum | None:
    """Of the request's bytes: by tus, else by `Content-Digest` (RFC 9530)."""
    digest = streams.digest_in(request, "Content-Digest")
    return tus.checksum_in(request) or (Checksum("sha256", bytes.fromhex(digest)) if digest else None)


class Announced(Tus):
    """A view to which files are announced: what is told of one, and its first bytes, which may come along."""

    limits = {"POST": "upload"}
    also_refuses = (412, 460)

    def announced(self, begin: Callable[..., Upload], said: Mapping[str, str], **more: Any) -> Response:
        """Announce the file to `begin`, with what the metadata `said` of it and what the room wants to know."""
        request = self.request
        if "Upload-Defer-Length" in request.headers:
            raise InvalidInput.of("/upload-defer-length", _DEFERRED)
        upload = begin(
            actor=self.actor,
            filename=said.get("filename") or said.get("name") or "",
            length=tus.number_in(request, "Upload-Length"),
            metadata=request.headers.get("Upload-Metadata", ""),
            sha256=streams.digest_in(request, "Repr-Digest") or said.get("sha256") or None,
            **more,
        )
        if request.content_type.startswith(tus.MEDIA_TYPE) and request.headers.get("Content-Length") != "0":
            upload = self.append(upload, 0)
        return tus.progress(Response(status=201, headers={"Location": f"/api/v1/uploads/{upload.pk}"}), upload)


def _announcing(metadata: str) -> Callable[[Post], Post]:
    """How the schema describes an announcement; `metadata` says what goes with the file."""
    headers = (
        ("Upload-Length", int, True, "Bytes to come."),
        ("Upload-Metadata", str, True, f"{metadata} Values in base64."),
        ("Repr-Digest", str, False, "sha-256=:base64: of the whole file (RFC 9530)."),
    )
    described: Callable[[Post], Post] = extend_schema(
        tags=["uploads"],
        parameters=[
            RESUMABLE,
            *(
                OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=text)
                for name, kind, required, text in headers
            ),
        ],
        request={tus.MEDIA_TYPE: OpenApiTypes.BINARY},
        responses={201: OpenApiResponse(description="Announced: `Location` is where to send the bytes (PATCH).")},
    )
    return described


class Uploads(Announced):
    """`/versions/{id}/uploads`."""

    @_announcing("`filename`; if wanted `title`, `sha256` (hex, of the whole file) and `table_schema` (JSON).")
    def post(self, request: Request, version_id: int) -> Response:
        """Announce a file to a draft (tus creation); its first bytes may come along."""
        said = tus.metadata_in(request)
        more = {"version_id": version_id, "title": said.get("title", ""), "table_schema": schema_in(said)}
        return self.announced(services.begin_upload, said, **more)


class SampleUploads(Announced):
    """`/demands/{id}/sample/uploads`."""

    scope = "matching"

    @_announcing("`filename`; if wanted `sha256` (hex, of the whole file).")
    def post(self, request: Request, demand_id: int) -> Response:
        """Announce the sample of a demand (tus creation); its first bytes may come along."""
        return self.announced(matching.begin_sample_upload, tus.metadata_in(request), demand_id=demand_id)


class OwnUploads(View):
    """`/uploads`."""

    @extend_schema(tags=["uploads"], responses=UploadOut(many=True))
    def get(self, request: Request) -> Response:
        """List the uploads that you began, newest first."""
        return self.page(selectors.visible_uploads(self.actor), UploadOut)


class One(Tus):
    """`/uploads/{id}`."""

    also_refuses = (410, 412, 415, 460)

    def area(self) -> str:
        """That of what the file is for: whoever may announce it may send it."""
        row = selectors.visible_uploads(self.actor).filter(pk=self.kwargs["upload_id"]).first()
        return self.scope if row is None or row.target_type != SAMPLE_OF else SampleUploads.scope

    @extend_schema(tags=["uploads"], responses=UploadOut)
    def get(self, request: Request, upload_id: int) -> Response:
        """Read one upload of yours: how far it is, and what became of it. HEAD answers as tus has it."""
        return self.answer(selectors.upload(self.actor, upload_id), UploadOut)

    def head(self, request: Request, upload_id: int) -> Response:
        """How many bytes have arrived."""
        upload = selectors.upload(self.actor, upload_id)
        if upload.state in ENDED:
            raise Gone
        response = tus.progress(Response(status=200), upload)
        response["Upload-Length"] = str(upload.length)
        if upload.metadata:
            response["Upload-Metadata"] = upload.metadata
        return response

    @extend_schema(
        tags=["uploads"],
        parameters=[
            RESUMABLE,
            OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True, description="First byte."),
            OpenApiParameter(
                "Upload-Checksum",
                str,
                OpenApiParameter.HEADER,
                description="`sha256` or `sha1`, a space, base64: checked.",
            ),
        ],
        request={tus.MEDIA_TYPE: OpenApiTypes.BINARY},
        responses={204: OpenApiResponse(description="Kept: `Upload-Offset` is where to go on.")},
    )
    def patch(self, request: Request, upload_id: int) -> Response:
        """Send the bytes from `Upload-Offset` on; with the last one a job attaches the file to its draft or demand."""
        upload = selectors.upload(self.actor, upload_id)
        return tus.progress(Response(status=204), self.append(upload, tus.number_in(request, "Upload-Offset")))

    @extend_schema(tags=["uploads"], parameters=[RESUMABLE], responses={204: None})
    def delete(self, request: Request, upload_id: int) -> Response:
        """End an unfinished upload; what has arrived is removed (tus termination)."""
        uploads.terminate_upload(actor=self.actor, upload_id=upload_id)
        return Response(status=204)


urls = [
    path("versions/<int:version_id>/uploads", Uploads.as_view()),
    path("demands/<int:demand_id>/sample/uploads", SampleUploads.as_view()),
    path("uploads", OwnUploads.as_view()),
    path("uploads/<int:upload_id>", One.as_view()),
]
