"""What every view shares: the actor, one page of a list, one action."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.actors import Actor
from foundation.errors import Forbidden, InvalidInput, Unauthenticated
from marketplace.api.authentication import actor_of
from marketplace.api.pagination import NewestFirst
from marketplace.api.scopes import area_of


class View(APIView):
    """A view that knows its actor; with `public = False` nobody unknown gets in.

    `scope` is the area that a key must reach: that of the view's module unless the view names its own.
    """

    public = False
    scope: str
    request: Request

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "scope" not in vars(cls):
            cls.scope = area_of(cls.__module__)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse the unknown before anything is read."""
        super().initial(request, *args, **kwargs)
        if not self.public and self.actor.kind == "anonymous":
            raise Unauthenticated
        writing = request.method not in SAFE_METHODS
        if not self.actor.reaches(self.scope, writing=writing):
            raise Forbidden(
                _("Your API key does not reach this: it needs the scope '%(scope)s'."),
                rule="participants.key_scope",
                scope=f"{self.scope}:{'write' if writing else 'read'}",
            )

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

    def page(
        self,
        rows: QuerySet[Any],
        serializer: type[serializers.Serializer[Any]],
        pagination: type[NewestFirst] = NewestFirst,
    ) -> Response:
        """One page of `rows`."""
        paginator = pagination()
        found = paginator.paginate_queryset(rows, self.request, view=self)
        return paginator.get_paginated_response(serializer(found, many=True, context={"actor": self.actor}).data)

    def answer(self, row: Any, serializer: type[serializers.Serializer[Any]], status: int = 200) -> Response:
        """One object."""
        return Response(serializer(row, context={"actor": self.actor}).data, status=status)
