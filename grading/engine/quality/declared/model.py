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
    "bad_pattern": "The expression cannot be used: %(detail)s. Write it without look-around and back-references.",
    "bad_directives": "Use only these directives of strptime: %(known)s.",
    "bad_separator": "Give one to %(limit)s characters other than digits, signs and letters.",
    "same_separator": "The groups of digits and the fraction cannot have the same separator.",
    "value_twice": "“%(value)s” stands for true and for false: leave one of them out.",
    "other_length": "Name as many fields as the key has: %(count)s.",
    "too_large": "The schema is longer than %(limit)s characters of JSON: leave out what is not checked.",
    "too_many": "There are more than %(limit)s of these in the whole schema: leave some out.",
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
