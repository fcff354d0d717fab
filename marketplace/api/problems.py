"""Errors as `application/problem+json` (RFC 9457): one table from domain errors to HTTP."""

import logging
import math
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from foundation import wording
from foundation.audit.errors import LogDamaged
from foundation.errors import (
    Conflict,
    DomainError,
    FieldError,
    Forbidden,
    Gone,
    IllegalTransition,
    InvalidInput,
    NotFound,
    StaleVersion,
    TooLarge,
    Unauthenticated,
    Unavailable,
    step,
)
from foundation.idempotency.errors import KeyReused
from foundation.uploads.errors import ChecksumMismatch
from foundation.vault.errors import Tampered
from marketplace.api.problem_types import BY_CODE

STATUS: dict[type[DomainError], int] = {
    NotFound: status.HTTP_404_NOT_FOUND,
    Forbidden: status.HTTP_403_FORBIDDEN,
    Unauthenticated: status.HTTP_401_UNAUTHORIZED,
    IllegalTransition: status.HTTP_409_CONFLICT,
    Conflict: status.HTTP_409_CONFLICT,
    StaleVersion: status.HTTP_412_PRECONDITION_FAILED,
    InvalidInput: status.HTTP_422_UNPROCESSABLE_ENTITY,
    KeyReused: status.HTTP_422_UNPROCESSABLE_ENTITY,
    TooLarge: status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    Gone: status.HTTP_410_GONE,
    Unavailable: status.HTTP_503_SERVICE_UNAVAILABLE,
    Tampered: status.HTTP_500_INTERNAL_SERVER_ERROR,
    LogDamaged: status.HTTP_500_INTERNAL_SERVER_ERROR,
    ChecksumMismatch: 460,  # of the tus protocol
}
TYPE_BASE = "/api/problems/"
DATABASE_AWAY: Final = (OperationalError, InterfaceError)
"""No connection, or the victim of a deadlock: the same request may succeed later."""

log = logging.getLogger(__name__)


class ProblemRenderer(JSONRenderer):
    """JSON under the problem media type."""

    media_type = "application/problem+json"


def _status_of(error: DomainError) -> int:
    for cls in type(error).__mro__:
        if cls in STATUS:
            return STATUS[cls]
    return status.HTTP_400_BAD_REQUEST


def body_of(error: DomainError) -> dict[str, Any]:
    """The problem document of a domain error, in the reader's language."""
    detail = wording.detail(error)
    body: dict[str, Any] = {
        "type": f"{TYPE_BASE}{error.code}",
        "title": gettext(error.title) if "%(" not in error.title else detail,
        "status": _status_of(error),
        "detail": detail,
    }
    if isinstance(error, InvalidInput):
        body["errors"] = [{"pointer": f.pointer, "detail": wording.said(f.message, f.params)} for f in error.fields]
    if isinstance(error, Forbidden) and error.rule:
        body["rule"] = error.rule
    return {**error.members, **body}


def _fields(detail: Any, pointer: str = "") -> list[FieldError]:
    """DRF's nested validation detail as JSON pointers."""
    if isinstance(detail, dict):
        return [f for key, value in detail.items() for f in _fields(value, _child(pointer, str(key)))]
    if isinstance(detail, list):
        if all(isinstance(item, str) for item in detail):
            return [FieldError(pointer or "/", str(item)) for item in detail]
        return [f for place, value in enumerate(detail) for f in _fields(value, f"{pointer}/{place}")]
    return [FieldError(pointer or "/", str(detail))]


def _child(pointer: str, key: str) -> str:
    return pointer if key == "non_field_errors" else f"{pointer}/{step(key)}"


def _translated(error: Exception) -> DomainError | None:
    """The domain error that a framework error stands for; None where its own status serves."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, exceptions.ValidationError):
        return InvalidInput(_fields(error.detail))
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return Unauthenticated()
    if isinstance(error, RequestDataTooBig):
        return TooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(error, DATABASE_AWAY):
        log.error("the database failed a request", exc_info=error)
        return Unavailable()
    return None


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None (a 500 of Django) for what is nobody's input's fault."""
    known = _translated(error)
    if known is not None:
        response = problem(body_of(known))
        if (
            response.status_code == status.HTTP_500_INTERNAL_SERVER_ERROR
        ):  # nobody's input's fault: the operator's to mend
            log.error("%s", known, exc_info=error)
        if isinstance(known, Unauthenticated):
            response["WWW-Authenticate"] = "Bearer"
    elif isinstance(error, exceptions.APIException):
        code = error.default_code
        response = problem(
            {
                "type": f"{TYPE_BASE}{code}",
                "title": gettext(BY_CODE[code].title) if code in BY_CODE else str(error.default_detail),
                "status": error.status_code,
                "detail": str(error.detail),
            }
        )
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(math.ceil(wait))
    else:
        return None
    set_rollback()
    return response


class ProblemResponse(Response):
    """A problem document, whatever the client accepts and whichever renderers the view has."""

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override]
        """JSON."""
        self.content_type = self["Content-Type"] = ProblemRenderer.media_type
        return bytes(ProblemRenderer().render(self.data))


def problem(body: dict[str, Any]) -> Response:
    """The response that says so."""
    return ProblemResponse(body, status=body["status"], content_type=ProblemRenderer.media_type)
