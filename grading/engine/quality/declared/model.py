"""What a Table Schema says, once it is checked; and what can be wrong with one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

#: What is wrong with a descriptor, by code: the English message, which names the remedy.
PROBLEMS: Final[Mapping[str, str]] = {
    "no_object": "Give a JSON object.",
    "no_text": "Give a text of at most %(limit)s characters.",
    "no_texts": "Give a list of at most %(most)s texts, each once and of at most %(limit)s characters.",
    "no_truth": "Give true or false.",
    "no_count": "Give a whole number that is not negative.",
    "no_list": "Give a list of at most %(most)s items.",
    "no_fields": "Give a list of 1 to %(most)s fields, each an object with a name.",
    "no_name": "Name the field as the column of the file is named, in at most %(limit)s characters.",
    "no_key": "Name at least one of the fields, each once and at most %(most)s.",
    "unknown_field": "No field is called “%(name)s”: name a field of the schema.",
    "unknown_choice": "Choose one of: %(known)s.",
    "unknown_constraint": "Not checked here. Known are: %(known)s.",
    "constraint_of_other_type": "Fields of the type %(type)s cannot have it: leave it out, or declare another type.",
    "bad_limit": "“%(value)s” is no value of a field of this type and format: write it as the cells are written.",
    "bad_pattern": "The expression cannot be read: check its brackets, escapes, flags and repetitions.",
    "pattern_backtracks": "Look-around and back-references are not understood: write the expression without them.",
    "pattern_heavy": "The repetitions of the expression come to too much: repeat less in it.",
    "bad_directives": "Use only these directives of strptime: %(known)s.",
    "bad_separator": "Give one to %(limit)s characters other than digits, signs and letters.",
    "same_separator": "The groups of digits and the fraction cannot have the same separator.",
    "value_twice": "“%(value)s” stands for true and for false: leave one of them out.",
    "other_length": "Name as many fields as the key has: %(count)s.",
    "no_json": "Give JSON without NUL characters, halves of characters and numbers that JSON has not.",
    "too_heavy": "The patterns of the schema come to too much together: leave some out, or repeat less in them.",
    "too_large": "The schema is longer than %(limit)s characters of JSON: leave out what is not checked.",
    "too_many_formats": "The values are written in more than %(limit)s ways: write more of them alike.",
    "too_many": "There are more than %(limit)s of these in the whole schema: leave some out.",
}

#: What breaks a rule, by code of the evidence, with the English message that surfaces translate.
RULES: Final[Mapping[str, str]] = {
    "rule_type": "“%(value)s” stands in %(count)s cells and is no value of the declared type %(type)s%(format)s.",
    "rule_required": "%(count)s cells have no value although the field is required, the first in row %(row)s.",
    "rule_minimum": "“%(value)s” stands in %(count)s cells; the least value allowed is %(limit)s.",
    "rule_maximum": "“%(value)s” stands in %(count)s cells; the largest value allowed is %(limit)s.",
    "rule_above": "“%(value)s” stands in %(count)s cells; values must lie above %(limit)s.",
    "rule_below": "“%(value)s” stands in %(count)s cells; values must lie below %(limit)s.",
    "rule_min_length": "“%(value)s” stands in %(count)s cells and is shorter than the %(limit)s that are required.",
    "rule_max_length": "“%(value)s” stands in %(count)s cells and is longer than the %(limit)s that are allowed.",
    "rule_pattern": "“%(value)s” stands in %(count)s cells and does not match the declared pattern %(pattern)s.",
    "rule_enum": "“%(value)s” stands in %(count)s cells and is none of the values declared.",
    "rule_unique": "Row %(row)s repeats a value of %(columns)s, which is declared unique.",
    "rule_unique_together": "Row %(row)s repeats the values of %(columns)s, which are declared unique together.",
    "primary_key": "Row %(row)s repeats the primary key (%(columns)s) of an earlier row.",
    "primary_key_missing": "%(count)s rows lack a part of the primary key (%(columns)s), the first is row %(row)s.",
    "foreign_key": "%(count)s rows refer by %(columns)s to a record that is not there, the first is row %(row)s.",
    "rule_more": "%(count)s further cells or rows break the same rule.",
    "field_missing": "The schema declares the field “%(name)s”, which the file does not have.",
    "field_undeclared": "The column “%(name)s” is not declared in the schema.",
    "field_renamed": "Column %(position)s is called “%(header)s”; the schema calls it “%(name)s”.",
    "field_order": "The columns stand in another order than the fields, from “%(name)s” (field %(position)s) on.",
    "fields_unknown": "The file has none of the %(count)s fields that the schema declares.",
    "key_without_column": "A declared key cannot be checked: the file lacks one of its columns.",
    "resource_not_given": "A reference to another file cannot be checked: the other file is not at hand.",
    "schema_refused": "The declared schema is no longer understood: declare it anew.",
    "rules_unread": "The declared rules could not be checked: the file reads differently each time.",
}

TYPES: Final = (
    "string", "number", "integer", "boolean", "object", "array", "list", "datetime", "date", "time", "year",
    "yearmonth", "duration", "geopoint", "geojson", "any",
)  # fmt: skip
MATCHES: Final = ("exact", "equal", "subset", "superset", "partial")


@dataclass(frozen=True, slots=True)
class Problem:
    """`pointer` (RFC 6901) leads into the descriptor; `code` is a key of PROBLEMS, whose message `params` fill."""

    pointer: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {PROBLEMS[self.code] % self.params}"


class InvalidSchema(ValueError):
    """The descriptor cannot be used; `problems` says why, at most MOST_PROBLEMS of them."""

    MOST_PROBLEMS: Final = 50

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems[: self.MOST_PROBLEMS]
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Constraints:
    """Of a field's values. Limits and `enum` are written as cells are; None and empty: not declared."""

    required: bool = False
    unique: bool = False
    minimum: str | None = None
    maximum: str | None = None
    exclusive_minimum: str | None = None
    exclusive_maximum: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field, at `place` among the schema's fields. `missing`: the texts that stand for no value."""

    place: int
    name: str
    type: str = "any"
    format: str = "default"
    missing: tuple[str, ...] = ("",)
    constraints: Constraints = Constraints()
    decimal_char: str = "."
    group_char: str = ""
    bare_number: bool = True
    true_values: tuple[str, ...] = ("true", "True", "TRUE", "1")
    false_values: tuple[str, ...] = ("false", "False", "FALSE", "0")
    delimiter: str = ","
    item_type: str = "string"

    @property
    def pointer(self) -> str:
        """Where the descriptor describes it."""
        return f"/fields/{self.place}"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`fields` must be found together in `reference` of the file `resource`, or of the same where it is None."""

    fields: tuple[str, ...]
    resource: str | None
    reference: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSchema:
    """All rules of a table."""

    fields: tuple[Field, ...]
    fields_match: str = "exact"
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
