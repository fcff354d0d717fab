"""Elements of grading and sources of derived data as owners write them: kept as said, refused with the place."""

from typing import Any

import pytest

from foundation.errors import InvalidInput
from grading.declaring.declaration import checked_declaration, facts_of
from grading.declaring.elements import VOCABULARY
from grading.engine.levels import DECLARATIONS, ELEMENTS, TIME_UNITS, Coverage, Derivation, Facts, Source
from grading.wording.element_names import ELEMENT_NAMES

ELEMENTS_SAID = {
    "groups": ["minors", "patients"],
    "areas": ["border"],
    "importance": ["lifeline_service"],
    "depth": "raw",
    "coverage": {"extent": "city", "share": 0.5, "area_km2": 30},
}
DERIVATION_SAID = {
    "sources": [{"asset": 7}, {"level": "general_3", "name": "Register"}],
    "processing": ["masked", "aggregated"],
    "reason": " Names are gone. ",
}


def test_the_grading_engine_gets_what_was_said() -> None:
    kept = checked_declaration({"elements": ELEMENTS_SAID, "derivation": DERIVATION_SAID})
    assert kept["elements"] == ELEMENTS_SAID
    assert kept["derivation"]["reason"] == "Names are gone."
    assert facts_of(kept) == Facts(
        groups=("minors", "patients"),
        areas=("border",),
        importance=("lifeline_service",),
        depth="raw",
        coverage=Coverage("city", 0.5, 30.0),
        derivation=Derivation(
            (Source(None, asset=7), Source("general_3", name="Register")), ("masked", "aggregated"), "Names are gone."
        ),
    )


@pytest.mark.parametrize("empty", [{}, {"groups": [], "depth": None, "coverage": {}}])
def test_nothing_said_is_nothing_declared(empty: dict[str, Any]) -> None:
    assert checked_declaration({"elements": empty, "derivation": {}, "graded_elsewhere": {}}) == {}
    assert facts_of({}) == Facts()


@pytest.mark.parametrize(
    ("declared", "pointers"),
    [
        ({"elements": []}, ["/elements"]),
        ({"elements": {"colour": "red"}}, ["/elements/colour"]),
        ({"elements": {"a/b~c": 1}}, ["/elements/a~1b~0c"]),
        ({"derivation": {**DERIVATION_SAID, "sources": [{"/": 1}]}}, ["/derivation/sources/0/~1"]),
        ({"elements": {"groups": "minors"}}, ["/elements/groups"]),
        ({"elements": {"groups": ["minors", "martians", 5, None]}},
         ["/elements/groups/1", "/elements/groups/2", "/elements/groups/3"]),
        ({"elements": {"areas": ["border"] * 7}}, ["/elements/areas"]),
        ({"elements": {"depth": ["raw"]}}, ["/elements/depth"]),
        ({"elements": {"coverage": {"share": 50, "extent": "moon", "area_km2": -1}}},
         ["/elements/coverage/extent", "/elements/coverage/share", "/elements/coverage/area_km2"]),
        ({"elements": {"coverage": {"share": True}}}, ["/elements/coverage/share"]),
        ({"elements": {"coverage": {"share": float("nan")}}}, ["/elements/coverage/share"]),
        ({"elements": {"coverage": {"share": 10**400, "area_km2": float("inf")}}},
         ["/elements/coverage/share", "/elements/coverage/area_km2"]),
        ({"graded_elsewhere": "l2"}, ["/graded_elsewhere"]),
        ({"graded_elsewhere": {"scheme": "zhejiang"}}, ["/graded_elsewhere/level"]),
        ({"graded_elsewhere": {"scheme": "x" * 41, "level": 2}},
         ["/graded_elsewhere/scheme", "/graded_elsewhere/level"]),
        ({"derivation": {"reason": "x"}}, ["/derivation/sources", "/derivation/processing"]),
        ({"derivation": {"sources": [{"asset": 1}]}}, ["/derivation/processing"]),
        ({"derivation": {**DERIVATION_SAID, "sources": "1"}}, ["/derivation/sources"]),
        ({"derivation": {**DERIVATION_SAID, "sources": [{"name": "x"}, {"asset": 0}, {"asset": 1, "level": "core"}]}},
         ["/derivation/sources/0", "/derivation/sources/1/asset", "/derivation/sources/2"]),
        ({"derivation": {**DERIVATION_SAID, "sources": [{"asset": 1}, {"asset": 1}]}}, ["/derivation/sources/1"]),
        ({"derivation": {**DERIVATION_SAID, "sources": [{"level": "core"}]}}, ["/derivation/sources/0"]),
        ({"derivation": {**DERIVATION_SAID, "sources": [{"level": "secret"}]}}, ["/derivation/sources/0/level"]),
        ({"derivation": {**DERIVATION_SAID, "sources": [{"asset": 2**63}]}}, ["/derivation/sources/0/asset"]),
        ({"derivation": {**DERIVATION_SAID, "reason": "x" * 2001}}, ["/derivation/reason"]),
        ({"derivation": {**DERIVATION_SAID, "reason": "a\x00"}}, ["/derivation/reason"]),
        ({"derivation": {**DERIVATION_SAID, "processing": ["polished"]}}, ["/derivation/processing/0"]),
        ({"derivation": {**DERIVATION_SAID, "sources": [{"asset": n} for n in range(1, 102)]}},
         ["/derivation/sources"]),
        ({"graded_elsewhere": {"level": "level_1"}}, ["/graded_elsewhere/scheme"]),
        ({"graded_elsewhere": {"scheme": 5, "level": "x" * 101, "version": "1"}},
         ["/graded_elsewhere/version", "/graded_elsewhere/scheme", "/graded_elsewhere/level"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(declared: dict[str, Any], pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as raised:
        checked_declaration(declared)
    assert [field.pointer for field in raised.value.fields] == [f"/declared{pointer}" for pointer in pointers]
    assert "%(" not in str(raised.value)


def test_hostile_names_are_answered_in_short() -> None:
    hostile = {"x" * 100_000: 1} | {f"k{number}": 1 for number in range(5_000)}
    for declared in (hostile, {"elements": hostile}):
        with pytest.raises(InvalidInput) as raised:
            checked_declaration(declared)
        assert len(raised.value.fields) == 20
        assert all(len(field.pointer) < 400 for field in raised.value.fields)


def test_everything_that_can_be_declared_has_a_name() -> None:
    codes = {code for field, known in VOCABULARY.items() if field != "level" for code in known}
    codes |= {*ELEMENTS, *TIME_UNITS, *DECLARATIONS} - {"national_security"}
    assert codes - set(ELEMENT_NAMES) == set()
