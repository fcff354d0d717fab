"""Pages of lists: by cursor, newest first, so that new rows never shift a page."""

import re

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class NewestFirst(CursorPagination):
    """`?cursor=…&page_size=…` (at most 200)."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place that `?cursor=` names; NotFound for one that no page gave out: places are whole numbers here."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not re.fullmatch("[0-9]{1,19}", str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor
