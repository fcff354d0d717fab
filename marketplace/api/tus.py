"""The tus resumable upload protocol, 1.0.0 (https://tus.io/protocols/resumable-upload): its headers, in and out."""

import base64
import binascii
import re
from typing import Final

from django.conf import settings
from django.utils.http import http_date
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import InvalidInput
from foundation.uploads.arriving import ALGORITHMS, Checksum
from foundation.uploads.models import Upload

VERSION: Final = "1.0.0"
EXTENSIONS: Final = ("creation", "creation-with-upload", "checksum", "expiration", "termination")
MEDIA_TYPE: Final = "application/offset+octet-stream"
LONGEST_METADATA: Final = 4_096


class WrongVersion(APIException):
    """The request speaks no version of the protocol that is spoken here."""

    status_code = 412
    default_code = "tus_version"
    default_detail = gettext_lazy("Send Tus-Resumable: 1.0.0 with every request of a resumable upload.")


def require_version(request: Request) -> None:
    """WrongVersion unless the request names the version spoken here."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise WrongVersion


def capabilities() -> dict[str, str]:
    """What is spoken here: the answer to OPTIONS."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(settings.UPLOAD_LIMIT_BYTES),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def number_in(request: Request, name: str) -> int:
    """The count of bytes that the header `name` gives; InvalidInput for anything else."""
    text = request.headers.get(name, "")
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise InvalidInput.of(f"/{name.lower()}", _("Give a number of bytes."))
    return int(text)


def metadata_in(request: Request) -> dict[str, str]:
    """`Upload-Metadata` as text: pairs of a key and a value in base64, separated by commas. InvalidInput else."""
    header = request.headers.get("Upload-Metadata", "")
    found: dict[str, str] = {}
    if len(header) > LONGEST_METADATA:
        raise InvalidInput.of("/upload-metadata", _("Use at most %(limit)s characters."), limit=LONGEST_METADATA)
    for pair in header.split(",") if header.strip() else ():
        key, _space, value = pair.strip(" ").partition(" ")
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            text = "\x00"
        if not re.fullmatch(r"[!-+\--~]+", key) or key in found or "\x00" in text:
            raise InvalidInput.of(
                "/upload-metadata", _("Give pairs of a key and a value in base64 of UTF-8, each key once.")
            )
        found[key] = text
    return found


def checksum_in(request: Request) -> Checksum | None:
    """`Upload-Checksum`: an algorithm's name and the digest in base64; None where there is none."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _space, encoded = header.strip().partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in ALGORITHMS or not digest:
        raise InvalidInput.of(
            "/upload-checksum",
            _("Give one of the algorithms %(known)s, a space, and the digest in base64."),
            known=", ".join(ALGORITHMS),
        )
    return Checksum(algorithm, digest)


def progress(response: Response, upload: Upload) -> Response:
    """The response, with the headers that tell how far an upload is and how long it is kept."""
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response
