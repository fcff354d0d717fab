"""A field of a Table Schema: its type, how its values are written, and its constraints."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from grading.engine.quality.declared.model import TYPES, Constraints, Field, Problem
from grading.engine.quality.declared.patterns import PATTERN_CHARACTERS, pattern_problem, pattern_weight
from grading.engine.quality.declared.strptime import DIRECTIVES, is_pattern

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 1_000
MOST_VALUES: Final = 10_000
MOST_WORDS: Final = 100
MOST_PATTERNS: Final = 200
PATTERNS_WEIGHT: Final = 5_000
"""Of all patterns together (`patterns.pattern_weight`): compiling them takes about half a second."""
FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("default", "email", "uri", "binary", "uuid"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
}
"""The choices of `format`, `default` alone for other types; those of dates and times may also be patterns."""
TEMPORAL: Final = frozenset({"date", "time", "datetime"})
ORDERED: Final = TEMPORAL | {"integer", "number", "year", "yearmonth", "duration"}
SIZED: Final = frozenset({"string", "array", "object", "list"})
ITEM_TYPES: Final = ("string", "integer", "boolean", "number", "datetime", "date", "time")
EVERY: Final = frozenset(TYPES)
ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "required": EVERY,
    "unique": EVERY,
    "enum": EVERY,
    "minimum": ORDERED,
    "maximum": ORDERED,
    "exclusiveMinimum": ORDERED,
    "exclusiveMaximum": ORDERED,
    "minLength": SIZED,
    "maxLength": SIZED,
    "pattern": frozenset({"string"}),
}
"""Constraint → the types whose fields can have it."""


class Reader:
    """Takes values out of JSON objects and notes what is wrong with them; what is wrong counts as not given."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._patterns = 0
        self._weight = 0

    def say(self, pointer: str, code: str, **params: str | int) -> None:
        """Note a problem."""
        self.problems.append(Problem(pointer, code, params))

    def text(self, of: Mapping[str, Any], key: str, pointer: str, default: str, limit: int = LONGEST_NAME) -> str:
        """A text of at most `limit` characters."""
        value = of.get(key, default)
        if isinstance(value, str) and len(value) <= limit and "\x00" not in value:
            return value
        self.say(f"{pointer}/{key}", "no_text", limit=limit)
        return default

    def truth(self, of: Mapping[str, Any], key: str, pointer: str, default: bool) -> bool:
        """True or false."""
        value = of.get(key, default)
        if isinstance(value, bool):
            return value
        self.say(f"{pointer}/{key}", "no_truth")
        return default

    def count(self, of: Mapping[str, Any], key: str, pointer: str) -> int | None:
        """A whole number from 0, or None."""
        value = of.get(key)
        if value is None or (type(value) is int and 0 <= value < 2**53):
            return value
        self.say(f"{pointer}/{key}", "no_count")
        return None

    def choice(self, of: Mapping[str, Any], key: str, pointer: str, known: Sequence[str], default: str) -> str:
        """One of the known words."""
        value = of.get(key, default)
        if isinstance(value, str) and value in known:
            return value
        self.say(f"{pointer}/{key}", "unknown_choice", known=", ".join(known))
        return default

    def items(self, of: Mapping[str, Any], key: str, pointer: str, most: int) -> list[Any]:
        """A list; empty where it is not given."""
        value = of.get(key, [])
        if isinstance(value, list) and len(value) <= most:
            return value
        self.say(f"{pointer}/{key}", "no_list", most=most)
        return []

    def texts(self, of: Mapping[str, Any], key: str, pointer: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of different texts."""
        value = of.get(key, list(default))
        fits = isinstance(value, list) and len(value) <= MOST_WORDS
        fits = fits and all(isinstance(item, str) and len(item) <= LONGEST_NAME for item in value)
        if fits and len(set(value)) == len(value):
            return tuple(value)
        self.say(f"{pointer}/{key}", "no_texts", most=MOST_WORDS, limit=LONGEST_NAME)
        return default

    def pattern(self, of: Mapping[str, Any], key: str, pointer: str) -> str | None:
        """An expression. Once there are too many, or they come to too much, no further one is compiled."""
        if key not in of:
            return None
        pattern = self.text(of, key, pointer, "", PATTERN_CHARACTERS)
        counted, weighed = self._patterns, self._weight
        self._patterns += 1
        self._weight += pattern_weight(pattern) or 0
        if self._patterns > MOST_PATTERNS:
            if counted == MOST_PATTERNS:
                self.say(f"{pointer}/{key}", "too_many", limit=MOST_PATTERNS)
        elif self._weight > PATTERNS_WEIGHT:
            if weighed <= PATTERNS_WEIGHT:
                self.say(f"{pointer}/{key}", "too_heavy")
        elif problem := pattern_problem(pattern):
            self.say(f"{pointer}/{key}", problem)
        return pattern

    def missing(self, of: Mapping[str, Any], pointer: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """`missingValues`: texts, or objects with the text as their `value`."""
        given = of.get("missingValues")
        if isinstance(given, list) and given and all(isinstance(item, Mapping) for item in given):
            of = {"missingValues": [item.get("value") for item in given]}
        return self.texts(of, "missingValues", pointer, default)


def parse_field(reader: Reader, given: Any, place: int, missing: tuple[str, ...]) -> Field:
    """The field at `place`; `missing` are the schema's missing values."""
    pointer = f"/fields/{place}"
    if not isinstance(given, Mapping):
        reader.say(pointer, "no_object")
        return Field(place, "")
    name = given.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or "\x00" in name:
        reader.say(f"{pointer}/name", "no_name", limit=LONGEST_NAME)
        name = ""
    kind = reader.choice(given, "type", pointer, TYPES, "any")
    field = Field(
        place=place,
        name=name,
        type=kind,
        format=_format(reader, given, pointer, kind),
        missing=reader.missing(given, pointer, missing),
    )
    field = _lexical(reader, given, pointer, field)
    return replace(field, constraints=_constraints(reader, given, pointer, field))


def _format(reader: Reader, given: Mapping[str, Any], pointer: str, kind: str) -> str:
    if kind not in TEMPORAL:
        return reader.choice(given, "format", pointer, FORMATS.get(kind, ("default",)), "default")
    written = reader.text(given, "format", pointer, "default").removeprefix("fmt:")
    if written not in ("default", "any") and not is_pattern(written):
        reader.say(f"{pointer}/format", "bad_directives", known=" ".join(f"%{sign}" for sign in DIRECTIVES))
        return "default"
    return written


def _lexical(reader: Reader, given: Mapping[str, Any], pointer: str, field: Field) -> Field:
    """How the type's values are written."""
    if field.type in ("integer", "number"):
        group = _separator(reader, given, "groupChar", pointer, "")
        fraction = _separator(reader, given, "decimalChar", pointer, ".") if field.type == "number" else "."
        if field.type == "number" and group == fraction:
            reader.say(f"{pointer}/groupChar", "same_separator")
        bare = reader.truth(given, "bareNumber", pointer, default=True)
        return replace(field, group_char=group, decimal_char=fraction, bare_number=bare)
    if field.type == "boolean":
        true = reader.texts(given, "trueValues", pointer, field.true_values)
        false = reader.texts(given, "falseValues", pointer, field.false_values)
        if both := [value for value in false if value in true]:
            reader.say(f"{pointer}/falseValues", "value_twice", value=both[0])
        return replace(field, true_values=true, false_values=false)
    if field.type == "list":
        delimiter = reader.text(given, "delimiter", pointer, ",")
        if not delimiter:
            reader.say(f"{pointer}/delimiter", "no_text", limit=LONGEST_NAME)
        item = reader.choice(given, "itemType", pointer, ITEM_TYPES, "string")
        return replace(field, delimiter=delimiter or ",", item_type=item)
    return field


def _separator(reader: Reader, given: Mapping[str, Any], key: str, pointer: str, default: str) -> str:
    value = given.get(key, default)
    fits = isinstance(value, str) and len(value) <= 4 and not re.search(r"[0-9A-Za-z+\x00-]", value)
    if fits and (value or not default):
        return str(value)
    reader.say(f"{pointer}/{key}", "bad_separator", limit=4)
    return default


def _constraints(reader: Reader, given: Mapping[str, Any], pointer: str, field: Field) -> Constraints:
    rules = given.get("constraints", {})
    below = f"{pointer}/constraints"
    if not isinstance(rules, Mapping):
        reader.say(below, "no_object")
        return Constraints()
    for key in rules:
        if key not in ALLOWED:
            reader.say(f"{below}/{_escaped(str(key))}", "unknown_constraint", known=", ".join(ALLOWED))
        elif field.type not in ALLOWED[key] and given.get("type", "any") == field.type:
            reader.say(f"{below}/{key}", "constraint_of_other_type", type=field.type)
    return Constraints(
        required=reader.truth(rules, "required", below, default=False),
        unique=reader.truth(rules, "unique", below, default=False),
        minimum=_limit(reader, rules, "minimum", below, field),
        maximum=_limit(reader, rules, "maximum", below, field),
        exclusive_minimum=_limit(reader, rules, "exclusiveMinimum", below, field),
        exclusive_maximum=_limit(reader, rules, "exclusiveMaximum", below, field),
        min_length=reader.count(rules, "minLength", below),
        max_length=reader.count(rules, "maxLength", below),
        pattern=reader.pattern(rules, "pattern", below),
        enum=_enum(reader, rules, "enum", below, field),
        categories=_enum(reader, given, "categories", pointer, field),
    )


def _enum(reader: Reader, of: Mapping[str, Any], key: str, pointer: str, field: Field) -> tuple[str, ...] | None:
    if key not in of:
        return None
    given = reader.items(of, key, pointer, MOST_VALUES)
    if key == "categories" and given and all(isinstance(item, Mapping) for item in given):
        given = [item.get("value") for item in given]
    texts = [_written(item, field) for item in given]
    for place, text in enumerate(texts):
        if text is None or len(text) > LONGEST_TEXT:
            reader.say(f"{pointer}/{key}/{place}", "bad_limit", value=str(given[place])[:100])
            return None
    return tuple(text for text in texts if text is not None)


def _limit(reader: Reader, rules: Mapping[str, Any], key: str, pointer: str, field: Field) -> str | None:
    if key not in rules:
        return None
    text = _written(rules[key], field)
    if text is None or len(text) > LONGEST_TEXT:
        reader.say(f"{pointer}/{key}", "bad_limit", value=str(rules[key])[:100])
        return None
    return text


def _written(value: Any, field: Field) -> str | None:
    """A value as it would stand in a cell; None for what cannot."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        words = field.true_values if value else field.false_values
        return words[0] if field.type == "boolean" and words else "true" if value else "false"
    if isinstance(value, int | float):
        text = repr(value) if isinstance(value, float) else str(value)
        return text.replace(".", field.decimal_char) if field.type == "number" else text
    if isinstance(value, list | Mapping) and field.type in ("array", "object", "geojson", "geopoint", "any"):
        return json.dumps(value, ensure_ascii=False)
    return None


def _escaped(key: str) -> str:
    """RFC 6901."""
    return key[:LONGEST_NAME].replace("~", "~0").replace("/", "~1")
