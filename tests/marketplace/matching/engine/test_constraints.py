"""Each hard constraint, met and not met."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.constraints import ConstraintResult, check, covering, covers, oldest_day
from marketplace.matching.engine.facts import Access, DemandFacts, ListingFacts

TODAY = date(2026, 3, 1)
SPAN = "2013-01-01/2013-12-31"
DEMAND = DemandFacts(text="weather", organisation=1)
LISTING = ListingFacts(
    listing_id=9,
    organisation=2,
    title="Weather",
    sector="meteorology",
    regions=("330000",),
    supply_mode="licensed",
    purposes=("research", "public_welfare"),
    scenario="flight_weather",
    price=Decimal("100.00"),
    quality=80.0,
    covers_from=date(2013, 1, 1),
    covers_until=date(2013, 12, 31),
    formats=("csv",),
    freshness_on=date(2026, 1, 30),
    level="general_1",
)


def test_without_a_wish_only_the_three_that_always_hold_are_checked() -> None:
    assert check(DEMAND, LISTING, today=TODAY) == (
        ConstraintResult("grade_decided", True, True, True),
        ConstraintResult("not_own_listing", True, True, True),
        ConstraintResult("not_licensed_alone", True, True, True),
    )


def test_an_empty_wish_is_none() -> None:
    empty = replace(DEMAND, sector="", regions=(), formats=(), purpose="", scenario="", exclusive=False)
    assert len(check(empty, LISTING, today=TODAY)) == 3


@pytest.mark.parametrize(
    ("wish", "has", "expected"),
    [
        ({"sector": "meteorology"}, {}, ("sector", True, "meteorology", "meteorology")),
        ({"sector": "health"}, {}, ("sector", False, "health", "meteorology")),
        ({"sector": "health"}, {"sector": None}, ("sector", False, "health", None)),
        ({"regions": ("330106",)}, {}, ("region", True, ("330106",), ("330000",))),
        ({"regions": ("440000",)}, {}, ("region", False, ("440000",), ("330000",))),
        ({"regions": ("440000", "330100")}, {}, ("region", True, ("440000", "330100"), ("330000",))),
        ({"regions": ("330000",)}, {"regions": ()}, ("region", False, ("330000",), ())),
        ({"supply_modes": ("open", "licensed")}, {}, ("supply_mode", True, ("open", "licensed"), "licensed")),
        ({"supply_modes": ("open",)}, {}, ("supply_mode", False, ("open",), "licensed")),
        ({"purpose": "research"}, {}, ("purpose", True, "research", ("research", "public_welfare"))),
        ({"purpose": "marketing"}, {}, ("purpose", False, "marketing", ("research", "public_welfare"))),
        ({"purpose": "marketing"}, {"purposes": ()}, ("purpose", True, "marketing", ())),
        ({"scenario": "flight_weather"}, {}, ("scenario", True, "flight_weather", "flight_weather")),
        ({"scenario": "harvest"}, {}, ("scenario", False, "harvest", "flight_weather")),
        ({"scenario": "harvest"}, {"scenario": ""}, ("scenario", True, "harvest", "")),
        ({"budget": Decimal("100")}, {}, ("budget", True, "100 CNY", "100.00 CNY")),
        (
            {"budget": Decimal("99.99")},
            {},
            ("budget", False, "99.99 CNY", "100.00 CNY", float(Decimal("100.00") / Decimal("99.99") - 1)),
        ),
        ({"budget": Decimal("100")}, {"price": None}, ("budget", False, "100 CNY", None)),
        ({"budget": Decimal("100")}, {"currency": "EUR"}, ("budget", False, "100 CNY", "100.00 EUR")),
        ({"budget": Decimal(0)}, {"price": Decimal(0), "currency": "EUR"}, ("budget", True, "0 CNY", "0 EUR")),
        ({"minimum_quality": 80.0}, {}, ("minimum_quality", True, 80.0, 80.0)),
        ({"minimum_quality": 82.5}, {}, ("minimum_quality", False, 82.5, 80.0, 2.5)),
        ({"budget": Decimal(80)}, {}, ("budget", False, "80 CNY", "100.00 CNY", 0.25)),
        ({"budget": Decimal(0)}, {}, ("budget", False, "0 CNY", "100.00 CNY")),
        ({"formats": ("csv", "xlsx")}, {}, ("format", True, ("csv", "xlsx"), ("csv",))),
        ({"formats": ("xlsx",)}, {}, ("format", False, ("xlsx",), ("csv",))),
        ({"formats": ("xlsx",)}, {"formats": ()}, ("format", False, ("xlsx",), ())),
        ({"covers_from": date(2013, 1, 1)}, {}, ("time_span", True, "2013-01-01/2013-01-01", SPAN)),
        ({"covers_until": date(2014, 1, 5)}, {}, ("time_span", False, "2014-01-05/2014-01-05", SPAN, 5.0)),
        (
            {"covers_from": date(2012, 12, 31), "covers_until": date(2014, 1, 1)},
            {},
            ("time_span", False, "2012-12-31/2014-01-01", SPAN, 2.0),
        ),
        (
            {"covers_from": date(2013, 1, 1)},
            {"covers_until": None},
            ("time_span", False, "2013-01-01/2013-01-01", "2013-01-01/.."),
        ),
        ({"maximum_age_days": 30}, {}, ("freshness", True, "2026-01-30", "2026-01-30")),
        ({"maximum_age_days": 28}, {}, ("freshness", False, "2026-02-01", "2026-01-30", 2.0)),
        ({"maximum_age_days": 28}, {"freshness_on": None}, ("freshness", False, "2026-02-01", None)),
        ({"exclusive": True}, {}, ("exclusive", False, True, False)),
        ({"exclusive": True}, {"exclusive_offered": True}, ("exclusive", True, True, True)),
        (
            {"exclusive": True},
            {"exclusive_offered": True, "licensed_until": date(2027, 1, 1)},
            ("exclusive", False, True, "2027-01-01"),
        ),
        ({"exclusive": True}, {"exclusive_offered": True, "allotted_to": (1,)}, ("exclusive", True, True, True)),
        (
            {"exclusive": True},
            {"exclusive_offered": True, "allotted_to": (1, 2)},
            ("exclusive", False, True, "allotted"),
        ),
        ({"exclusive": True}, {"allotted_to": (2,)}, ("exclusive", False, True, False)),
        ({"minimum_quality": 0.0}, {"quality": None}, ("minimum_quality", False, 0.0, None)),
    ],
)
def test_a_stated_wish_is_checked_with_what_is_wanted_and_what_there_is(wish: Any, has: Any, expected: Any) -> None:
    assert check(replace(DEMAND, **wish), replace(LISTING, **has), today=TODAY)[3:] == (ConstraintResult(*expected),)


def test_own_and_ungraded_listings_fail() -> None:
    own = check(DEMAND, replace(LISTING, organisation=1, level=None), today=TODAY)
    assert [result.met for result in own] == [False, False, True]


def test_an_exclusive_licence_is_told_until_when_it_stands() -> None:
    found = check(DEMAND, replace(LISTING, exclusive_until=date(2027, 1, 1)), today=TODAY)
    assert found[2] == ConstraintResult("not_licensed_alone", False, True, "2027-01-01")


@pytest.mark.parametrize("possible", [True, False])
def test_the_answer_of_the_decision_table_is_a_constraint(possible: bool) -> None:
    access = Access("open" if possible else "refused", "row", possible)
    found = check(replace(DEMAND, purpose="research"), LISTING, today=TODAY, access=access)
    assert found[3] == ConstraintResult("authorization", possible, "research", access.mode)


@given(part=st.sampled_from(["330106", "330100", "330000", "100000", "110100"]))
def test_the_codes_that_cover_a_region_are_those_of_which_covers_says_so(part: str) -> None:
    known = ["100000", "330000", "330100", "330106", "330200", "110000", "110100"]
    assert set(covering(part)) == {code for code in known if covers(code, part)} | {part}


@pytest.mark.parametrize(
    ("region", "part", "expected"),
    [
        ("330000", "330000", True),
        ("330000", "330100", True),
        ("330100", "330106", True),
        ("330100", "330200", False),
        ("330106", "330100", False),
        ("100000", "330106", True),
        ("330000", "100000", False),
        ("100000", "100000", True),
        ("110000", "100000", False),
        ("", "330000", False),
    ],
)
def test_a_region_covers_its_parts(region: str, part: str, expected: Any) -> None:
    assert covers(region, part) is expected


def test_what_may_be_older_than_the_calendar_may_be_of_any_day() -> None:
    assert oldest_day(date(2026, 3, 1), 1) == date(2026, 2, 28)
    assert oldest_day(date(1, 1, 3), 1) == date(1, 1, 2)
    assert oldest_day(date(1, 1, 3), 2) == oldest_day(date(1, 1, 3), 10**6) == date.min
