"""Ranking: constraints are never traded for relevance, features sum to the score, nothing irrelevant climbs."""

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.constraints import check
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.rank import MatchResult, rank
from marketplace.matching.engine.weights import load_weights

WEIGHTS = load_weights()
TODAY = date(2026, 3, 1)
DEMAND = DemandFacts(text="hourly weather", organisation=1)
LISTING = ListingFacts(listing_id=1, organisation=2, title="Hourly weather", level="general_1")


def ranked(demand: DemandFacts, *listings: ListingFacts) -> list[MatchResult]:
    return rank(demand, listings, WEIGHTS, today=TODAY)


def ids(results: Any) -> list[int]:
    return [result.listing_id for result in results]


def test_relevance_decides() -> None:
    other = replace(LISTING, listing_id=2, title="Weather stations")
    unrelated = replace(LISTING, listing_id=3, title="Hospital records", quality=100.0, freshness_on=TODAY)
    assert ids(ranked(DEMAND, unrelated, other, LISTING)) == [1, 2]


def test_features_of_equal_texts_by_hand() -> None:
    demand = replace(DEMAND, budget=Decimal(100))
    listing = replace(LISTING, quality=80.0, quality_low=70.0, price=Decimal(25), freshness_on=date(2025, 3, 1))
    (result,) = ranked(demand, listing)
    relevance = result.features["relevance"]
    assert result.features == pytest.approx(
        {
            "relevance": relevance,
            "quality": relevance * 0.12 * 0.7,
            "price": relevance * 0.05 * 0.75,
            "freshness": relevance * 0.08 * 0.5,
            "columns": 0.0,
            "record": relevance * 0.02 * 0.5,
        }
    )
    assert math.fsum(part.contribution for part in result.terms) / result.attainable == pytest.approx(relevance)
    assert (result.eligible, result.weights_version) == (True, "1.3.0")


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"quality": 90.0}, {"quality": 60.0}),
        ({"quality": 1.0}, {"quality": None}),
        ({"quality": 80.0, "quality_low": 75.0}, {"quality": 95.0, "quality_low": 60.0}),
        ({"requests_decided": 4, "requests_granted": 4}, {}),
        ({}, {"requests_decided": 4, "requests_granted": 1}),
        ({"price": Decimal(10)}, {"price": Decimal(90)}),
        ({"price": Decimal(0)}, {"price": Decimal(10)}),
        ({"price": Decimal(50)}, {"price": None}),
        ({"freshness_on": TODAY}, {"freshness_on": date(2020, 1, 1)}),
        ({"freshness_on": date(2020, 1, 1)}, {"freshness_on": None}),
    ],
)
def test_soft_features_order_what_is_equally_relevant(better: Any, worse: Any) -> None:
    demand = replace(DEMAND, budget=Decimal(100))
    listings = (replace(LISTING, listing_id=1, **worse), replace(LISTING, listing_id=2, **better))
    results = {result.listing_id: result.score for result in ranked(demand, *listings)}
    assert results[2] > results[1]


def test_equal_scores_are_ordered_by_identifier() -> None:
    listings = [replace(LISTING, listing_id=number) for number in (30, 4, 100)]
    assert ids(ranked(DEMAND, *listings)) == [4, 30, 100]


def test_who_the_provider_is_changes_nothing() -> None:
    (one,), (other,) = ranked(DEMAND, LISTING), ranked(DEMAND, replace(LISTING, organisation=77))
    assert one == other


def test_near_misses_follow_with_what_they_fail_the_fewest_first() -> None:
    demand = replace(DEMAND, sector="meteorology", budget=Decimal(10))
    fits = replace(LISTING, title="Weather", sector="meteorology", price=Decimal(10))
    costly = replace(LISTING, listing_id=2, sector="meteorology", price=Decimal(11))
    both = replace(LISTING, listing_id=3, sector="health", price=Decimal(11))
    results = ranked(demand, both, costly, fits)
    assert [(r.listing_id, r.eligible, [f.code for f in r.failed]) for r in results] == [
        (1, True, []),
        (2, False, ["budget"]),
        (3, False, ["sector", "budget"]),
    ]


