"""Shares of extents that differ are compared by what they cover; what reaches wide is not small."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.levels import EXTENTS, Coverage, Facts, Place, Precision, place
from grading.engine.levels.extents import Extents
from tests.grading.engine.levels.columns import verdicts
from tests.grading.engine.levels.test_place import FACTS, KINDS, SCHEME, assert_no_lower, placed

SIZES = SCHEME.extents.sizes
PERSONS = ["person_name"]


def of_stations(facts: Facts) -> Place:
    """Coordinates in a table that is about no persons."""
    return place(verdicts=verdicts("geolocation", in_context=False), facts=facts, scheme=SCHEME)


def flags(kinds: list[str | None], coverage: Coverage, **known: Any) -> set[str]:
    return {flag.reason.code for flag in placed(kinds, Facts(coverage=coverage, **known)).flags}


@pytest.mark.parametrize(
    ("extent", "share", "flagged"),
    [
        ("city", 1.0, False), ("province", 0.49, False), ("province", 0.5, True),
        # two provinces at the least, and a quarter of them: as much as half of one
        ("several_provinces", 0.24, False), ("several_provinces", 0.25, True),
        ("country", 0.016, False), ("country", 0.017, True), ("country", 0.4, True), ("country", 0.0, False),
    ],
)  # fmt: skip
def test_as_much_of_a_wider_extent_is_as_much(extent: str, share: float, flagged: bool) -> None:
    found = flags(list(PERSONS), Coverage(extent, share))
    assert found == ({"most_persons_of_a_province"} if flagged else set())


def test_a_wider_extent_raises_as_well() -> None:
    levels = [
        placed(list(PERSONS), Facts(coverage=Coverage(extent, share))).level
        for extent, share in (("county", 1.0), ("city", 0.5), ("province", 0.04), ("province", 0.05))
    ]
    assert levels == ["general_2", "general_3", "general_2", "general_3"]


@given(KINDS, FACTS, st.sampled_from([0.25, 0.5, 1.0]), st.floats(1.001, 100), st.data())
def test_what_covers_as_much_and_reaches_as_wide_lowers_nothing(
    kinds: list[str | None], facts: Facts, share: float, more: float, data: Any
) -> None:
    narrow = data.draw(st.sampled_from(EXTENTS))
    wide = data.draw(st.sampled_from(EXTENTS[EXTENTS.index(narrow) :]))
    as_much = min(1.0, more * share * SIZES[narrow] / SIZES[wide]) if wide != narrow else share
    facts = replace(facts, importance=("critical_infrastructure",))
    before, after = (
        placed([*PERSONS, *kinds], replace(facts, coverage=Coverage(extent, part, facts.coverage.area_km2)))
        for extent, part in ((narrow, share), (wide, as_much))
    )
    assert_no_lower(before, after)


@pytest.mark.parametrize(
    ("coverage", "counted"),
    [
        (Coverage("site"), 0), (Coverage("site", area_km2=24.9), 24.9), (Coverage("county"), 25),
        (Coverage("county", area_km2=10), 25), (Coverage("county", area_km2=900), 900), (Coverage("city"), 1000),
        (Coverage("province", 0.1), 6000), (Coverage("country"), 9_600_000), (Coverage(), 0), (Coverage("moon"), 0),
    ],
)  # fmt: skip
def test_what_reaches_wide_counts_with_the_area_that_hardly_any_such_extent_is_below(
    coverage: Coverage, counted: float
) -> None:
    assert SCHEME.extents.area_km2(coverage) == counted
    precise, coarse = (of_stations(Facts(coverage=coverage, precision=Precision(decimals))) for decimals in (6, 3))
    wide = counted >= 25
    assert [flag.reason.code for flag in precise.flags] == (["wide_precise_geography"] if wide else [])
    assert (precise.level, coarse.level, coarse.flags) == ("general_4" if wide else "general_1", "general_1", ())


def test_the_sentence_names_the_area_that_counts() -> None:
    facts = Facts(coverage=Coverage("city"), precision=Precision(coordinates=6))
    (flag,) = of_stations(facts).flags
    assert dict(flag.reason.params) == {"rows": 0, "persons": 0, "decimals": 6, "area_km2": 1000}


def test_without_sizes_a_share_is_as_much_of_every_extent() -> None:
    """As before there were sizes: released schemes have none."""
    plain = Extents()
    half = [plain.reached(Coverage(extent, 0.5), least="province", share=0.5) for extent in EXTENTS]
    assert half == [False, False, False, True, True, True]
    assert plain.reached(Coverage("country", 0.4), least="province", share=0.5) is False
    assert plain.reached(Coverage(None, 0.5), least="", share=0.5) is True
    assert plain.area_km2(Coverage("country", area_km2=3)) == 3
