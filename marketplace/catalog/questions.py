"""What a listing asks of buyers: a JSON Schema (2020-12) of which a safe part may be used, and the answers to it.

A provider's schema is as hostile as any upload. Left out is therefore what loads addresses (`$ref`, `$id`, `$schema`
of another kind), what recurses, what compiles expressions that can run for ever (`pattern`), and what compares each
value with each other (`uniqueItems`); of what remains the size, the depth and the number of parts are bounded, and so
are those of the answers: checking costs at most parts times values.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext_noop as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry

from foundation.errors import FieldError, step

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TYPES: Final = ("object", "array", "string", "number", "integer", "boolean")
ANNOTATIONS: Final = frozenset({"title", "title_zh", "description", "description_zh", "examples"})
"""Said to people; `_zh` are this exchange's own words for the other language."""
VALUES: Final = frozenset({
    "type", "enum", "const", "required", "minItems", "maxItems", "minLength", "maxLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minProperties", "maxProperties",
})  # fmt: skip
PARTS: Final = frozenset({"items", "if", "then", "else"})
"""Keywords whose value is a schema."""
KEYWORDS: Final = ANNOTATIONS | VALUES | PARTS | {"$schema", "properties", "additionalProperties", "allOf"}
LARGEST: Final = 32 * 1024
"""Bytes of a schema as JSON, and of the answers."""
DEEPEST: Final = 8
MOST_PARTS: Final = 200
MOST_VALUES: Final = 500
LARGEST_NUMBER: Final = 10**15

MESSAGES: Final[Mapping[str, str]] = {
    "type": _("Answer with a value of the type: %(wanted)s."),
    "enum": _("Answer with one of: %(wanted)s."),
    "const": _("Answer with: %(wanted)s."),
    "minItems": _("Give at least %(wanted)s values."),
    "maxItems": _("Give at most %(wanted)s values."),
    "minLength": _("Use at least %(wanted)s characters."),
    "maxLength": _("Use at most %(wanted)s characters."),
    "minimum": _("Give a number of at least %(wanted)s."),
    "maximum": _("Give a number of at most %(wanted)s."),
    "exclusiveMinimum": _("Give a number above %(wanted)s."),
    "exclusiveMaximum": _("Give a number below %(wanted)s."),
    "minProperties": _("Answer at least %(wanted)s of these questions."),
    "maxProperties": _("Answer at most %(wanted)s of these questions."),
}
MISSING: Final = _("Answer this question: the listing asks it of every buyer.")
UNASKED: Final = _("The listing does not ask this: leave it out.")


def wrong_questions(schema: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with a provider's schema, each with a pointer below `/questions`; nothing for no questions."""
    if not schema:
        return []
    if errors := _too_much("/questions", schema, depth=DEEPEST * 2, values=MOST_PARTS * 10):
        return errors
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict) or not schema["properties"]:
        message = _('Ask by a schema of "type": "object" with "properties", one a question.')
        return [FieldError("/questions", message)]
    parts = list(_parts("/questions", schema))
    if len(parts) > MOST_PARTS:
        return [FieldError("/questions", _("Use at most %(limit)s questions and parts."), {"limit": MOST_PARTS})]
    if errors := [error for pointer, part in parts for error in _wrong_part(pointer, part)]:
        return errors
    found = Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)
    pointers = dict.fromkeys("/questions" + _pointer(error.absolute_path) for error in found)
    return [FieldError(pointer, _("Not as JSON Schema 2020-12 has it.")) for pointer in pointers]


