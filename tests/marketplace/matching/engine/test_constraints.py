"""Each hard constraint, met and not met."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from marketplace.matching.engine.constraints import ConstraintResult, check, covers
from marketplace.matching.engine.facts import DemandFacts, ListingFacts

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
    grade_decided=True,
)


def test_without_a_wish_only_the_two_that_always_hold_are_checked() -> None:
    assert check(DEMAND, LISTING) == (
        ConstraintResult("grade_decided", True, True, True),
        ConstraintResult("not_own_listing", True, True, True),
    )


def test_an_empty_wish_is_none() -> None:
    assert len(check(replace(DEMAND, sector="", region="", purpose="", scenario=""), LISTING)) == 2


@pytest.mark.parametrize(
    ("wish", "has", "expected"),
    [
        ({"sector": "meteorology"}, {}, ("sector", True, "meteorology", "meteorology")),
        ({"sector": "health"}, {}, ("sector", False, "health", "meteorology")),
        ({"sector": "health"}, {"sector": None}, ("sector", False, "health", None)),
        ({"region": "330106"}, {}, ("region", True, "330106", ("330000",))),
        ({"region": "440000"}, {}, ("region", False, "440000", ("330000",))),
        ({"region": "330000"}, {"regions": ()}, ("region", False, "330000", ())),
        ({"supply_modes": ("open", "licensed")}, {}, ("supply_mode", True, ("open", "licensed"), "licensed")),
        ({"supply_modes": ("open",)}, {}, ("supply_mode", False, ("open",), "licensed")),
        ({"purpose": "research"}, {}, ("purpose", True, "research", ("research", "public_welfare"))),
        ({"purpose": "marketing"}, {}, ("purpose", False, "marketing", ("research", "public_welfare"))),
        ({"purpose": "marketing"}, {"purposes": ()}, ("purpose", True, "marketing", ())),
        ({"scenario": "flight_weather"}, {}, ("scenario", True, "flight_weather", "flight_weather")),
        ({"scenario": "harvest"}, {}, ("scenario", False, "harvest", "flight_weather")),
        ({"scenario": "harvest"}, {"scenario": ""}, ("scenario", True, "harvest", "")),
        ({"budget": Decimal("100")}, {}, ("budget", True, "100 CNY", "100.00 CNY")),
        ({"budget": Decimal("99.99")}, {}, ("budget", False, "99.99 CNY", "100.00 CNY")),
        ({"budget": Decimal("100")}, {"price": None}, ("budget", False, "100 CNY", None)),
        ({"budget": Decimal("100")}, {"currency": "EUR"}, ("budget", False, "100 CNY", "100.00 EUR")),
        ({"budget": Decimal(0)}, {"price": Decimal(0), "currency": "EUR"}, ("budget", True, "0 CNY", "0 EUR")),
        ({"minimum_quality": 80.0}, {}, ("minimum_quality", True, 80.0, 80.0)),
        ({"minimum_quality": 80.1}, {}, ("minimum_quality", False, 80.1, 80.0)),
        ({"minimum_quality": 0.0}, {"quality": None}, ("minimum_quality", False, 0.0, None)),
    ],
)
def test_a_stated_wish_is_checked_with_what_is_wanted_and_what_there_is(wish: Any, has: Any, expected: Any) -> None:
    assert check(replace(DEMAND, **wish), replace(LISTING, **has))[2:] == (ConstraintResult(*expected),)


def test_own_and_ungraded_listings_fail() -> None:
    own = check(DEMAND, replace(LISTING, organisation=1, grade_decided=False))
    assert [result.met for result in own] == [False, False]


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
