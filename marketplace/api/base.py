"""What every view shares: the actor, its limits and language, documented parameters, one page of a list, one action."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.actors import Actor
from foundation.errors import Forbidden, InvalidInput, Unauthenticated
from foundation.participants.addresses import client_address, network_of
from marketplace.api import throttles
from marketplace.api.authentication import actor_of
from marketplace.api.language import speak_for
from marketplace.api.pagination import NewestFirst
from marketplace.api.parameters import require_documented
from marketplace.api.scopes import area_of

PERIOD_DAYS: Final = 90
PERIOD: Final = (
    OpenApiParameter("since", OpenApiTypes.DATETIME, description=f"{PERIOD_DAYS} days before `until` without it."),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="Now without it."),
)
"""The parameters of figures: what `View.asked_period` reads."""


class View(APIView):
    """A view that knows its actor; nobody unknown gets in but by `public`, or by `public_reads` to read.

    `scope` is the area that a key must reach: that of the view's module unless the view names its own.
    `limits` names further limits of settings.THROTTLES by method, beside the one of the key or address.
    `also_refuses` names statuses that the schema cannot know of.
    `pagination_class` is how a list is paged; None for lists that are given out whole.
    """

    public: ClassVar[bool] = False
    public_reads: ClassVar[bool] = False
    also_refuses: ClassVar[tuple[int, ...]] = ()
    scope: str
    limits: ClassVar[Mapping[str, str]] = {}
    pagination_class: ClassVar[type[NewestFirst] | None] = NewestFirst
    request: Request
    _readings: tuple[throttles.Reading, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "scope" not in vars(cls):
            cls.scope = area_of(cls.__module__)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse the unknown, and parameters that are not documented, before anything is read."""
        super().initial(request, *args, **kwargs)
        speak_for(request._request, request.user, request.successful_authenticator)
        if self.actor.kind == "anonymous" and not self.is_open(str(request.method)):
            raise Unauthenticated
        writing = request.method not in SAFE_METHODS
        scope = self.area()
        if not self.actor.reaches(scope, writing=writing):
            raise Forbidden(
                _("Your API key does not reach this: it needs the scope '%(scope)s'."),
                rule="participants.key_scope",
                scope=f"{scope}:{'write' if writing else 'read'}",
            )
        require_documented(self, str(request.method), request.query_params)

    def area(self) -> str:
        """The area that a key must reach for this request."""
        return self.scope

    @classmethod
    def is_open(cls, method: str) -> bool:
        """Whether anybody may send this method."""
        return cls.public or (cls.public_reads and method in SAFE_METHODS)

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks; false keys count against the limit of the address they come from."""
        try:
            super().perform_authentication(request)
        except AuthenticationFailed:
            throttles.count([("address", network_of(client_address(request._request)))])
            raise

    def check_throttles(self, request: Request) -> None:
        """Count the request; Throttled when its key, session or address has sent too many."""
        address = network_of(client_address(request._request))
        known = self.actor.user_id
        wanted = [("address", address) if known is None else ("key", str(known))]
        if special := self.limits.get(str(request.method)):
            wanted.append((special, address if known is None else str(known)))
        self._readings = tuple(throttles.count(wanted))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer, with how its limits stand."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if self._readings:
            final["RateLimit-Policy"] = ", ".join(reading.policy for reading in self._readings)
            final["RateLimit"] = ", ".join(reading.state for reading in self._readings)
        return final

    @property
    def actor(self) -> Actor:
        """Who is asking."""
        return actor_of(self.request)

    def read(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The request body, validated by `serializer`."""
        incoming = serializer(data=self.request.data)
        incoming.is_valid(raise_exception=True)
        data: dict[str, Any] = incoming.validated_data
        return data

    def asked(self, name: str) -> str:
        """The query parameter `name`, empty where there is none. InvalidInput for NUL, which no stored text holds."""
        value = self.request.query_params.get(name, "")
        if "\x00" in value:
            raise InvalidInput.of(f"/{name}", _("Remove the NUL characters."))
        return value

    def asked_number(self, name: str) -> int | None:
        """The query parameter `name` as an identifier, None where there is none. InvalidInput for what is no number."""
        value = self.asked(name)
        if value and not (value.isascii() and value.isdecimal() and len(value) <= 19):
            raise InvalidInput.of(f"/{name}", _("Give the number of the object, digits only."))
        return int(value) if value else None

    def asked_period(self) -> tuple[datetime, datetime]:
        """The documented parameters of PERIOD: since, until."""
        until = parse_datetime(self.asked("until")) or timezone.now()
        return parse_datetime(self.asked("since")) or until - timedelta(days=PERIOD_DAYS), until

    def narrowed(self, rows: QuerySet[Any], **fields: str) -> QuerySet[Any]:
        """The rows of which the documented parameters say so: parameter → lookup, e.g. `state="state"`."""
        wanted = {lookup: value for name, lookup in fields.items() if (value := self.asked(name))}
        return rows.filter(**wanted) if wanted else rows

    def page(self, rows: QuerySet[Any], serializer: type[serializers.Serializer[Any]]) -> Response:
        """One page of `rows`."""
        paginator = (self.pagination_class or NewestFirst)()
        found = paginator.paginate_queryset(rows, self.request, view=self)
        return paginator.get_paginated_response(serializer(found, many=True, context={"actor": self.actor}).data)

    def answer(self, row: Any, serializer: type[serializers.Serializer[Any]], status: int = 200) -> Response:
        """One object."""
        return Response(serializer(row, context={"actor": self.actor}).data, status=status)


class ReadByAll(View):
    """Everybody may read here what is public; whoever changes something must be known."""

    public_reads = True
