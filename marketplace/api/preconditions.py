"""Conditional requests (RFC 9110 §13): an edit says which revision it starts from, a reader what it has already."""

import hashlib
import re

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import StaleVersion

_TAG = {"type": "string", "pattern": r'^"[0-9]{1,9}"$'}
IF_MATCH = OpenApiParameter(
    "If-Match", _TAG, OpenApiParameter.HEADER, required=True, description='The ETag that you read, e.g. `"3"`.'
)
"""For edits, and for steps that make binding or public what was read."""
MAY_MATCH = OpenApiParameter(
    "If-Match", _TAG, OpenApiParameter.HEADER, description="The ETag that you read, if the step depends on it."
)
"""For steps that must stay possible at once, such as suspending."""
ETAG = OpenApiParameter(
    "ETag", _TAG, OpenApiParameter.HEADER, response=True, description="The revision, for `If-Match`."
)


IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of what you have: 304 while it is the same."
)
CONTENT_ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200], description="Of the content, for `If-None-Match`."
)


class PreconditionRequired(APIException):
    """The edit does not say which revision it starts from (RFC 6585)."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = _("Send If-Match with the ETag that you read, so that nobody's change is lost.")


def with_etag(response: Response, revision: int) -> Response:
    """The response, with the revision as its strong entity tag."""
    response["ETag"] = f'"{revision}"'
    return response


def revalidated(request: Request, response: HttpResponse) -> HttpResponse:
    """A whole answer with an ETag of its bytes, to be kept by who asked and asked for again; 304 while it is the same.

    If-None-Match compares weakly (RFC 9110, section 13.1.2).
    """
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    known = [given.removeprefix("W/") for given in parse_etags(request.headers.get("If-None-Match", ""))]
    if tag in known or known == ["*"]:
        kept = {name: value for name, value in response.items() if name != "Content-Type"}
        response = HttpResponse(status=304, headers=kept)
        del response["Content-Type"]  # the others, its policy among them, replace those that are kept with the answer
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Accept-Language", "Authorization", "Cookie"))
    return response


def asked_revision(request: Request) -> int | None:
    """The revision that `If-Match` names, None without it. StaleVersion for what names none of ours."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        return None
    found = re.fullmatch(r'"([0-9]{1,9})"', header)
    if found is None:  # another server's tag, a weak one, a list, or `*`, which says nothing of what was read
        raise StaleVersion
    return int(found[1])


def expected_revision(request: Request) -> int:
    """The revision that `If-Match` must name here: PreconditionRequired without one."""
    found = asked_revision(request)
    if found is None:
        raise PreconditionRequired
    return found
