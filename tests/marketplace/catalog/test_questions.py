"""What a listing may ask of buyers, and the answers: hostile schemas are refused before anything runs them."""

import json
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalog.questions import DIALECT, wrong_answers, wrong_questions

ASKED: dict[str, Any] = {
    "$schema": DIALECT,
    "type": "object",
    "title": "Before you ask",
    "title_zh": "申请前请填写",
    "required": ["institution", "cohort"],
    "additionalProperties": False,
    "properties": {
        "institution": {"type": "string", "minLength": 2, "maxLength": 20},
        "cohort": {"enum": ["2019", "2020"]},
        "people": {"type": "integer", "minimum": 1, "exclusiveMaximum": 100},
        "a/b": {"type": "boolean"},
        "sites": {"type": "array", "maxItems": 2, "items": {"type": "object", "required": ["city"]}},
        "abroad": {"type": "boolean"},
    },
    "if": {"properties": {"abroad": {"const": True}}, "required": ["abroad"]},
    "then": {"required": ["sites"]},
}
GOOD = {"institution": "DUT", "cohort": "2019"}


def pointers(errors: Any) -> list[str]:
    return [error.pointer for error in errors]


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    for _level in range(depth):
        schema = {"type": "object", "properties": {"x": schema}}
    return schema


def test_questions_may_be_asked_or_not() -> None:
    assert wrong_questions({}) == wrong_questions(ASKED) == []
    assert wrong_answers({}, {}) == wrong_answers(ASKED, GOOD) == []
    assert wrong_answers(ASKED, {**GOOD, "people": 99, "a/b": True, "sites": [{"city": "Dalian"}]}) == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"$ref": "https://evil.example/schema"}, "/questions/$ref"),
        ({"$dynamicRef": "#x"}, "/questions/$dynamicRef"),
        ({"$defs": {"a": {}}}, "/questions/$defs"),
        ({"$id": "file:///etc/passwd"}, "/questions/$id"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "/questions/$schema"),
        ({"patternProperties": {"(a+)+$": {}}}, "/questions/patternProperties"),
        ({"properties": {"x": {"pattern": "(a+)+$"}}}, "/questions/properties/x/pattern"),
        ({"properties": {"x": {"format": "regex"}}}, "/questions/properties/x/format"),
        ({"properties": {"x": {"items": {"$ref": "#"}}}}, "/questions/properties/x/items/$ref"),
        ({"then": {"uniqueItems": True}}, "/questions/then/uniqueItems"),
        ({"allOf": [{"multipleOf": 1e-300}]}, "/questions/allOf/0/multipleOf"),
        ({"properties": {"a/b": {"unevaluatedProperties": False}}}, "/questions/properties/a~1b/unevaluatedProperties"),
        ({"additionalProperties": {"$ref": "#"}}, "/questions/additionalProperties"),
        ({"properties": {"x": True}}, "/questions/properties/x"),
        ({"properties": {"x": {"type": ["string", "null"]}}}, "/questions/properties/x/type"),
        ({"properties": {"x": {"minLength": "2"}}}, "/questions/properties/x/minLength"),
        ({"properties": {"x": {"title_zh": 1}}}, "/questions/properties/x/title_zh"),
        ({"required": "institution"}, "/questions/required"),
        ({"properties": {}}, "/questions"),
        ({"type": "array"}, "/questions"),
        ({"properties": {"x": {"const": "\x00"}}}, "/questions"),
        ({"properties": {"x": {"const": "\ud800"}}}, "/questions"),
        ({"properties": {"x": {"maximum": 10**400}}}, "/questions"),
        ({"properties": {"x": {"maximum": float("nan")}}}, "/questions"),
        ({"title": "x" * 40_000}, "/questions"),
        ({"properties": {str(n): {} for n in range(300)}}, "/questions"),
        ({"properties": {"x": {"enum": list(range(3000))}}}, "/questions"),
        (nested(20), "/questions"),
    ],
)
def test_what_could_harm_or_is_no_schema_is_refused_where_it_stands(changes: dict[str, Any], pointer: str) -> None:
    assert pointers(wrong_questions({**ASKED, **changes})) == [pointer]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    schema = {"type": "object", "properties": {"x": {"$ref": "https://evil.example/schema"}}}
    assert wrong_questions(schema)
    with pytest.raises(Exception, match="Unresolvable"):  # even had it been stored
        wrong_answers(schema, {"x": 1})


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"institution": None}, ["/answers/institution"]),
        ({"institution": "x", "cohort": "2021"}, ["/answers/cohort", "/answers/institution"]),
        ({"people": 100}, ["/answers/people"]),
        ({"a/b": "yes"}, ["/answers/a~1b"]),
        ({"colour": 1, "name": 2}, ["/answers/colour", "/answers/name"]),
        ({"sites": [{}, {"city": ""}]}, ["/answers/sites/0/city"]),
        ({"sites": [{"city": ""}] * 3}, ["/answers/sites"]),
        ({"abroad": True}, ["/answers/sites"]),
        ({"people": 10**400}, ["/answers"]),
        ({"institution": "\x00"}, ["/answers"]),
        ({"sites": [[[[[[[[[[]]]]]]]]]]}, ["/answers"]),
        ({"sites": [{"city": 1}] * 400}, ["/answers"]),
    ],
)
def test_each_violation_is_named_with_its_place(changes: dict[str, Any], wrong: list[str]) -> None:
    assert pointers(wrong_answers(ASKED, {**GOOD, **changes})) == wrong


def test_what_is_missing_is_named_one_by_one() -> None:
    errors = wrong_answers(ASKED, {})
    assert pointers(errors) == ["/answers/cohort", "/answers/institution"]
    assert {error.message for error in errors} == {"Answer this question: the listing asks it of every buyer."}
    (unasked,) = wrong_answers({}, GOOD)
    assert unasked.pointer == "/answers"


def test_messages_name_what_is_wanted() -> None:
    (error,) = wrong_answers(ASKED, {**GOOD, "cohort": "1999"})
    assert error.message % error.params == "Answer with one of: 2019, 2020."


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["type", "properties", "items", "required", "$ref", "allOf", "x"]), inner)
        ),
    )
)
def test_whatever_a_provider_sends_is_answered(value: Any) -> None:
    """Refused with a pointer, or sound: never an exception, and what is sound can be answered."""
    schema = value if isinstance(value, dict) else {"type": "object", "properties": {"x": value}}
    errors = wrong_questions(schema)
    assert all(error.pointer.startswith("/questions") for error in errors)
    if not errors:
        json.dumps(schema, allow_nan=False)
        wrong_answers(schema, GOOD)
