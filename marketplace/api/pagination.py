"""Pages of lists: by cursor, so that new rows never shift a page."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

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


class PinnedPages(NewestFirst):
    """Pages of a list that stands whole in one row, such as the findings of an assessment.

    The cursor names the row and the place: who pages on reads that row to its end, though a newer one has come.
    """

    orderings = ()
    request: Request
    row: int | None = None
    place = total = 0

    @classmethod
    def asked_by(cls, request: Request) -> "PinnedPages":
        """The page that a request asks for: `row` says of which row, None for the first page of whichever it is."""
        pages = cls()
        pages.request = request
        pages.row, pages.place = pages._decoded(request.query_params.get("cursor", ""))
        return pages

    def cut(self, row: int, items: Sequence[Any]) -> list[Any]:
        """The page of `items`, the list of the row with this number."""
        self.size = self.get_page_size(self.request) or self.page_size
        self.row, self.total = row, len(items)
        return list(items[self.place : self.place + self.size])

    def get_next_link(self) -> str | None:
        """The address of the next page."""
        return self._link(self.place + self.size) if self.place + self.size < self.total else None

    def get_previous_link(self) -> str | None:
        """The address of the page before."""
        return self._link(max(0, self.place - self.size)) if self.place else None

    def _link(self, place: int) -> str:
        cursor = b64encode(f"r={self.row}&o={place}".encode()).decode()
        return str(replace_query_param(self.request.build_absolute_uri(), "cursor", cursor))

    def _decoded(self, cursor: str) -> tuple[int | None, int]:
        """Row and place; NotFound for a cursor that no page gave out."""
        if not cursor:
            return None, 0
        try:
            said = b64decode(cursor.encode(), validate=True).decode()
        except (binascii.Error, ValueError):
            said = ""
        found = re.fullmatch(r"r=([0-9]{1,18})&o=([0-9]{1,9})", said, re.ASCII)
        if found is None:
            raise NotFound(self.invalid_cursor_message)
        return int(found[1]), int(found[2])
