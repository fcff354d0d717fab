"""Descriptors: what is taken, and that whatever is wrong is named with its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.quality.declared import PROBLEMS, InvalidSchema, fields, parse_schema
from grading.engine.quality.declared.model import MATCHES, TYPES
from grading.engine.quality.declared.patterns import PATTERN_WEIGHT, pattern_problem, pattern_weight


def field(**properties: Any) -> dict[str, Any]:
    return {"fields": [{"name": "a", **properties}]}


def test_what_a_descriptor_says():
    schema = parse_schema(
        {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fieldsMatch": "subset",
            "missingValues": [{"value": "", "label": "omitted"}, {"value": "-99"}],
            "fields": [
                {"name": "id", "type": "integer", "title": "Number", "constraints": {"required": True, "minimum": 1}},
                {"name": "on", "type": "date", "format": "fmt:%d.%m.%Y", "constraints": {"maximum": "31.12.2030"}},
                {"name": "up", "missingValues": ["-"]},
                {"name": "kind", "type": "integer", "categories": [{"value": 0, "label": "no"}, {"value": 1}]},
            ],
            "primaryKey": "id",
            "uniqueKeys": [["on", "kind"]],
            "foreignKeys": [
                {"fields": "up", "reference": {"resource": "", "fields": "id"}},
                {"fields": ["kind"], "reference": {"resource": "kinds", "fields": ["code"]}},
            ],
        }
    )
    first, second, third, fourth = schema.fields
    assert (first.type, first.missing, first.constraints.required, first.constraints.minimum) == (
        "integer", ("", "-99"), True, "1",
    )  # fmt: skip
    assert (second.format, second.constraints.maximum) == ("%d.%m.%Y", "31.12.2030")
    assert (third.type, third.missing) == ("any", ("-",))
    assert fourth.constraints.categories == ("0", "1")
    assert (schema.fields_match, schema.primary_key, schema.unique_keys) == ("subset", ("id",), (("on", "kind"),))
    assert [(key.fields, key.resource, key.reference) for key in schema.foreign_keys] == [
        (("up",), None, ("id",)),
        (("kind",), "kinds", ("code",)),
    ]


WRONG = {
    "list": ([], "", "no_object"),
    "fields absent": ({}, "/fields", "no_fields"),
    "field no object": ({"fields": [1]}, "/fields/0", "no_object"),
    "name absent": ({"fields": [{}]}, "/fields/0/name", "no_name"),
    "type": (field(type="int"), "/fields/0/type", "unknown_choice"),
    "format of string": (field(type="string", format="url"), "/fields/0/format", "unknown_choice"),
    "format of integer": (field(type="integer", format="x"), "/fields/0/format", "unknown_choice"),
    "directive": (field(type="date", format="%d.%Q"), "/fields/0/format", "bad_directives"),
    "directive twice": (field(type="date", format="%d%d"), "/fields/0/format", "bad_directives"),
    "no directive": (field(type="date", format="dd.mm.yyyy"), "/fields/0/format", "bad_directives"),
    "lone percent": (field(type="date", format="%Y%"), "/fields/0/format", "bad_directives"),
    "match": ({**field(), "fieldsMatch": "all"}, "/fieldsMatch", "unknown_choice"),
    "missing": ({**field(), "missingValues": ["", ""]}, "/missingValues", "no_texts"),
    "missing of the field": (field(missingValues=[1]), "/fields/0/missingValues", "no_texts"),
    "group": (field(type="integer", groupChar="1"), "/fields/0/groupChar", "bad_separator"),
    "same separators": (field(type="number", groupChar="."), "/fields/0/groupChar", "same_separator"),
    "bare": (field(type="number", bareNumber="no"), "/fields/0/bareNumber", "no_truth"),
    "truth twice": (field(type="boolean", falseValues=["1"]), "/fields/0/falseValues", "value_twice"),
    "delimiter": (field(type="list", delimiter=""), "/fields/0/delimiter", "no_text"),
    "items": (field(type="list", itemType="object"), "/fields/0/itemType", "unknown_choice"),
    "constraints": (field(constraints=[]), "/fields/0/constraints", "no_object"),
    "unknown": (field(constraints={"a/b": 1}), "/fields/0/constraints/a~1b", "unknown_constraint"),
    "json schema": (
        field(type="object", constraints={"jsonSchema": {}}), "/fields/0/constraints/jsonSchema", "unknown_constraint",
    ),
    "of another type": (
        field(type="string", constraints={"minimum": "a"}), "/fields/0/constraints/minimum", "constraint_of_other_type",
    ),
    "required": (field(constraints={"required": 1}), "/fields/0/constraints/required", "no_truth"),
    "length": (field(type="string", constraints={"minLength": -1}), "/fields/0/constraints/minLength", "no_count"),
    "limit": (field(type="date", constraints={"minimum": "2024"}), "/fields/0/constraints/minimum", "bad_limit"),
    "limit no value": (
        field(type="number", constraints={"maximum": "NaN"}), "/fields/0/constraints/maximum", "bad_limit",
    ),
    "limit null": (field(type="integer", constraints={"minimum": None}), "/fields/0/constraints/minimum", "bad_limit"),
    "enum": (field(type="integer", constraints={"enum": [1, "x"]}), "/fields/0/constraints/enum/1", "bad_limit"),
    "enum no list": (field(constraints={"enum": "x"}), "/fields/0/constraints/enum", "no_list"),
    "look ahead": (
        field(type="string", constraints={"pattern": "(?=a)"}), "/fields/0/constraints/pattern", "pattern_backtracks",
    ),
    "back reference": (
        field(type="string", constraints={"pattern": r"(a)\1"}), "/fields/0/constraints/pattern", "pattern_backtracks",
    ),
    "brackets": (field(type="string", constraints={"pattern": "(a"}), "/fields/0/constraints/pattern", "bad_pattern"),
    "spaces that say nothing": (
        field(type="string", constraints={"pattern": "(?x)a {9}"}), "/fields/0/constraints/pattern", "bad_pattern",
    ),
    "repetitions": (
        field(type="string", constraints={"pattern": r"\D{900}"}), "/fields/0/constraints/pattern", "pattern_heavy",
    ),
    "key": ({**field(), "primaryKey": ["b"]}, "/primaryKey/0", "unknown_field"),
    "key twice": ({**field(), "primaryKey": ["a", "a"]}, "/primaryKey", "no_key"),
    "key empty": ({**field(), "uniqueKeys": [[]]}, "/uniqueKeys/0", "no_key"),
    "reference": ({**field(), "foreignKeys": [{"fields": "a"}]}, "/foreignKeys/0/reference", "no_object"),
    "reference length": (
        {**field(), "foreignKeys": [{"fields": ["a"], "reference": {"resource": "b", "fields": ["a", "b"]}}]},
        "/foreignKeys/0/reference/fields", "other_length",
    ),
    "referred to": (
        {**field(), "foreignKeys": [{"fields": "a", "reference": {"fields": "z"}}]},
        "/foreignKeys/0/reference/fields", "unknown_field",
    ),
    "NUL": (field(title="a\x00"), "", "no_json"),
    "half a character": (field(title="\ud800"), "", "no_json"),
    "no number": (field(example=float("nan")), "", "no_json"),
    "long": (field(title="a" * 262_144), "", "too_large"),
    "keys": (
        {"fields": [{"name": f"f{n}", "constraints": {"unique": True}} for n in range(33)]},
        "/fields/32/constraints/unique", "too_many",
    ),
    "heavy": (
        {"fields": [
            {"name": f"f{n}", "type": "string", "constraints": {"pattern": r"\w{99}"}} for n in range(6)
        ]},
        "/fields/5/constraints/pattern", "too_heavy",
    ),
    "patterns": (
        {"fields": [{"name": f"f{n}", "type": "string", "constraints": {"pattern": "a"}} for n in range(202)]},
        "/fields/200/constraints/pattern", "too_many",
    ),
    "ways to write": (
        {"fields": [{"name": f"f{n}", "type": "list", "delimiter": f"x{n}"} for n in range(102)]},
        "/fields/100", "too_many_formats",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_with_its_place(name):
    descriptor, pointer, code = WRONG[name]
    with pytest.raises(InvalidSchema) as raised:
        parse_schema(descriptor)
    assert [(problem.pointer, problem.code) for problem in raised.value.problems] == [(pointer, code)]
    assert str(raised.value)  # the message's parameters are there


def test_every_problem_has_a_case():
    assert {code for _, _, code in WRONG.values()} == set(PROBLEMS)


def test_names_that_repeat_were_allowed_by_the_first_version():
    assert len(parse_schema({"fields": [{"name": "a"}, {"name": "a"}]}).fields) == 2


def test_the_standards_example_of_a_pattern_is_taken():
    assert pattern_problem("^a.*$") is None


@pytest.mark.parametrize(
    ("pattern", "weight"),
    [
        ("abc", 3),
        ("a{3}", 3),
        ("(ab){2,5}c", 11),
        ("((a{10}){10}){10}", 1000),
        (r"[a-z\w]{3}", 30),
        (r"\D{99}", 198),
        (r"\pL{9}", 90),
        (r"\p{Han}{9}", 90),
        (r"\x{4E00}{9}", 9),
        (r"\b{9}", 9),
        (f"[{'a' * 78}]{{9}}", 18),
        (r"[]\w]{9}", 90),
        (r"[^]\w]{9}", 90),
        (r"\w+{9}", 91),
        (r"\w{ 2 , 9 }", 90),
        (r"\w{0000000009}", 90),
        (r"(?x)a", None),
        (r"\(?xa", 4),
        ("a)(b", None),
        ("(a", None),
    ],
)
def test_the_weight_of_a_pattern(pattern, weight):
    assert pattern_weight(pattern) == weight


def test_a_pattern_that_would_take_long_to_compile_is_refused_before_it_is():
    assert pattern_problem(r"(\w{50}){50}") == "pattern_heavy"
    assert (pattern_weight(r"\w{100}") or 0) <= PATTERN_WEIGHT


def test_patterns_beyond_the_limits_are_not_compiled(monkeypatch):
    compiled: list[str] = []
    monkeypatch.setattr(fields, "pattern_problem", compiled.append)
    for pattern, most in (("a", 200), (r"\w{99}", 5)):
        compiled.clear()
        with pytest.raises(InvalidSchema):
            parse_schema(
                {
                    "fields": [
                        {"name": f"f{n}", "type": "string", "constraints": {"pattern": pattern}} for n in range(400)
                    ]
                }
            )
        assert len(compiled) == most


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = ["minimum", "enum", "pattern", "required", "minLength", "unique", "exclusiveMaximum", "zz"]
HOSTILE_FIELD = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b", ""]) | JSON},
    optional={
        "type": st.sampled_from(TYPES) | JSON,
        "format": st.sampled_from(["default", "any", "%Y", "%", "%%", "email"]) | JSON,
        "constraints": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["1", "(", "2024"]) | JSON, max_size=4)
        | JSON,
        "missingValues": JSON,
        "trueValues": JSON,
        "groupChar": JSON,
        "decimalChar": JSON,
        "delimiter": JSON,
        "categories": JSON,
    },
)
HOSTILE = st.fixed_dictionaries(
    {"fields": st.lists(HOSTILE_FIELD | JSON, max_size=3) | JSON},
    optional={
        "fieldsMatch": st.sampled_from(MATCHES) | JSON,
        "primaryKey": JSON,
        "uniqueKeys": st.lists(st.lists(st.sampled_from("ab"))) | JSON,
        "foreignKeys": st.lists(st.fixed_dictionaries({"fields": JSON, "reference": JSON})) | JSON,
        "missingValues": JSON,
    },
)


@settings(deadline=None, max_examples=40)
@given(HOSTILE | JSON)
def test_no_descriptor_does_worse_than_to_be_refused(descriptor):
    try:
        schema = parse_schema(descriptor)
    except InvalidSchema as error:
        for problem in error.problems:
            assert PROBLEMS[problem.code] % problem.params
            problem.pointer.encode()
    else:
        assert len(schema.fields) == len(descriptor["fields"])
        assert parse_schema(json.loads(json.dumps(descriptor))) == schema
