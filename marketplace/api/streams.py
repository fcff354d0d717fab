"""The bytes of a request, as they come: constant memory, and never taken for whole when they are not."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http.request import HttpRequest, UnreadablePostError
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from foundation.errors import InvalidInput, TooLarge

PIECE: Final = 1024 * 1024


class LengthRequired(APIException):
    """Neither Content-Length nor a chunked body that the server delimits (RFC 9110)."""

    status_code = 411
    default_code = "length_required"
    default_detail = gettext_lazy("Send Content-Length, so that a broken upload can be told from a whole one.")


def filename_of(request: Request) -> str:
    """The name in `Content-Disposition` (filename or filename*, RFC 6266), else in `?filename=`; else InvalidInput."""
    header = request.headers.get("Content-Disposition", "")
    try:
        _kind, parameters = parse_header_parameters(header)
    except (ValueError, LookupError, UnicodeError):
        parameters = {}
    name: Any = parameters.get("filename") or request.query_params.get("filename")
    if not name:
        raise InvalidInput.of(
            "/filename",
            _("Name the file: Content-Disposition: attachment; filename*=UTF-8''flights.csv, or ?filename=flights.csv"),
        )
    return str(name)


def sha256_of(request: Request) -> str | None:
    """The SHA-256 in hex that `Content-Digest` or `Repr-Digest` gives (RFC 9530); None where neither does.

    The body has no content coding, so that both speak of its bytes. InvalidInput for a malformed one, and for two that
    differ.
    """
    content, representation = (digest_in(request, name) for name in ("Content-Digest", "Repr-Digest"))
    if content and representation and content != representation:
        raise InvalidInput.of("/repr-digest", _("Content-Digest and Repr-Digest contradict each other."))
    return content or representation


def digest_in(request: Request, name: str) -> str | None:
    """The SHA-256 in hex that the header `name` gives as a structured field (RFC 9530); else as `sha256_of`."""
    header = request.headers.get(name, "")
    if not re.search(r"(?:^|,)\s*sha-256\s*=", header):
        return None
    found = re.search(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]*={0,2}):\s*(?:,|$)", header)
    try:
        digest = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        digest = b""
    if len(digest) != 32:
        raise InvalidInput.of(
            f"/{name.lower()}", _("Give the digest as sha-256=:…: with the 32 bytes in base64 (RFC 9530).")
        )
    return digest.hex()


def pieces(request: Request, *, limit: int, form: bool = False) -> Iterator[bytes]:
    """The body in pieces of at most 1 MiB, once.

    Refused before the first byte: what cannot be taken as raw bytes, forms among it unless `form`, and TooLarge where
    the announced length exceeds `limit`; a chunked body, of which none is announced, once it does. InvalidInput when
    the connection ends too early: a part is never taken for the whole.
    """
    raw: HttpRequest = request._request
    _require_raw(request, form=form)
    length = _announced(raw)
    if length is not None and length > limit:
        raise TooLarge(limit=limit)
    return _read(raw.META["wsgi.input"] if length is None else raw, length, limit)


def digested(pieces: Iterable[bytes], sha256: str | None) -> Iterator[bytes]:
    """The pieces; InvalidInput at /content-digest after the last where they have not this SHA-256 in hex."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
        yield piece
    if sha256 is not None and found.hexdigest() != sha256:
        raise InvalidInput.of(
            "/content-digest",
            _("The bytes that arrived have another SHA-256 (%(found)s): send the file again."),
            found=found.hexdigest(),
        )


def _require_raw(request: Request, *, form: bool) -> None:
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise InvalidInput.of("/content-encoding", _("Send the file's own bytes, without a content coding."))
    if not form and request.content_type.lower().startswith("multipart/"):
        raise InvalidInput.of("/content-type", _("Send the file's own bytes as the body, not a multipart form."))


def _announced(raw: HttpRequest) -> int | None:
    """The length by Content-Length; None for a chunked body whose end the server finds."""
    if "chunked" in raw.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        if raw.META.get("wsgi.input_terminated"):
            return None
        raise LengthRequired
    text = str(raw.META.get("CONTENT_LENGTH") or "")
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise LengthRequired
    return int(text)


def _read(stream: Any, length: int | None, limit: int) -> Iterator[bytes]:
    taken = 0
    while True:
        try:
            piece = stream.read(PIECE)
        except (UnreadablePostError, OSError) as error:
            raise _incomplete() from error
        if not piece:
            break
        taken += len(piece)
        if taken > limit:
            raise TooLarge(limit=limit)
        yield piece
    if length is not None and taken != length:
        raise _incomplete()


def _incomplete() -> InvalidInput:
    return InvalidInput.of("/", _("The connection ended before all bytes had arrived: send the file again."))
