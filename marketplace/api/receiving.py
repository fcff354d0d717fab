"""A file in the body of a request: the body itself, or the last part of a form. Read as it comes, never kept here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_noop as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from foundation.errors import InvalidInput
from marketplace.api import multipart, streams

FILENAME: Final = OpenApiParameter("filename", str, description="Where Content-Disposition does not name the file.")
DISPOSITION: Final = OpenApiParameter(
    "Content-Disposition", str, OpenApiParameter.HEADER, description="attachment; filename*=UTF-8''x.csv"
)
REPR_DIGEST: Final = OpenApiParameter(
    "Repr-Digest", str, OpenApiParameter.HEADER, description="The same as Content-Digest."
)
CONTENT_DIGEST: Final = OpenApiParameter(
    "Content-Digest",
    str,
    OpenApiParameter.HEADER,
    description="sha-256=:base64: of the body, the file or the whole form (RFC 9530), checked.",
)


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file that comes: its name, its bytes, to be read once, and the SHA-256 in hex that they must have.

    `fields` are those of the form; None where the body is the file. The digest of a form is checked as it is read.
    """

    filename: str
    chunks: Iterator[bytes]
    sha256: str | None
    fields: Mapping[str, str] | None


def arriving(request: Request, *, known: tuple[str, ...] = ()) -> Arriving:
    """The file that comes with a request, nothing of it read. InvalidInput for a form with fields that are not known.

    TooLarge above settings.UPLOAD_LIMIT_BYTES, before anything is read where the length is announced.
    """
    if multipart.is_form(request):
        form = _form(request, known)
        return Arriving(form.filename, form.file, None, form.fields)
    filename = streams.filename_of(request)
    chunks = streams.pieces(request, limit=settings.UPLOAD_LIMIT_BYTES)
    return Arriving(filename, chunks, streams.sha256_of(request), None)


def _form(request: Request, known: tuple[str, ...]) -> multipart.Form:
    """The form, of which all but the file is read."""
    limit = settings.UPLOAD_LIMIT_BYTES + multipart.AROUND
    body = streams.digested(streams.pieces(request, limit=limit, form=True), streams.sha256_of(request))
    form = multipart.read_form(request, body)
    said_in_the_address = {"filename", "title"} & set(request.query_params)
    if unknown := sorted(said_in_the_address) or sorted(set(form.fields) - set(known)):
        raise InvalidInput.of(
            multipart.pointer_to(unknown[0]),
            _("Not known here. Known are: %(known)s."),
            known=", ".join((*known, multipart.FILE)),
        )
    return form