def test_own_and_ungraded_listings_are_not_even_near_misses() -> None:
    own, ungraded = replace(LISTING, organisation=1), replace(LISTING, listing_id=2, level=None)
    assert ranked(DEMAND, own, ungraded) == []


def test_wanted_columns_are_searched_for() -> None:
    listing = replace(LISTING, title="Station table", columns=("wind_speed", "visib"))
    assert ranked(DEMAND, listing) == []
    assert ids(ranked(replace(DEMAND, columns=("wind_speed",)), listing)) == [1]


@pytest.mark.parametrize(
    ("columns", "types", "common"),
    [
        (("RAIN", "wind-speed"), {}, ("rain", "Wind Speed")),
        (("rain", "RAIN"), {}, ("rain",)),
        (("rainfall",), {}, ()),
        (("Rain",), {"Rain": "integer"}, ("rain",)),
        (("rain",), {"rain": "text"}, ()),
        (("WIND_SPEED",), {"WIND_SPEED": "integer"}, ("Wind Speed",)),
        (("WIND_SPEED",), {"WIND_SPEED": "decimal"}, ("Wind Speed",)),
        (("WIND_SPEED",), {"WIND_SPEED": "text"}, ()),
    ],
)
def test_wanted_columns_count_by_name_and_type(columns: Any, types: Any, common: Any) -> None:
    wanted = {"Wind Speed": "decimal", "rain": "integer"} if types else {}
    demand = replace(DEMAND, columns=("rain", "Wind Speed"), column_types=wanted)
    (result,) = ranked(demand, replace(LISTING, columns=columns, column_types=types))
    assert result.columns == common
    assert result.features["columns"] == pytest.approx(result.features["relevance"] * 0.08 * len(common) / 2)


def test_a_budget_of_nothing_matches_what_is_free() -> None:
    demand = replace(DEMAND, budget=Decimal(0))
    free, costly = replace(LISTING, price=Decimal(0)), replace(LISTING, listing_id=2, price=Decimal(1))
    results = ranked(demand, free, costly)
    assert [(r.listing_id, r.eligible, r.features["price"] > 0) for r in results] == [
        (1, True, True),
        (2, False, False),
    ]


def test_an_identifier_given_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="once"):
        ranked(DEMAND, LISTING, LISTING)


WORDS = st.lists(st.sampled_from(["hourly", "weather", "rain", "气象", "数据", "flights"]), max_size=5).map(" ".join)
DAYS = st.dates(date(2000, 1, 1), date(2030, 1, 1))
OPTIONAL = {
    "sector": st.none() | st.sampled_from(["health", "meteorology"]),
    "scenario": st.none() | st.sampled_from(["harvest", "flights"]),
}
DEMANDS = st.builds(
    DemandFacts,
    text=WORDS,
    organisation=st.integers(1, 2),
    regions=st.lists(st.sampled_from(["330000", "330100"]), unique=True).map(tuple),
    covers_from=st.none() | DAYS,
    covers_until=st.none() | DAYS,
    formats=st.lists(st.sampled_from(["csv", "parquet"]), unique=True).map(tuple),
    columns=st.lists(st.sampled_from(["rain", "Wind Speed"]), unique=True).map(tuple),
    exclusive=st.booleans(),
    maximum_age_days=st.none() | st.integers(0, 36_500),
    supply_modes=st.lists(st.sampled_from(["open", "licensed"]), unique=True).map(tuple),
    purpose=st.none() | st.sampled_from(["research", "other"]),
    budget=st.none() | st.decimals(0, 100, places=2),
    minimum_quality=st.none() | st.floats(0, 100),
    **OPTIONAL,
)
LISTINGS = st.lists(
    st.builds(
        ListingFacts,
        listing_id=st.integers(1, 99),
        organisation=st.integers(1, 3),
        title=WORDS,
        description=WORDS,
        regions=st.lists(st.sampled_from(["330000", "330100", "440000"]), max_size=2).map(tuple),
        supply_mode=st.sampled_from(["open", "licensed", "service"]),
        purposes=st.lists(st.sampled_from(["research", "other"]), unique=True).map(tuple),
        price=st.none() | st.decimals(0, 100, places=2),
        currency=st.sampled_from(["CNY", "EUR"]),
        quality=st.none() | st.floats(0, 100),
        quality_low=st.none() | st.floats(0, 100),
        level=st.none() | st.just("general_1"),
        formats=st.lists(st.sampled_from(["csv", "xlsx"]), unique=True).map(tuple),
        columns=st.lists(st.sampled_from(["RAIN", "wind_speed"]), unique=True).map(tuple),
        covers_from=st.none() | DAYS,
        covers_until=st.none() | DAYS,
        exclusive_offered=st.booleans(),
        licensed_until=st.none() | DAYS,
        exclusive_until=st.none() | DAYS,
        allotted_to=st.lists(st.integers(0, 2), max_size=2, unique=True).map(tuple),
        requests_decided=st.integers(5, 9),
        requests_granted=st.integers(0, 5),
        freshness_on=st.none() | DAYS,
        **OPTIONAL,
    ),
    max_size=8,
    unique_by=lambda listing: listing.listing_id,
)


