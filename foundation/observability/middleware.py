"""One record a request, and the id by which all records of a request are found."""

import time
from typing import TYPE_CHECKING, Final

import structlog
from django.http import HttpRequest, HttpResponseBase
from django_structlog.middlewares import RequestMiddleware

from foundation.observability.logs import without_secrets

HEADER: Final = "X-Request-ID"

if TYPE_CHECKING:

    class _Requests:
        def prepare(self, request: HttpRequest) -> None: ...
        def handle_response(self, request: HttpRequest, response: HttpResponseBase) -> None: ...
else:
    _Requests = RequestMiddleware


class RequestLog(_Requests):
    """Binds a request's id to everything logged on its way and answers with it.

    The query string is left out: it may hold what a person searched for.
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path, without tokens."""
        return f"{request.method} {without_secrets(request.path)}"

    def prepare(self, request: HttpRequest) -> None:
        """Begin the record."""
        request.META["exchange.began"] = time.monotonic()
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """End the record; the answer carries the id. Milliseconds are up to the first byte of a streamed answer."""
        response[HEADER] = structlog.contextvars.get_contextvars().get("request_id", "")
        spent = time.monotonic() - request.META["exchange.began"]
        structlog.contextvars.bind_contextvars(duration_ms=round(1000 * spent, 1))
        super().handle_response(request, response)
