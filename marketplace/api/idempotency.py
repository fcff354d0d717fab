"""`Idempotency-Key` on creations: a request that is sent again is answered again, not carried out again."""

import functools
import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import InvalidInput
from foundation.idempotency import services
from foundation.idempotency.answers import Answer
from marketplace.api.authentication import actor_of

HEADER: Final = "Idempotency-Key"
KEPT_HEADERS: Final = ("ETag", "Location")
IDEMPOTENCY_KEY: Final = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 16, "maxLength": 255},
    OpenApiParameter.HEADER,
    description=(
        "A new key of 16 to 255 visible characters for each thing you create, e.g. a UUID. The same request with the "
        "same key is answered as the first time, with `Idempotency-Replayed: true`, for 24 hours."
    ),
)

Handler = Callable[..., Response]


def creates(handler: Handler) -> Callable[..., HttpResponseBase]:
    """Make a view's method carry out a request with a key once. The whole body is read: not for files."""

    @functools.wraps(handler)
    def once(view: Any, request: Request, **names: Any) -> HttpResponseBase:
        key = key_of(request)
        if key is None:
            return handler(view, request, **names)
        answer = services.perform_once(
            actor=actor_of(request),
            key=key,
            fingerprint=_fingerprint(request),
            act=lambda: _as_answer(handler(view, request, **names)),
        )
        response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
        for name, value in answer.headers.items():
            response[name] = value
        if answer.replayed:
            response["Idempotency-Replayed"] = "true"
        return response

    once.takes_idempotency_key = True  # type: ignore[attr-defined]
    return once


def key_of(request: Request) -> str | None:
    """The key, bare or as the string of RFC 9651 that the draft asks for; None without one, InvalidInput for others."""
    header = request.headers.get(HEADER)
    if header is None:
        return None
    found = re.fullmatch(r'"([\x21\x23-\x5b\x5d-\x7e]{16,255})"|([\x21\x23-\x5b\x5d-\x7e]{16,255})', header.strip())
    if found is None:
        raise InvalidInput.of("/idempotency-key", _("Give 16 to 255 visible ASCII characters, such as a UUID."))
    return str(found[1] or found[2])


def _fingerprint(request: Request) -> str:
    """What makes it another request: method, address, query and body, byte by byte."""
    digest = hashlib.sha256()
    for part in (str(request.method).encode(), request.get_full_path().encode(), request._request.body):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def _as_answer(response: Response) -> Answer:
    kept = {name: response[name] for name in KEPT_HEADERS if name in response}
    return Answer(response.status_code, JSONRenderer().render(response.data), kept)
