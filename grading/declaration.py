"""What an owner declares about a file: checked when it comes in, handed to the engine as plain values.

Names follow DCAT (title, description, licence, temporal, accrualPeriodicity as `update_frequency`); dates are ISO 8601.
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput

LONGEST_TEXT: Final = 20_000
LONGEST_CODE: Final = 300
MOST_ITEMS: Final = 4096
FILENAME_LENGTH: Final = 255
#: Control and format characters (bidirectional overrides among them), surrogates, line and paragraph separators.
REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe_filename(filename: str) -> str:
    """The last part of a path, without what could deceive a reader or a terminal. InvalidInput at /filename."""
    name = unicodedata.normalize("NFC", filename.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    if name in {"", ".", ".."}:
        raise InvalidInput.of("/filename", _("Name the file."))
    if any(unicodedata.category(character) in REFUSED_CATEGORIES for character in name):
        raise InvalidInput.of("/filename", _("The file name holds control characters: rename the file."))
    if len(name) > FILENAME_LENGTH:
        raise InvalidInput.of(
            "/filename", _("The file name has more than %(limit)s characters: rename the file."), limit=FILENAME_LENGTH
        )
    return name


def _text(value: Any, limit: int = LONGEST_TEXT) -> str:
    if not isinstance(value, str) or len(value) > limit or "\x00" in value:
        raise ValueError
    return value.strip()


def _code(value: Any) -> str:
    return _text(value, LONGEST_CODE)


def _day(value: Any) -> str:
    return value.isoformat() if type(value) is date else date.fromisoformat(_code(value)).isoformat()


def _words(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
        raise ValueError
    return [_code(item) for item in value]


def _columns(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MOST_ITEMS:
        raise ValueError
    return {_code(name): _text(said) for name, said in value.items()}


_TEXT = _("Give a text of at most %(text)s characters.")
_CODE = _("Give a text of at most %(code)s characters.")
_DAY = _("Give a date as YYYY-MM-DD.")

FIELDS: Final[Mapping[str, tuple[Callable[[Any], Any], str]]] = {
    "title": (_text, _TEXT),
    "description": (_text, _TEXT),
    "licence": (_code, _CODE),
    "sector": (_code, _CODE),
    "origin": (_code, _CODE),
    "region": (_code, _CODE),
    "update_frequency": (_code, _CODE),
    "modified_on": (_day, _DAY),
    "temporal_start": (_day, _DAY),
    "temporal_end": (_day, _DAY),
    "keywords": (_words, _("Give a list of words.")),
    "columns": (_columns, _("Give an object of column names with a type or a description each.")),
}
"""Everything that can be declared: how it is read, and the remedy where it cannot be."""


def checked_declaration(declared: Mapping[str, Any]) -> dict[str, Any]:
    """The declaration as JSON values; what is None or empty is left out. InvalidInput below /declared."""
    kept: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in declared.items():
        if name not in FIELDS:
            errors.append(
                FieldError(
                    f"/declared/{name}", _("Not known here. Known are: %(known)s."), {"known": ", ".join(FIELDS)}
                )
            )
            continue
        if value is None or value == "":
            continue
        read, remedy = FIELDS[name]
        try:
            if found := read(value):
                kept[name] = found
        except (ValueError, TypeError):
            params = {"text": LONGEST_TEXT, "code": LONGEST_CODE}
            errors.append(FieldError(f"/declared/{name}", remedy, params))
    start, end = kept.get("temporal_start"), kept.get("temporal_end")
    if start and end and end < start:
        errors.append(FieldError("/declared/temporal_end", _("The period ends before it starts.")))
    if errors:
        raise InvalidInput(errors)
    return kept
