"""The OpenAPI document: problems are documented once, for every operation."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

ERRORS = {
    "401": "Nobody known is asking.",
    "403": "You see the object and may not do this.",
    "404": "There is no such object, or you may not know of it.",
    "409": "Not possible in the present state.",
    "422": "Some fields are not valid.",
}


class ProblemField(serializers.Serializer[Any]):
    """One wrong field."""

    pointer = serializers.CharField(help_text="JSON pointer into the request body (RFC 6901).")
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    rule = serializers.CharField(required=False, help_text="The rule that refuses.")
    errors = ProblemField(many=True, required=False)  # type: ignore[assignment]


class ExchangeSchema(AutoSchema):
    """drf-spectacular's schema with the problem responses added to every operation."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for code, description in ERRORS.items():
            if code not in bodies:
                answer = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    Problem, code, media_types=["application/problem+json"]
                )
                bodies[code] = {**answer, "description": description}
        return bodies
