"""Conditional requests (RFC 9110 §13): an edit says which revision it starts from."""

import re

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


class PreconditionRequired(APIException):
    """The edit does not say which revision it starts from (RFC 6585)."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = _("Send If-Match with the ETag that you read, so that nobody's change is lost.")


def with_etag(response: Response, revision: int) -> Response:
    """The response, with the revision as its strong entity tag."""
    response["ETag"] = f'"{revision}"'
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