def wrong_answers(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with a buyer's answers, one error a violation with a pointer below `/answers`."""
    if not schema:
        return [FieldError("/answers", _("The listing asks no questions: leave the answers out."))] if answers else []
    if errors := _too_much("/answers", answers, depth=DEEPEST, values=MOST_VALUES):
        return errors
    # an empty registry: even a reference that slipped in could fetch nothing
    validator = Draft202012Validator(schema, registry=Registry())
    found = {error.pointer: error for wrong in validator.iter_errors(answers) for error in _said(wrong)}
    return [found[pointer] for pointer in sorted(found)]


def _parts(pointer: str, schema: Any) -> Iterator[tuple[str, Any]]:
    """The schema and every schema in it, with where it stands; what is no mapping is for `_wrong_part` to refuse."""
    yield pointer, schema
    if not isinstance(schema, dict):
        return
    inner: list[tuple[str, Any]] = [(name, schema[name]) for name in sorted(PARTS & schema.keys())]
    for name in ("properties", "allOf"):
        held = schema.get(name)
        pairs: Iterable[tuple[Any, Any]] = (
            held.items() if isinstance(held, dict) else enumerate(held if isinstance(held, list) else ())
        )
        inner += [(f"{name}/{step(str(key))}", part) for key, part in pairs]
    for name, part in inner:
        yield from _parts(f"{pointer}/{name}", part)


def _wrong_part(pointer: str, schema: Any) -> Iterator[FieldError]:
    if not isinstance(schema, dict):
        yield FieldError(pointer, _("Give a schema: an object with keywords."))
        return
    for keyword, value in schema.items():
        at = f"{pointer}/{step(keyword)}"
        if keyword not in KEYWORDS:
            yield FieldError(at, _("Not a keyword that questions may use: %(known)s."), {"known": _known()})
        elif keyword == "$schema" and value != DIALECT:
            yield FieldError(at, _("Name %(dialect)s, or nothing."), {"dialect": DIALECT})
        elif keyword == "type" and value not in TYPES:
            yield FieldError(at, _("Name one of: %(known)s."), {"known": ", ".join(TYPES)})
        elif keyword == "additionalProperties" and not isinstance(value, bool):
            yield FieldError(at, _("Say true or false."))
        elif keyword in ANNOTATIONS - {"examples"} and not isinstance(value, str):
            yield FieldError(at, _("Give a text."))
        elif keyword in ("properties", "allOf") and not isinstance(value, dict if keyword == "properties" else list):
            yield FieldError(at, _("Not as JSON Schema 2020-12 has it."))


def _known() -> str:
    return ", ".join(sorted(KEYWORDS))


def _too_much(pointer: str, value: Any, *, depth: int, values: int) -> list[FieldError]:
    """What no database keeps, and what would cost too much: checked before anything else looks at it."""
    count, open_values = 0, [(value, 1)]
    while open_values:
        one, level = open_values.pop()
        count += 1
        if count > values:
            return [FieldError(pointer, _("Use at most %(limit)s values in all."), {"limit": values})]
        if level > depth:
            return [FieldError(pointer, _("Nest at most %(limit)s levels deep."), {"limit": depth})]
        if isinstance(one, dict):
            open_values += [(part, level + 1) for part in one.values()]
            if not all(_clean(name) for name in one):
                return [FieldError(pointer, _("Use texts without NUL and without halves of characters."))]
        elif isinstance(one, list):
            open_values += [(part, level + 1) for part in one]
        elif not _clean(one):
            message = _("Use texts without NUL, and numbers up to %(limit)s.")
            return [FieldError(pointer, message, {"limit": LARGEST_NUMBER})]
    if len(json.dumps(value, ensure_ascii=False).encode()) > LARGEST:
        return [FieldError(pointer, _("Use at most %(limit)s bytes."), {"limit": LARGEST})]
    return []


def _clean(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, int):
        return abs(value) <= LARGEST_NUMBER
    if isinstance(value, float):
        return math.isfinite(value) and abs(value) <= LARGEST_NUMBER
    return value is None


def _said(wrong: ValidationError) -> Iterator[FieldError]:
    """A violation as errors of fields: one for each question that is missing, or that nobody asks."""
    pointer = "/answers" + _pointer(wrong.absolute_path)
    keyword, wanted = str(wrong.validator), wrong.validator_value
    instance: Any = wrong.instance
    if keyword == "required":
        yield from (FieldError(f"{pointer}/{step(name)}", MISSING) for name in wanted if name not in instance)
    elif keyword == "additionalProperties":
        asked = wrong.schema.get("properties", {}) if isinstance(wrong.schema, Mapping) else {}
        yield from (FieldError(f"{pointer}/{step(name)}", UNASKED) for name in instance if name not in asked)
    else:
        shown = ", ".join(map(_shown, wanted)) if isinstance(wanted, list) else _shown(wanted)
        yield FieldError(pointer, MESSAGES.get(keyword, _("Not as the listing asks it.")), {"wanted": shown})


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{step(str(part))}" for part in path)
