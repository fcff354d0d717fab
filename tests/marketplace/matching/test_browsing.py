"""Browsing: filters, words, and counts that are those of the lists they lead to."""

from decimal import Decimal
from typing import Any

import pytest

from marketplace.matching import browsing
from marketplace.matching.models import IndexedListing
from tests.factories import World, draft_listing, published_listing

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/listings"


def stocked(world: World) -> None:
    kinds: list[dict[str, Any]] = [
        {"title": "Flight delays", "quality": 95.0},
        {"title": "Flight crews", "price": Decimal(0), "supply_mode": "open", "region": "310100"},
        {"title": "Hospital beds", "sector": "health", "level": "general_3", "price": Decimal(50_000)},
        {"title": "Hospital flights", "sector": "health", "quality": None, "currency": "EUR"},
    ]
    for kind in kinds:
        published_listing(world, **{"description": "Records.", "tags": [], "title_zh": "", **kind})
    draft_listing(world, title="Flight secrets")


def listed(world: World, **asked: str) -> list[str]:
    rows = world.anonymous.get(ADDRESS, asked).json()["results"]
    return [row["current"]["title"] for row in rows]


def test_counts_are_those_of_the_lists_each_facet_without_its_own_filter(world: World) -> None:
    stocked(world)
    cases: list[dict[str, str]] = [
        {}, {"sector": "health"}, {"q": "flight"}, {"q": "flight", "sector": "health"}, {"price": "to_10000"},
        {"sector": "transport", "quality": "from_90"}, {"format": "csv", "level": "general_3"},
    ]  # fmt: skip
    for case in cases:
        counted = world.anonymous.get(f"{ADDRESS}/facets", case).json()
        assert set(counted) == set(browsing.FACETS)
        for facet, values in counted.items():
            others = {name: value for name, value in case.items() if name != facet}
            for value, count in values.items():
                assert len(listed(world, **others, **{facet: value})) == count, (case, facet, value)
            if facet != "format":
                assert sum(values.values()) == len(listed(world, **others))


def test_every_listing_is_in_one_band(world: World) -> None:
    stocked(world)
    for bands in (browsing.QUALITY, browsing.PRICE):
        held = [
            set(IndexedListing.objects.filter(condition).values_list("pk", flat=True)) for condition in bands.values()
        ]
        assert sum(map(len, held)) == len(set().union(*held)) == 4


def test_words_put_the_most_relevant_first_and_page_in_that_order(world: World) -> None:
    stocked(world)
    found = listed(world, q="hospital flights")
    assert (found[0], set(found)) == (
        "Hospital flights",
        {"Hospital flights", "Hospital beds", "Flight delays", "Flight crews"},
    )
    first = world.anonymous.get(ADDRESS, {"q": "hospital flights", "page_size": "3"}).json()
    rest = world.anonymous.get(first["next"]).json()
    assert [row["current"]["title"] for row in (*first["results"], *rest["results"])] == found
    assert rest["next"] is None
    assert listed(world, q="hospital flights", sector="transport", supply_mode="open") == ["Flight crews"]
    assert listed(world, q="unheard") == []


def test_unknown_values_are_refused_by_name(world: World) -> None:
    answer = world.anonymous.get(f"{ADDRESS}/facets", {"price": "cheap"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/price")
    assert world.anonymous.get(f"{ADDRESS}/facets", {"mine": "1"}).status_code == 422


def test_a_page_costs_the_same_however_many_are_on_it(world: World, django_assert_num_queries: Any) -> None:
    published_listing(world, title="Flight delays")
    listed(world, q="flight")  # what a process keeps of the index
    for asked, queries in (
        ({"q": "flight"}, 3),  # weights in force, listings, versions; words by a statement of their own
        ({"q": "flight", "sector": "transport"}, 4),
        ({"sector": "transport", "price": "to_10000"}, 2),
        ({"sector": "transport"}, 2),
    ):
        with django_assert_num_queries(queries):
            assert listed(world, **asked) == ["Flight delays"]
    for number in range(5):
        published_listing(world, title=f"Flight crews {number}")
    listed(world, q="flight")
    with django_assert_num_queries(4):
        assert len(listed(world, q="flight", sector="transport")) == 6