@given(demand=DEMANDS, listings=LISTINGS)
def test_no_hard_constraint_is_ever_violated(demand: DemandFacts, listings: Any) -> None:
    by_id = {listing.listing_id: listing for listing in listings}
    for result in ranked(demand, *listings):
        listing = by_id[result.listing_id]
        assert listing.level is not None
        assert listing.organisation != demand.organisation
        assert result.constraints == check(demand, listing, today=TODAY)
        if not result.eligible:
            assert result.failed
            continue
        assert demand.sector in (None, listing.sector)
        assert not demand.supply_modes or listing.supply_mode in demand.supply_modes
        assert demand.purpose is None or not listing.purposes or demand.purpose in listing.purposes
        assert demand.scenario is None or listing.scenario in (None, demand.scenario)
        assert demand.minimum_quality is None or (listing.quality or 0) >= demand.minimum_quality
        assert not demand.regions or {"330000", *demand.regions} & set(listing.regions)
        assert not demand.formats or set(demand.formats) & set(listing.formats)
        assert listing.exclusive_until is None
        assert not demand.exclusive or (
            listing.exclusive_offered
            and listing.licensed_until is None
            and set(listing.allotted_to) <= {demand.organisation}
        )
        for day in (demand.covers_from, demand.covers_until):
            if day is not None:
                assert listing.covers_from is not None
                assert listing.covers_until is not None
                assert listing.covers_from <= day <= listing.covers_until
        if demand.maximum_age_days is not None:
            assert listing.freshness_on is not None
            assert (TODAY - listing.freshness_on).days <= demand.maximum_age_days
        if demand.budget is not None:
            assert listing.price is not None
            assert listing.price <= demand.budget
            assert listing.price == 0 or listing.currency == "CNY"


@given(demand=DEMANDS, listings=LISTINGS)
def test_features_sum_to_the_score_and_soft_ones_stay_within_their_bonus(demand: DemandFacts, listings: Any) -> None:
    for result in ranked(demand, *listings):
        assert float(sum(map(Fraction, result.features.values()))) == result.score
        relevance = result.features["relevance"]
        assert 0 < relevance < 1
        for name, most in WEIGHTS.bonus.items():
            assert 0 <= result.features[name] <= relevance * most


@given(demand=DEMANDS, listings=LISTINGS, random=st.randoms(use_true_random=False))
def test_the_order_is_stable_and_eligible_ones_come_first(demand: DemandFacts, listings: Any, random: Any) -> None:
    results = ranked(demand, *listings)
    keys = [(len(result.failed), -result.score, result.listing_id) for result in results]
    assert keys == sorted(keys)
    assert [result.eligible for result in results] == sorted((not r.failed for r in results), reverse=True)
    shuffled = list(listings)
    random.shuffle(shuffled)
    assert ids(ranked(demand, *shuffled)) == ids(results)
