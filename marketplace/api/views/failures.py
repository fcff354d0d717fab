"""What is answered where no view could: problem documents below /api/v1/, Django's own pages elsewhere."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views import defaults

from foundation.errors import DomainError, NotFound
from marketplace.api.problem_types import BY_CODE
from marketplace.api.problems import TYPE_BASE, ProblemRenderer, body_of

API = "/api/v1/"


def _answer(body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, status=body["status"], content_type=ProblemRenderer.media_type)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """An address that is none, or an identifier that is no number."""
    return _answer(body_of(NotFound())) if request.path.startswith(API) else defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """What Django refuses as suspicious before a view sees it."""
    return _answer(body_of(DomainError())) if request.path.startswith(API) else defaults.bad_request(request, exception)


def failed(request: HttpRequest) -> HttpResponseBase:
    """A defect: the log has it, the answer tells nothing of it."""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    known = BY_CODE["error"]
    title, detail = gettext(known.title), gettext(known.meaning)
    return _answer({"type": f"{TYPE_BASE}{known.code}", "title": title, "status": known.status, "detail": detail})
