"""The audit log: read, exported and verified by auditors and administrators of the exchange; proved to everybody."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.urls import path
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.audit import checkpoints, keys, policies, proving, selectors, verification
from foundation.errors import Forbidden, TooLarge
from marketplace.api import streams
from marketplace.api.base import View
from marketplace.api.serializers import audit as wire

NDJSON = "application/x-ndjson"


class NdjsonRenderer(JSONRenderer):
    """Lets clients ask for JSON Lines; the lines are written by the view, problems by this renderer."""

    media_type = NDJSON
    format = "ndjson"


class NoteRenderer(JSONRenderer):
    """Lets clients ask for a checkpoint as it is signed; problems are written by this renderer."""

    media_type = "text/plain"
    format = "txt"


class Body(io.RawIOBase):
    """The pieces of a body as a file; TooLarge when they turn out to be more than `limit` bytes."""

    def __init__(self, pieces: Iterator[bytes], limit: int) -> None:
        super().__init__()
        self._pieces, self._limit, self._taken, self._rest = pieces, limit, 0, b""

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Up to a buffer of the body."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
            self._taken += len(self._rest)
            if self._taken > self._limit:
                raise TooLarge(limit=self._limit)
        got, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(got)] = got
        return len(got)


class AuditView(View):
    """A view for those who may read the log as a whole."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse everybody else before anything is read."""
        super().initial(request, *args, **kwargs)
        if not policies.may_read(self.actor):
            raise Forbidden(
                _("Only auditors and administrators of the exchange read the audit log."), rule="audit.read_log"
            )


class Events(AuditView):
    """`/audit/events`."""

    @extend_schema(
        parameters=[
            *(OpenApiParameter(name, str) for name in ("subject_type", "subject_id", "action")),
            OpenApiParameter("organisation", int, description="Of the actor."),
            OpenApiParameter("since", OpenApiTypes.DATETIME, description="From this instant on."),
            OpenApiParameter("until", OpenApiTypes.DATETIME, description="Before this instant."),
        ],
        responses=wire.EventOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List what happened, newest first."""
        rows = self.narrowed(
            selectors.visible_events(self.actor),
            subject_type="subject_type",
            subject_id="subject_id",
            action="action",
            organisation="actor_organisation_id",
            since="at__gte",
            until="at__lt",
        )
        return self.page(rows, wire.EventOut)


class Export(AuditView):
    """`/audit/export`."""

    renderer_classes = [NdjsonRenderer, JSONRenderer]

    @extend_schema(responses={(200, NDJSON): OpenApiTypes.BINARY})
    def get(self, request: Request) -> FileResponse:
        """Download the whole log with its authentication codes, one JSON object a line; `verification` checks it.

        Written to a private file first: a slow reader keeps no snapshot of the database open, and an answer of 200
        stands for a complete log.
        """
        with ExitStack() as closing:
            file = closing.enter_context(tempfile.TemporaryFile(dir=settings.STATE_DIR))
            text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
            verification.export(text)
            text.detach()
            file.seek(0)
            closing.pop_all()  # the response closes it
        return FileResponse(file, as_attachment=True, filename="audit.ndjson", content_type=NDJSON)


class Verification(AuditView):
    """`/audit/verification`."""

    @extend_schema(responses=wire.ReportOut)
    def get(self, request: Request) -> Response:
        """Check every event and seal in the database, and that it still contains what checkpoints were signed for."""
        return self.answer(verification.verify(checkpoints.kept()), wire.ReportOut)

    @extend_schema(request={NDJSON: OpenApiTypes.BINARY}, responses=wire.ReportOut)
    def post(self, request: Request) -> Response:
        """Check an export line by line, as it arrives; an altered event is named."""
        limit = settings.UPLOAD_LIMIT_BYTES
        body = Body(streams.pieces(request, limit=limit), limit)
        with io.TextIOWrapper(io.BufferedReader(body), encoding="utf-8") as text:
            return self.answer(verification.verify_export(text), wire.ReportOut)


class NewestCheckpoint(View):
    """`/audit/checkpoint`."""

    public = True
    also_refuses = (404,)
    renderer_classes = [NoteRenderer, JSONRenderer]

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        """Read the newest signed checkpoint of the log (C2SP tlog-checkpoint).

        Keep a copy: whoever holds one can find out later that events before it were changed or removed.
        """
        return HttpResponse(proving.newest_checkpoint().note, content_type="text/plain; charset=utf-8")


class PublicKeys(View):
    """`/audit/public-keys`."""

    public = True

    @extend_schema(responses=wire.PublicKeysOut)
    def get(self, request: Request) -> Response:
        """List the keys that check checkpoints, the newest first; compare them with those the exchange publishes."""
        return self.answer({"origin": settings.AUDIT_ORIGIN, "keys": keys.public_keys()}, wire.PublicKeysOut)


class ConsistencyProof(View):
    """`/audit/consistency`."""

    public = True
    also_refuses = (404,)

    @extend_schema(
        parameters=[
            OpenApiParameter("size", int, required=True, description="The second line of the checkpoint that you kept.")
        ],
        responses=wire.ConsistencyProofOut,
    )
    def get(self, request: Request) -> Response:
        """Prove that the log of an older checkpoint is the beginning of that of the newest one (RFC 9162)."""
        return self.answer(proving.prove_consistency(self.asked_number("size") or 0), wire.ConsistencyProofOut)


class EventProof(View):
    """`/audit/events/{id}/proof`."""

    also_refuses = (409,)

    @extend_schema(responses=wire.InclusionProofOut)
    def get(self, request: Request, pk: int) -> Response:
        """Prove that an event is in the log, to be checked without the exchange: of what your organisation did.

        409 `not_yet_sealed` for what no checkpoint covers yet, some seconds after it happened.
        """
        return self.answer(proving.prove(selectors.event_to_prove(self.actor, pk)), wire.InclusionProofOut)


urls = [
    path("audit/events", Events.as_view()),
    path("audit/events/<int:pk>/proof", EventProof.as_view()),
    path("audit/checkpoint", NewestCheckpoint.as_view()),
    path("audit/public-keys", PublicKeys.as_view()),
    path("audit/consistency", ConsistencyProof.as_view()),
    path("audit/export", Export.as_view()),
    path("audit/verification", Verification.as_view()),
]
