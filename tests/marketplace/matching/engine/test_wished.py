"""Wishes of all open demands against one listing, at the edge of each; `test_reached` has the rest."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.constraints import check
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.open_demands import NONE, OpenDemands
from marketplace.matching.engine.soft import soft_values
from marketplace.matching.engine.weights import PRICE, load_weights
from marketplace.matching.engine.wished import fails, slack
from tests.marketplace.matching.engine.asking import listings, open_demand, wishes

TODAY: Final = date(2026, 3, 1)
LISTING: Final = ListingFacts(
    listing_id=9,
    organisation=2,
    title="",
    covers_from=date(2013, 1, 1),
    covers_until=date(2013, 12, 31),
    price=Decimal("100.00"),
    quality=80.0,
    freshness_on=date(2026, 1, 30),
    exclusive_offered=True,
    allotted_to=(1,),
    level="general_1",
)


def columns(*demands: DemandFacts) -> OpenDemands:
    return NONE.changed(np.empty(0, bool), [open_demand(number, one) for number, one in enumerate(demands)])


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"covers_from": date(2013, 1, 1), "covers_until": date(2013, 12, 31)}, 0),
        ({"covers_from": date(2012, 12, 31), "covers_until": date(2013, 12, 31)}, 1),
        ({"covers_from": date(2013, 1, 1), "covers_until": date(2014, 1, 1)}, 1),
        ({"covers_until": date(2013, 1, 1)}, 0),
        ({"covers_from": date(2014, 1, 1)}, 1),
        ({"minimum_quality": 80.0}, 0),
        ({"minimum_quality": 80.1}, 1),
        ({"maximum_age_days": 30}, 0),
        ({"maximum_age_days": 29}, 1),
        ({"maximum_age_days": 2_000_000_000}, 0),
        ({"budget": Decimal("100.00")}, 0),
        ({"budget": Decimal("99.99")}, 1),
        ({"budget": Decimal("100.00"), "currency": "EUR"}, 1),
        ({"exclusive": True, "organisation": 1}, 0),
        ({"exclusive": True, "organisation": 3}, 1),
        ({"minimum_quality": 80.1, "budget": Decimal("99.99"), "maximum_age_days": 29}, 3),
    ],
)
def test_a_wish_is_failed_where_the_engine_says_so(wish: dict[str, Any], expected: int) -> None:
    demand = DemandFacts(**{"text": "", "organisation": 3, **wish})
    assert fails(columns(demand), LISTING, TODAY).tolist() == [expected]
    assert sum(not one.met for one in check(demand, LISTING, today=TODAY)) == expected


@pytest.mark.parametrize(("kept_for", "expected"), [((), [0, 0, 0]), ((1,), [0, 1, 1]), ((1, 2), [1, 1, 1])])
def test_a_right_that_is_kept_for_others_is_not_to_be_had(kept_for: tuple[int, ...], expected: list[int]) -> None:
    demands = [DemandFacts(text="", organisation=buyer, exclusive=True) for buyer in (1, 2, 3)]
    listing = replace(LISTING, organisation=9, allotted_to=kept_for)
    assert fails(columns(*demands), listing, TODAY).tolist() == expected
    assert [sum(not one.met for one in check(demand, listing, today=TODAY)) for demand in demands] == expected


def test_what_is_free_is_so_in_every_currency_and_needs_a_price() -> None:
    demands = columns(DemandFacts(text="", organisation=3, budget=Decimal(0), currency="EUR"))
    for price, expected in ((Decimal(0), 0), (Decimal("0.01"), 1), (None, 1)):
        listing = ListingFacts(listing_id=9, organisation=2, title="", price=price)
        assert fails(demands, listing, TODAY).tolist() == [expected]


@given(st.lists(wishes(), max_size=12), listings())
def test_what_is_left_of_each_budget_is_what_the_engine_says(demands: list[DemandFacts], listing: ListingFacts) -> None:
    weights = load_weights()
    expected = [soft_values(one, listing, weights, TODAY)[PRICE] for one in demands]
    assert slack(columns(*demands), listing).tolist() == pytest.approx(expected, abs=1e-12)
