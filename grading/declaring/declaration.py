"""What an owner declares about a file: checked when it comes in, handed to the engine as plain values.

Names follow DCAT (title, description, licence, temporal, accrualPeriodicity as `update_frequency`); dates are ISO 8601.
`table_schema` is a Table Schema descriptor (https://datapackage.org/standard/table-schema/), kept as it was given;
`elements`, `derivation` and `graded_elsewhere` are those of `grading.declaring.elements`.
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput
from grading.declaring.elements import (
    LONGEST_CODE,
    LONGEST_NAME,
    checked_derivation,
    checked_elements,
    checked_level_elsewhere,
    coverage_of,
    derivation_of,
    elsewhere_of,
    unknown_names,
)
from grading.engine.levels import DECLARATIONS, Facts
from grading.engine.quality import Metadata
from grading.engine.quality.declared import InvalidSchema, parse_schema
from grading.wording.texts import SCHEMA_PROBLEMS

LONGEST_TEXT: Final = 20_000
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


def _name(value: Any) -> str:
    return _text(value, LONGEST_NAME)


def _code(value: Any) -> str:
    return _text(value, LONGEST_CODE)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError
    return value


def _day(value: Any) -> str:
    return value.isoformat() if type(value) is date else date.fromisoformat(_code(value)).isoformat()


def _words(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
        raise ValueError
    return [_name(item) for item in value]


def _columns(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MOST_ITEMS:
        raise ValueError
    return {_name(name): _text(said) for name, said in value.items()}


def _declarations(value: Any) -> list[str]:
    words = _words(value)
    if not set(words) <= set(DECLARATIONS):
        raise ValueError
    return words


def _elements(value: Any) -> dict[str, Any]:
    return checked_elements(value, "/declared/elements")


def _derivation(value: Any) -> dict[str, Any]:
    return checked_derivation(value, "/declared/derivation")


def _graded_elsewhere(value: Any) -> dict[str, Any]:
    return checked_level_elsewhere(value, "/declared/graded_elsewhere")


def _table_schema(value: Any) -> dict[str, Any]:
    parse_schema(value)
    return dict(value)


def checked_table_schema(descriptor: Any, at: str = "/table_schema") -> dict[str, Any]:
    """A Table Schema descriptor as it is kept. InvalidInput with a pointer below `at` for each problem."""
    try:
        return _table_schema(descriptor)
    except InvalidSchema as invalid:
        raise InvalidInput(_schema_errors(invalid, at)) from invalid


def _schema_errors(invalid: InvalidSchema, at: str) -> list[FieldError]:
    return [
        FieldError(at + problem.pointer, SCHEMA_PROBLEMS[problem.code], problem.params) for problem in invalid.problems
    ]


_TEXT = _("Give a text of at most %(text)s characters.")
_NAME = _("Give a text of at most %(name)s characters.")
_CODE = _("Give a text of at most %(code)s characters.")
_DAY = _("Give a date as YYYY-MM-DD.")

FIELDS: Final[Mapping[str, tuple[Callable[[Any], Any], str]]] = {
    "title": (_text, _TEXT),
    "description": (_text, _TEXT),
    "licence": (_name, _NAME),
    "sector": (_code, _CODE),
    "origin": (_code, _CODE),
    "region": (_code, _CODE),
    "update_frequency": (_code, _CODE),
    "modified_on": (_day, _DAY),
    "temporal_start": (_day, _DAY),
    "temporal_end": (_day, _DAY),
    "keywords": (_words, _("Give a list of words.")),
    "columns": (_columns, _("Give an object of column names with a type or a description each.")),
    "subjects": (_number, _("Give the number of persons that the data is about.")),
    "declarations": (_declarations, _("Give a list of: %(declarations)s.")),
    "elements": (_elements, ""),
    "derivation": (_derivation, ""),
    "graded_elsewhere": (_graded_elsewhere, ""),
    "table_schema": (_table_schema, _("Give a Table Schema descriptor.")),
}
"""Everything that can be declared: how it is read, and the remedy where it cannot be and the reader has none itself."""
_LIMITS: Final = {
    "text": LONGEST_TEXT,
    "name": LONGEST_NAME,
    "code": LONGEST_CODE,
    "declarations": ", ".join(DECLARATIONS),
}


def checked_declaration(declared: Mapping[str, Any]) -> dict[str, Any]:
    """The declaration as JSON values; what is None or empty is left out. InvalidInput below /declared."""
    kept: dict[str, Any] = {}
    errors = unknown_names(declared, FIELDS, "/declared")
    for name, value in declared.items():
        if name not in FIELDS or value is None or value == "":
            continue
        read, remedy = FIELDS[name]
        try:
            if found := read(value):
                kept[name] = found
        except InvalidSchema as invalid:
            errors += _schema_errors(invalid, f"/declared/{name}")
        except InvalidInput as invalid:
            errors += invalid.fields
        except (ValueError, TypeError):
            errors.append(FieldError(f"/declared/{name}", remedy, _LIMITS))
    start, end = kept.get("temporal_start"), kept.get("temporal_end")
    if start and end and end < start:
        errors.append(FieldError("/declared/temporal_end", _("The period ends before it starts.")))
    if errors:
        raise InvalidInput(errors)
    return kept


def metadata_of(declared: Mapping[str, Any]) -> Metadata:
    """A checked declaration as the quality engine reads it."""
    return Metadata(
        title=declared.get("title"),
        description=declared.get("description"),
        licence=declared.get("licence"),
        declared_columns=declared.get("columns") or _described(declared.get("table_schema")),
        modified_on=_date(declared.get("modified_on")),
        update_frequency=declared.get("update_frequency"),
        temporal_start=_date(declared.get("temporal_start")),
        temporal_end=_date(declared.get("temporal_end")),
        keywords=tuple(declared.get("keywords", ())),
        table_schema=declared.get("table_schema"),
    )


def _described(schema: Mapping[str, Any] | None) -> dict[str, str] | None:
    """What a schema says of the columns, in words: a type alone is checked as a rule, and is no description."""
    if schema is None:
        return None
    said = {}
    for field in schema["fields"]:
        words = [field[key] for key in ("title", "description") if isinstance(field.get(key), str)]
        if text := ": ".join(word.strip() for word in words if word.strip()):
            said[str(field["name"])] = f"{text} ({field.get('type', 'any')})"
    return said or None


def facts_of(declared: Mapping[str, Any]) -> Facts:
    """A checked declaration as the grading engine reads it; the rows are counted by the examination.

    Levels of sources that are assets of this exchange, and national counterparts of levels of other schemes, are not
    known here (`origins.facts_now`).
    """
    elements = declared.get("elements", {})
    return Facts(
        origin=declared.get("origin"),
        sector=declared.get("sector"),
        region=declared.get("region"),
        subjects=declared.get("subjects"),
        declared=tuple(declared.get("declarations", ())),
        title=declared.get("title"),
        description=declared.get("description"),
        keywords=tuple(declared.get("keywords", ())),
        groups=tuple(elements.get("groups", ())),
        areas=tuple(elements.get("areas", ())),
        importance=tuple(elements.get("importance", ())),
        depth=elements.get("depth"),
        coverage=coverage_of(elements),
        derivation=derivation_of(declared.get("derivation")),
        graded_elsewhere=elsewhere_of(declared.get("graded_elsewhere")),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
