"""The Table Schema that comes along with a file."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from foundation.errors import InvalidInput


def schema_in(fields: Mapping[str, str]) -> dict[str, Any] | None:
    """The JSON object under `table_schema`; None without one. What is in it is judged by whoever takes it."""
    if not fields.get("table_schema"):
        return None
    try:
        found = json.loads(fields["table_schema"])
    except (ValueError, RecursionError) as error:
        raise InvalidInput.of("/table_schema", _("Not a JSON object.")) from error
    if not isinstance(found, dict):
        raise InvalidInput.of("/table_schema", _("Not a JSON object."))
    return found
