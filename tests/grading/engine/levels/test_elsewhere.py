"""Data graded by another scheme: its national counterpart is a floor, and what is above general data is flagged."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidInput
from grading.engine.levels import GENERAL_LEVELS, Elements, Elsewhere, Facts, elements_of
from grading.engine.plain import to_plain
from grading.rules.elsewhere import counted, require_level
from grading.rules.level_schemes import shipped_schemes
from grading.wording.element_words import element_lines
from tests.grading.engine.levels.test_place import ELSEWHERE, FACTS, KINDS, LEVELS, SCHEME, assert_no_lower, placed

NOTHING: list[str] = []
IMPORTANT, CORE = ["possibly_important"], ["possibly_core"]
FLOORS = {
    "national": [
        ("general_1", "general_1", NOTHING), ("general_2", "general_2", NOTHING), ("general_3", "general_3", NOTHING),
        ("general_4", "general_4", NOTHING), ("important", "general_4", IMPORTANT), ("core", "general_4", CORE),
    ],
    "finance": [
        ("level_1", "general_1", NOTHING), ("level_2", "general_2", NOTHING), ("level_3", "general_3", NOTHING),
        ("level_4", "general_4", NOTHING), ("level_5", "general_4", CORE),
    ],
    "guizhou": [
        ("not_sensitive", "general_1", NOTHING), ("user_privacy", "general_4", NOTHING),
        ("state_secret", "general_4", CORE),
    ],
    "industry": [
        ("level_1", "general_2", NOTHING), ("level_2", "general_4", IMPORTANT), ("level_3", "general_4", CORE),
    ],
    "telecom": [
        ("level_1", "general_1", NOTHING), ("level_2", "general_2", NOTHING), ("level_3", "general_3", NOTHING),
        ("level_4", "general_4", IMPORTANT),
    ],
    "zhejiang": [
        ("level_1", "general_1", NOTHING), ("level_2", "general_2", NOTHING), ("level_3", "general_3", NOTHING),
        ("level_4", "general_4", IMPORTANT),
    ],
}  # fmt: skip
"""Scheme → each level with what is recommended of data without sensitive columns, and the flags."""


def test_every_shipped_level_is_a_floor() -> None:
    library = shipped_schemes()
    found: dict[str, list[Any]] = {}
    for code in library.codes:
        for level in library.scheme(code).codes:
            there = placed([], Facts(graded_elsewhere=counted(Elsewhere(code, level), library, None)))
            found.setdefault(code, []).append((level, there.level, [flag.code for flag in there.flags]))
    assert (library.problems, found) == ((), FLOORS)


@given(KINDS, FACTS, ELSEWHERE)
def test_another_scheme_lowers_nothing_and_is_not_below(
    kinds: list[str | None], facts: Facts, there: Elsewhere
) -> None:
    before = placed(kinds, replace(facts, graded_elsewhere=None))
    after = placed(kinds, replace(facts, graded_elsewhere=there))
    assert_no_lower(before, after)
    if there.strictest is not None:
        assert GENERAL_LEVELS.index(after.level) >= min(LEVELS.index(there.strictest), 3)
        added = [flag.code for flag in after.flags if flag not in before.flags]
        assert added == ([f"possibly_{there.strictest}"] if there.strictest in ("important", "core") else [])
    else:
        assert (after.level, after.flags) == (before.level, before.flags)


@given(KINDS, FACTS, st.data())
def test_a_graver_level_elsewhere_lowers_nothing(kinds: list[str | None], facts: Facts, data: Any) -> None:
    low, high = sorted(data.draw(st.lists(st.sampled_from(range(6)), min_size=2, max_size=2)))
    before, after = (
        placed(kinds, replace(facts, graded_elsewhere=Elsewhere("city", "l1", strictest=LEVELS[rank], known=True)))
        for rank in (low, high)
    )
    assert GENERAL_LEVELS.index(after.level) >= GENERAL_LEVELS.index(before.level)


def test_reason_and_cell_are_those_of_the_floor() -> None:
    there = counted(Elsewhere("zhejiang", "level_4"), shipped_schemes(), None)
    found = placed([], Facts(graded_elsewhere=there))
    (reason, highest), (flag,) = found.reasons, found.flags
    assert highest.code == "possibly_above_general"
    told = {"scheme": "zhejiang", "scheme_level": "level_4", "national_level": "important"}
    assert (reason.code, dict(reason.params)) == ("graded_elsewhere", {**told, "level": "general_4"})
    assert (reason.source, reason.certainty) == (there.source, there.certainty) != ("", "")
    assert (found.harmed_object, found.degree) == ("organisation_rights", "especially_serious")
    assert (flag.harmed_object, flag.degree, SCHEME.cell(flag.harmed_object, flag.degree)) == (
        "public_interest", "serious", "important",
    )  # fmt: skip
    assert (flag.reason.code, dict(flag.reason.params)) == ("above_general_elsewhere", told)
    of_persons = placed(["resident_id"], Facts(graded_elsewhere=there))
    assert of_persons.harmed_object == "individual_rights"


def test_a_level_that_nobody_knows_raises_nothing_and_is_named() -> None:
    never = placed([], Facts(graded_elsewhere=Elsewhere("gone", "l1")))
    assert (never.level, [reason.code for reason in never.reasons], never.flags) == ("general_1", ["unknown_level"], ())
    last = placed([], Facts(graded_elsewhere=Elsewhere("gone", "l1", strictest="general_3")))
    assert (last.level, [reason.code for reason in last.reasons]) == (
        "general_3",
        ["unknown_level", "graded_elsewhere"],
    )


def test_it_is_stored_and_former_elements_still_load() -> None:
    there = counted(Elsewhere("finance", "level_3"), shipped_schemes(), None)
    assert (there.lowest, there.strictest, there.known, bool(there.rationale)) == ("general_2", "general_3", True, True)
    elements = elements_of(Facts(graded_elsewhere=there), ())
    plain = to_plain(elements)
    assert Elements.from_dict(plain) == elements
    assert ("graded elsewhere", "finance level_3 (general 3)") in element_lines(plain)
    gone = {**plain, "graded_elsewhere": {**plain["graded_elsewhere"], "known": False}}
    assert ("graded elsewhere", "finance level_3 (general 3, as it counted last)") in element_lines(gone)
    del plain["graded_elsewhere"]
    assert Elements.from_dict(plain) == replace(elements, graded_elsewhere=None)
    assert "graded elsewhere" not in dict(element_lines(plain))


@pytest.mark.parametrize(
    ("scheme", "level", "pointer", "said"),
    [
        ("mars", "level_1", "/x/graded_elsewhere/scheme", "no grading scheme 'mars'. Known: national, finance"),
        ("zhejiang", "general_1", "/x/graded_elsewhere/level", "no level 'general_1'. Known: level_1, level_2"),
    ],
)
def test_the_unknown_is_refused_with_what_is_known(scheme: str, level: str, pointer: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as raised:
        require_level({"graded_elsewhere": {"scheme": scheme, "level": level}}, shipped_schemes(), at="/x")
    assert [field.pointer for field in raised.value.fields] == [pointer]
