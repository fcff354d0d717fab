"""Schemes that cannot be used are refused with everything that is wrong, each with its path."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.ladders.ladder import InvalidLadder, UnknownScheme
from grading.engine.ladders.library import library, read_scheme
from tests.grading.engine.ladders.ladders import NATIONAL, changed, level, row, scheme, with_criteria

WRONG: list[tuple[str, Any, str | None]] = [
    ("code", "Hang-zhou", "code: must be lower-case letters"),
    ("code", "crosswalk", "code: 'crosswalk' is taken by an address"),
    ("version", None, "version: is missing"),
    ("title_zh", None, "title_zh: is missing"),
    ("title_zh", "Public data", "title_zh: must be in Chinese"),
    ("title", "公共数据", "title: must be in English"),
    ("standard", 7, "standard: must be a text"),
    ("certainty", "maybe", "certainty: must be one of S, R, U"),
    ("regions", ["330"], "regions/0: must be two, four or six digits"),
    ("regions", ["33", "33"], "regions/1: '33' is there twice"),
    ("colour", "red", "colour: is not known here"),
    ("criteria_unknown", None, "criteria_unknown: is missing"),
    ("criteria_elsewhere", "grading_scheme", "criteria_elsewhere: only the national scheme"),
    ("extends", "national", "extends: a crosswalk leads to the national levels"),
    ("levels", "l1", "levels: must be a list of at most 60 tables"),
    ("levels", [], "levels: is missing"),
    ("levels/0", "l1", "levels/0: must be a table"),
    ("levels/1/title_zh", None, "levels/1/title_zh: is missing"),
    ("levels/1/title", "Level l1", "levels/1/title: 'Level l1' is there twice"),
    ("levels/1/description", "Grave.", "levels/1/description_zh: is missing"),
    ("levels/1/code", "l1", "levels/1/code: 'l1' is there twice"),
    ("levels/1/code", "l3", "crosswalk/l3: the level levels/1 has no national counterpart"),
    ("crosswalk/1/level", "l9", "crosswalk/1/level: there is no level 'l9'"),
    ("crosswalk/1/level", "l1", "crosswalk/1/level: 'l1' is there twice"),
    ("crosswalk/1", None, "crosswalk/l2: the level levels/1 has no national counterpart"),
    ("crosswalk/0/from", "general_5", "crosswalk/0/from: 'general_5' is no national level"),
    ("crosswalk/0/to", "core", "crosswalk/0/to: a range of all national levels says nothing"),
    ("crosswalk/0/to", None, "crosswalk/0/to: is missing"),
    ("crosswalk/1/from", "core", "crosswalk/1/to: 'important' is less strict than 'core'"),
    ("crosswalk/1/to", "general_3", None),
    ("crosswalk/0/to", "core", "crosswalk/1/to: 'l2' is lower than 'l1', which it stands above"),
    ("crosswalk/0/rationale_zh", None, "crosswalk/0/rationale_zh: is missing"),
    ("crosswalk/0/clause", "5.3", "crosswalk/0/clause: no clause is cited for what is uncertain"),
    ("crosswalk/0/source", "JR/T 0197-2020, section 5", "crosswalk/0/source: names a clause, though it is uncertain"),
    ("crosswalk/0/source", "某办法第八条", "crosswalk/0/source: names a clause, though it is uncertain"),
    ("crosswalk/0/source", "Annex B of the standard", "crosswalk/0/source: names a clause, though it is uncertain"),
    ("crosswalk/0/source", "a table of this product, art for section", None),
    ("crosswalk/0/certainty", "R", None),
]  # fmt: skip
WRONG_CRITERIA: list[tuple[str, Any, str | None]] = [
    ("criteria", None, "criteria: is missing: give the table, or say"),
    ("criteria", "none", "criteria: must be a table"),
    ("criteria_unknown", "Not known.", "criteria: say one of criteria, criteria_unknown"),
    ("criteria/table", [], "criteria/table: must have a table for each object"),
    ("criteria/table/public/some", None, "criteria/table/public/some: is missing"),
    ("criteria/table/public", None, "criteria/table/public/none: is missing"),
    ("criteria/table/public/some", "l7", "criteria/table/public/some: there is no level 'l7'"),
    ("criteria/table/public/much", "l2", "criteria/table/public/much: is none of the degrees"),
    ("criteria/table/nobody", {"none": "l1"}, "criteria/table/nobody: is none of the objects"),
    ("criteria/table/public/none", "l2", None),
    ("criteria/table/persons/none", "l2", "criteria/table/persons/some: is lower than for less harm"),
    ("criteria/objects/1/code", "persons", "criteria/objects/1/code: 'persons' is there twice"),
    ("criteria/degrees", [], "criteria/degrees: is missing"),
    ("criteria/degrees/0/title_zh", None, "criteria/degrees/0/title_zh: is missing"),
    ("criteria/source", None, "criteria/source: is missing"),
]


def problems(data: dict[str, Any]) -> list[str]:
    try:
        read_scheme(data)
    except InvalidLadder as error:
        return list(error.problems)
    return []


@pytest.mark.parametrize(("path", "value", "problem"), WRONG)
def test_each_defect_is_named_with_its_path(path: str, value: Any, problem: str | None) -> None:
    found = problems(changed(scheme(), path, value))
    if problem is None:
        assert found == []
    else:
        assert any(said.startswith(problem) for said in found), found


@pytest.mark.parametrize(("path", "value", "problem"), WRONG_CRITERIA)
def test_criteria_are_complete_and_never_fall(path: str, value: Any, problem: str | None) -> None:
    found = problems(changed(with_criteria(), path, value))
    if problem is None:
        assert found == []
    else:
        assert any(said.startswith(problem) for said in found), found


def test_all_defects_at_once() -> None:
    data = scheme(spans=(("general_2", "general_2"), ("general_1", "general_3"), ("important", "general_4")))
    for path, value in (("title_zh", None), ("levels/2/title", None), ("crosswalk/0/certainty", "X")):
        data = changed(data, path, value)
    assert problems(data) == [
        "title_zh: is missing",
        "levels/2/title: is missing",
        "crosswalk/0/certainty: must be one of S, R, U",
        "crosswalk/2/to: 'general_4' is less strict than 'important'",
        "crosswalk/1/from: 'l2' is lower than 'l1', which it stands above",
    ]


def test_a_hostile_text_is_answered_in_short() -> None:
    found = problems({**scheme(), **{f"{number}-{'x' * 1000}": 1 for number in range(1000)}})
    assert len(found) == 201
    assert found[-1] == "…: there is more"
    assert max(map(len, found)) < 700


def test_the_national_scheme_is_as_the_law_has_it() -> None:
    spans = tuple((one, one) for one in ("general_1", "general_2", "general_3", "general_4", "important", "core"))
    assert "levels: the national levels are general_1" in "\n".join(problems(scheme("national", spans)))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(
        ["", *with_criteria(), *(path for path, _value, _said in WRONG_CRITERIA if path != "criteria_unknown")]
    ),
    json_like,
)
def test_no_text_breaks_the_reader(path: str, value: Any) -> None:
    """Whatever stands at any place: a scheme or its problems, and nothing else."""
    data = with_criteria()
    if path:
        data = changed(data, path, value if value is not None else 0)
    elif isinstance(value, dict):
        data = value
    assert all(": " in said for said in problems(data))


def derived(code: str, base: str, **own: Any) -> dict[str, Any]:
    data = {
        key: value for key, value in scheme(code).items() if not key.startswith(("criteria", "levels", "crosswalk"))
    }
    return {**data, "extends": base, **own}


def test_a_scheme_takes_from_its_base_what_it_does_not_say() -> None:
    texts = [
        scheme("province"),
        derived("city", "province", crosswalk=[row("l1", "general_2")]),
        derived("county", "city", levels=[level("l1"), level("top")], crosswalk=[row("top", "core")]),
    ]
    known = library(map(read_scheme, texts))
    assert [said for said in known.problems if not said.startswith("national/")] == []
    city, county = known.scheme("city"), known.scheme("county")
    assert [(city.crosswalk[one].lowest, city.crosswalk[one].strictest) for one in city.codes] == [
        ("general_2", "general_2"), ("general_3", "important"),
    ]  # fmt: skip
    assert (city.criteria_unknown, city.crosswalk["l2"].scheme) == ("Only the order is known.", "city")
    assert [(one, county.crosswalk[one].counted) for one in county.codes] == [("l1", "general_2"), ("top", "core")]


def test_what_inheriting_breaks_is_named_where_it_was_written() -> None:
    texts = [scheme("province"), derived("city", "province", crosswalk=[row("l1", "general_4")])]
    known = library(map(read_scheme, texts))
    assert (
        known.problems
        == (
            "city/province/crosswalk/1/from: 'l2' is lower than 'l1', which it stands above",
            "national/code: there is no national scheme",
        )[::-1]
    )
    with pytest.raises(InvalidLadder, match="city/province/crosswalk/1"):
        known.scheme("city")
    assert known.scheme("province").codes == ("l1", "l2")


def test_of_a_text_that_extends_another_its_own_faults_are_named_at_once() -> None:
    rows = [row("l1", "general_3", "general_1"), row("l1", "core"), row("l2", "level_2")]
    data = changed(derived("city", "province", crosswalk=rows, levels=[level("l1"), level("l1")]), "title_zh", None)
    assert problems(data) == [
        "title_zh: is missing",
        "levels/1/code: 'l1' is there twice",
        "levels/1/title: 'Level l1' is there twice",
        "levels/1/title_zh: 'l1 级' is there twice",
        "crosswalk/1/level: 'l1' is there twice",
        "crosswalk/0/to: 'general_1' is less strict than 'general_3'",
        *(f"crosswalk/2/{end}: 'level_2' is no national level; known: {', '.join(NATIONAL)}" for end in ("from", "to")),
    ]


@pytest.mark.parametrize(
    ("bases", "problem"),
    [
        ({"a": "a"}, "a/extends: schemes are based on each other: a → a"),
        ({"a": "b", "b": "a"}, "a/extends: schemes are based on each other: a → b → a"),
        ({"a": "b", "b": "c", "c": "b"}, "a/extends: schemes are based on each other: b → c → b"),
        ({"a": "nowhere"}, "a/extends: there is no scheme 'nowhere'"),
    ],
)
def test_bases_lead_somewhere(bases: dict[str, str], problem: str) -> None:
    known = library([read_scheme(derived(code, base)) for code, base in bases.items()])
    assert problem in known.problems
    assert dict(known.schemes) == {}
    with pytest.raises(InvalidLadder, match="extends"):
        known.scheme("a")
    with pytest.raises(UnknownScheme):
        known.scheme("z")


def test_two_schemes_of_one_code_are_neither() -> None:
    known = library([read_scheme(scheme("city")), read_scheme(scheme("city"))])
    assert "city/code: there are two schemes of this code" in known.problems
    assert "city" not in known.schemes
