"""Query parameters: what an operation documents is what it accepts; anything else is refused by name.

The table is read from the `extend_schema` annotation of the view's method, so that document and behaviour are one.
"""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from foundation.errors import FieldError, InvalidInput, step

Check = Callable[[str, str], FieldError | None]
"""From the parameter's pointer and its value to what is wrong with it."""

LONGEST: Final = 500
FURTHEST: Final = datetime.timedelta(hours=15)
"""No place's clock is further from UTC than 14 hours, and PostgreSQL takes none from 16 on."""
NUMBERS: Final = (int, OpenApiTypes.INT, OpenApiTypes.INT64)


def require_documented(view: Any, method: str, given: QueryDict) -> None:
    """InvalidInput for parameters that the operation does not document, that come twice or say what they cannot."""
    documented = _documented(type(view), "get" if method == "HEAD" else method.lower())
    known = documented.checks
    errors = [
        FieldError(f"/{name}", _("This parameter is needed.")) for name in documented.required if name not in given
    ]
    for name, values in given.lists():
        check, pointer = known.get(name), f"/{step(name)}"
        if check is None:
            message = _("There is no such parameter here. Known: %(known)s.")
            errors.append(FieldError(pointer, message, {"known": ", ".join(sorted(known)) or "-"}))
        elif len(values) > 1:
            errors.append(FieldError(pointer, _("Give this parameter once.")))
        elif error := check(pointer, values[0]):
            errors.append(error)
    if errors:
        raise InvalidInput(errors)


def ordering(*columns: str) -> OpenApiParameter:
    """The parameter that chooses the order of a list: the first column is the default."""
    return OpenApiParameter("ordering", str, enum=list(columns), description=f"Default: `{columns[0]}`.")


_known: Final[dict[tuple[type[Any], str], "_Documented"]] = {}


@dataclass(frozen=True, slots=True)
class _Documented:
    """Name → check for the query parameters of one operation, and the names of those that it needs."""

    checks: Mapping[str, Check]
    required: tuple[str, ...]


def _documented(view_class: type[Any], method: str) -> _Documented:
    """What the annotation of this method documents; read once a process."""
    found = _known.get((view_class, method))
    if found is None:
        found = _known[view_class, method] = _read(view_class, method)
    return found


def _read(view_class: type[Any], method: str) -> _Documented:
    schema_class = getattr(getattr(view_class, method, None), "kwargs", {}).get("schema")
    if schema_class is None:
        return _Documented({}, ())
    schema = schema_class()
    schema.view, schema.method = view_class(request=None, kwargs={}), method.upper()
    found: dict[str, Check] = {}
    required = []
    for parameter in schema.get_override_parameters():
        if isinstance(parameter, OpenApiParameter):
            if parameter.location == OpenApiParameter.QUERY:
                found[parameter.name] = _check_of(parameter)
                if parameter.required:
                    required.append(parameter.name)
        else:  # a serializer, which the view reads itself
            serializer: serializers.Serializer[Any] = parameter() if isinstance(parameter, type) else parameter
            found |= dict.fromkeys(serializer.fields, _anything)
    return _Documented(found, tuple(required))


def _check_of(parameter: OpenApiParameter) -> Check:
    kind = parameter.type
    if parameter.enum:
        return _one_of([str(value) for value in parameter.enum])
    if kind in NUMBERS:
        return _number(0, 2**63 - 1)
    if isinstance(kind, dict) and kind.get("type") == "integer":
        return _number(int(kind["minimum"]), int(kind["maximum"]))
    if isinstance(kind, dict) and kind.get("type") == "number":
        return _share(float(kind["minimum"]), float(kind["maximum"]))
    if kind in (datetime.datetime, OpenApiTypes.DATETIME):
        return _instant
    return _text


def _anything(_pointer: str, _value: str) -> None:
    return None


def _text(pointer: str, value: str) -> FieldError | None:
    if "\x00" in value:
        return FieldError(pointer, _("Remove the NUL characters."))
    if len(value) > LONGEST:
        return FieldError(pointer, _("Use at most %(limit)s characters."), {"limit": LONGEST})
    return None


def _one_of(known: Sequence[str]) -> Check:
    def check(pointer: str, value: str) -> FieldError | None:
        if value in known:
            return None
        return FieldError(pointer, _("Choose one of: %(known)s."), {"known": ", ".join(known)})

    return check


def _number(least: int, most: int) -> Check:
    def check(pointer: str, value: str) -> FieldError | None:
        if value.isascii() and value.isdecimal() and len(value) <= 19 and least <= int(value) <= most:
            return None
        return FieldError(pointer, _("Give a whole number from %(least)s to %(most)s."), {"least": least, "most": most})

    return check


def _share(least: float, most: float) -> Check:
    def check(pointer: str, value: str) -> FieldError | None:
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value, re.ASCII) and least <= float(value) <= most:
            return None
        return FieldError(pointer, _("Give a number from %(least)s to %(most)s."), {"least": least, "most": most})

    return check


def _instant(pointer: str, value: str) -> FieldError | None:
    try:
        found = parse_datetime(value)
        offset = None if found is None else found.utcoffset()
        if found is not None and offset is not None and abs(offset) <= FURTHEST:
            found.astimezone(datetime.UTC)
            return None
    except (ValueError, OverflowError):
        pass
    return FieldError(pointer, _("Give an instant with its offset, e.g. 2026-01-31T08:00:00+08:00 (RFC 3339)."))
