"""JSON bodies that mean one thing only (RFC 8259 as I-JSON, RFC 7493, has it)."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """UTF-8 without repeated names, unpaired surrogates, NaN or infinities; else ParseError, also of endless nesting.

    The body's length is limited by settings.DATA_UPLOAD_MAX_MEMORY_SIZE before anything is read.
    """

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The value that the body states."""
        try:
            text = stream.read().decode()
            value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
            if re.search(r"\\ud", text, re.IGNORECASE):  # perhaps half a pair: neither stored nor shown without harm
                json.dumps(value, ensure_ascii=False).encode()
            return value
        except (ValueError, RecursionError) as error:
            raise ParseError(f"JSON: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # whoever checked the request before us may have looked at the other one
        raise ValueError("a name appears twice in an object")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
