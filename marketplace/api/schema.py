"""The OpenAPI document: problems, pages and keys of repeated requests are documented once, for every operation."""

import inspect
from typing import Any, Final, Literal

from django.db import models
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from marketplace.api.examples import examples_of
from marketplace.api.idempotency import IDEMPOTENCY_KEY
from marketplace.api.preconditions import IF_MATCH

ERRORS: Final = {
    400: "The body cannot be read.",
    401: "Nobody known is asking.",
    403: "You see the object and may not do this.",
    404: "There is no such object, or you may not know of it.",
    406: "No such form to answer in.",
    409: "Not possible in the present state, or contradicts what is there.",
    410: "No longer available.",
    411: "The upload's length is not known.",
    412: "The object has changed since you read it; of uploads, another version of the protocol.",
    413: "Larger than the exchange accepts.",
    415: "The body has another form than is read here.",
    422: "Some fields or parameters are not valid.",
    428: "The request must say in If-Match what it starts from.",
    429: "Too many requests; `Retry-After` says when to come back.",
    460: "The bytes are not those of the checksum that came with them (tus).",
    503: "A part of the service is not available; try again later.",
}
DESCRIPTION: Final = """\
Listings, grades, demands, authorization and delivery of data elements.

**Who asks.** `Authorization: Bearer dx_…` with a key of your organisation, or a signed-in session with its CSRF token.
**Errors** are `application/problem+json` (RFC 9457); `type` leads to a page that says, in English and Chinese, what it
means and what to do; `errors` points at wrong fields and parameters. Parameters that an operation does not document
are refused. **Languages.** `Accept-Language` (`en`, `zh-Hans`) or the setting of your account at `/me`.
**Lists** are paged by cursor: follow `next`; new rows never shift a page. **Edits** carry the `ETag` that you read in
`If-Match`: 412 when somebody else was faster, 428 without it. **Creations** take an `Idempotency-Key`: sent again
within 24 hours, the same request is answered as the first time and nothing is made twice. **Limits** are said in
`RateLimit-Policy` and `RateLimit`; above them, 429 with `Retry-After`.
"""
PROBLEM: Final = "application/problem+json"
CHANGES: Final = ("POST", "PUT", "PATCH", "DELETE")


class ProblemField(serializers.Serializer[Any]):
    """One wrong field."""

    pointer = serializers.CharField(help_text="JSON pointer (RFC 6901) into the request, or the parameter's name.")
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField(help_text="Address of a page that explains this kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="In the language that `Accept-Language` or your own setting asks for.")
    rule = serializers.CharField(required=False, help_text="The rule that refuses.")
    errors = ProblemField(many=True, required=False)  # type: ignore[assignment]


def _column_of(field: serializers.Field[Any, Any, Any, Any]) -> models.Field[Any, Any] | None:
    """The model's column that a field of a ModelSerializer shows; None for others."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    names = {column.name: column for column in model._meta.concrete_fields} if model else {}
    return names.get(str(field.source))


class ExchangeSchema(AutoSchema):
    """drf-spectacular's schema with what all operations of the exchange have in common."""

    def get_summary(self) -> str | None:
        """The first sentence of the method's docstring."""
        return self._said()[0].rstrip(".") or None

    def get_description(self) -> str:  # type: ignore[override]
        """What follows the first sentence."""
        return "\n".join(self._said()[1:]).strip()

    def _said(self) -> list[str]:
        handler = getattr(self.view, self.method.lower(), None)
        return (inspect.getdoc(handler) or "").splitlines() or [""]

    def get_operation_id(self) -> str:
        """`versions_publish` for an action; else what drf-spectacular makes of path and method."""
        parts = [part.replace("-", "_") for part in self._tokenize_path()]
        if "actions" in parts:
            return "_".join(part for part in parts if part != "actions")
        return str(super().get_operation_id())

    def get_examples(self) -> list[OpenApiExample]:
        """The operation's part of the recorded journey."""
        return examples_of(self.get_operation_id())

    def get_override_parameters(self) -> list[Any]:
        """Parameters of pages, and the key of creations; annotations of the view's method add theirs."""
        found: list[Any] = list(super().get_override_parameters())
        if self._pages() is not None:
            found += self._pages().parameters()
        if getattr(getattr(self.view, self.method.lower(), None), "takes_idempotency_key", False):
            found.append(IDEMPOTENCY_KEY)
        return found

    def _pages(self) -> Any:
        """The paginator of a paged list, else None."""
        listing = self.method == "GET" and self._is_list_view()
        return self._get_paginator() if listing else None  # type: ignore[no-untyped-call]

    def get_auth(self) -> list[Any]:
        """Key or session; none is needed where everybody may."""
        found: list[Any] = list(super().get_auth() or [])
        is_open = getattr(self.view, "is_open", None)
        return [*found, {}] if found and is_open is not None and is_open(self.method) else found

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> Any:
        """As drf-spectacular has it, but a column that may be empty is described so where it is only read, too."""
        column = _column_of(field)
        may_be_empty = field.read_only and column is not None and column.blank and not column.null
        if may_be_empty and isinstance(field, serializers.ChoiceField):
            field.allow_blank = True
        found = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if may_be_empty and isinstance(field, serializers.EmailField):
            found.pop("format", None)
            field.validators = []  # from which the format would come back
        return found

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        self.resolve_serializer(Problem, direction)
        for status in sorted(self._refusals()):
            bodies.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
        return bodies

    def _refusals(self) -> set[int]:
        """The statuses of problems that this operation may answer with."""
        found = {406, 422, 429, 503}
        named = {p.name: p for p in self.get_override_parameters() if isinstance(p, OpenApiParameter)}
        is_open = getattr(self.view, "is_open", None)
        if self.get_auth():
            found.add(401)
        if self.method in CHANGES:
            found |= {403, 404, 409}
        elif not (is_open and is_open(self.method)):
            found.add(403)
        if "{" in self.path or "cursor" in named:
            found.add(404)
        if IF_MATCH.name in named:
            found |= {412, 428} if named[IF_MATCH.name].required else {412}
        return found | set(getattr(self.view, "also_refuses", ())) | self._refusals_of_bodies()

    def _refusals_of_bodies(self) -> set[int]:
        body = self._get_request_body()  # type: ignore[no-untyped-call]
        if body is None:
            return {413} if IDEMPOTENCY_KEY in self.get_override_parameters() else set()
        streamed = "application/json" not in body["content"]
        return {400, 411, 413} if streamed else {400, 413, 415}


def describe_common_parts(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Describe the API as a whole, and the answers that operations only refer to."""
    result["info"]["description"] = DESCRIPTION
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = {f"Problem{status}": {"description": text, "content": content} for status, text in ERRORS.items()}
    waiting = {"schema": {"type": "integer"}, "description": "Seconds."}
    responses["Problem429"] |= {"headers": {"Retry-After": waiting}}
    result["components"]["responses"] = responses
    return result
