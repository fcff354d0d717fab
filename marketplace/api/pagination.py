"""Pages of lists: by cursor, so that new rows never shift a page."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from marketplace.api.parameters import ordering


class NewestFirst(CursorPagination):
    """`?cursor=…&page_size=…&ordering=…`: newest first unless `ordering=id` asks for the oldest."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    orderings: Sequence[str] = ("-id", "id")

    def parameters(self) -> list[OpenApiParameter]:
        """What every list of such pages accepts."""
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        found = [
            OpenApiParameter("cursor", str, description="A page's place, from `next` or `previous` of another page."),
            OpenApiParameter("page_size", size, description="Rows a page."),
        ]
        return [*found, ordering(*self.orderings)] if self.orderings else found

    def get_schema_operation_parameters(self, view: Any) -> list[Any]:
        """None here: the schema takes them from `parameters`."""
        return []

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """The asked order, which `parameters` has checked, else the default."""
        asked = request.query_params.get("ordering")
        if asked and asked in self.orderings:
            return (asked,)
        return (self.ordering,) if isinstance(self.ordering, str) else tuple(self.ordering)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place that `?cursor=` names; NotFound for one that no page gave out: places are whole numbers here."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not re.fullmatch("[0-9]{1,19}", str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor
