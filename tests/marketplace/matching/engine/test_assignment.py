"""Exclusive rights: the greatest total, ties by time, the same from any order, and what would be without a demand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from marketplace.matching.engine.assignment import Allocation, Award, Claim, allocate

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def claim(demand: int, *candidates: tuple[int, int], day: int = 0) -> Claim:
    return Claim(demand, BEGIN + timedelta(days=day), candidates)


def drawn(most_demands: int, most_listings: int, most_value: int) -> st.SearchStrategy[list[Claim]]:
    candidates = st.dictionaries(st.integers(1, most_listings), st.integers(1, most_value), max_size=most_listings)
    rows = st.lists(st.tuples(st.integers(0, 2), candidates), min_size=1, max_size=most_demands)
    return rows.map(lambda found: [claim(n, *row.items(), day=day) for n, (day, row) in enumerate(found, start=101)])


def by_trying_all(claims: Sequence[Claim]) -> dict[int, int]:
    """Demand → listing by the rule as it is said, over every possible assignment."""
    ordered = sorted(claims, key=lambda one: (one.opened_at, one.demand))
    ways: list[list[tuple[int, int] | None]] = [[*one.candidates, None] for one in ordered]
    best: tuple[tuple[int, ...], ...] = ()
    found: dict[int, int] = {}
    for way in product(*ways):
        taken = [option[0] for option in way if option]
        if len(taken) != len(set(taken)):
            continue
        each = tuple((option[1], -option[0]) if option else (0,) for option in way)
        rated = ((sum(option[1] for option in way if option),), *each)
        if rated > best:
            best = rated
            found = {one.demand: option[0] for one, option in zip(ordered, way, strict=True) if option}
    return found


def pairs(allocation: Allocation) -> dict[int, int]:
    return {award.demand: award.listing for award in allocation.awards}


def greedy(claims: Sequence[Claim]) -> int:
    """The total of taking the most valuable pair that is left, again and again."""
    edges = sorted(((value, one.demand, listing) for one in claims for listing, value in one.candidates), reverse=True)
    total, taken, served = 0, set(), set()
    for value, demand, listing in edges:
        if demand not in served and listing not in taken:
            total += value
            served.add(demand)
            taken.add(listing)
    return total


def test_the_sum_counts_and_not_the_best_pair() -> None:
    found = allocate([claim(1, (7, 10), (8, 9)), claim(2, (7, 8), day=1)])
    assert pairs(found) == {1: 8, 2: 7}
    assert (found.total, found.unserved) == (17, ())
    assert found.awards == (Award(1, 8, 9, None, 0), Award(2, 7, 8, 1, 1))


def test_the_earlier_of_two_equal_demands_has_it_and_the_later_would_follow() -> None:
    found = allocate([claim(1, (7, 10), day=1), claim(2, (7, 10))])
    assert found.awards == (Award(2, 7, 10, 1, 10),)
    assert (found.unserved, found.total) == ((1,), 10)
    assert allocate([claim(1, (7, 10)), claim(2, (7, 10))]).awards == (Award(1, 7, 10, 2, 10),)  # at the same instant


def test_nothing_asked_or_offered() -> None:
    assert allocate([]) == Allocation((), (), 0)
    assert allocate([claim(2), claim(1, day=1)]) == Allocation((), (2, 1), 0)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ([claim(1, (7, 1)), claim(1, (8, 1))], "each demand"),
        ([claim(1, (7, 1), (7, 2))], "each candidate"),
        ([claim(1, (7, 0))], "begin at 1"),
        ([claim(1, (7, 2**60))], "too great"),
    ],
)
def test_what_is_no_problem_of_this_kind_is_refused(claims: list[Claim], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        allocate(claims)


def test_values_are_told_apart_however_close_and_great() -> None:
    most = 2**55
    found = allocate([claim(1, (7, most), (8, most - 1)), claim(2, (7, most - 1), (8, most - 3), day=1)])
    assert (pairs(found), found.total) == ({1: 8, 2: 7}, 2 * most - 2)


@settings(max_examples=60, deadline=None)
@given(drawn(4, 4, 3))
def test_the_rule_of_time_and_what_would_be_without_each_demand(claims: list[Claim]) -> None:
    """Few values, so that nearly every case has ties: beside trying all assignments, with and without each demand."""
    found = allocate(claims)
    assert pairs(found) == by_trying_all(claims)
    values = {(one.demand, listing): value for one in claims for listing, value in one.candidates}
    for award in found.awards:
        others = [one for one in claims if one.demand != award.demand]
        without = by_trying_all(others)
        owners = {listing: demand for demand, listing in without.items()}
        assert award.next_demand == owners.get(award.listing)
        assert award.value == values[award.demand, award.listing]
        assert award.others_lose == sum(values[pair] for pair in without.items()) - (found.total - award.value)


@pytest.mark.parametrize(
    "candidates",
    [
        ([(2, 1), (3, 1)], [(1, 1), (2, 1), (3, 1)], [(2, 1)], [(1, 1)]),
        ([(1, 1), (2, 2), (3, 2)], [(2, 2)], [(1, 2), (2, 1), (3, 2)], [(1, 2), (2, 2)], [(1, 1), (2, 2), (3, 1)]),
        ([(2, 1)], [(3, 1), (4, 2)], [(1, 2), (2, 2), (3, 1), (4, 1)], [(1, 1)], [(1, 2)]),
        ([(1, 1)], [(2, 2), (3, 2)], [(2, 1)], [(1, 2), (3, 2), (4, 1)], [(1, 2), (2, 1), (3, 2)]),
        ([(1, 1), (2, 1), (3, 1)], [(2, 1), (3, 1)], [(1, 1), (2, 1), (4, 1)], [(n, 1) for n in range(1, 5)], [(1, 1)]),
    ],
)
def test_ties_that_few_cases_have(candidates: Sequence[list[tuple[int, int]]]) -> None:
    """What one leaves has to be taken, by somebody after it; who follows is told by time across a chain."""
    claims = [claim(100 + place, *row, day=place) for place, row in enumerate(candidates)]
    found = allocate(claims)
    assert pairs(found) == by_trying_all(claims)
    for award in found.awards:
        without = by_trying_all([one for one in claims if one.demand != award.demand])
        assert award.next_demand == {listing: demand for demand, listing in without.items()}.get(award.listing)


@settings(max_examples=25, deadline=None)
@given(drawn(10, 8, 4), st.randoms(use_true_random=False))
def test_larger_ones_equal_their_recomputation_from_any_order(claims: list[Claim], random: object) -> None:
    found = allocate(claims)
    shuffled = [Claim(one.demand, one.opened_at, one.candidates[::-1]) for one in claims]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allocate(shuffled) == found
    for award in found.awards:
        without = allocate([one for one in claims if one.demand != award.demand])
        owners = {other.listing: other.demand for other in without.awards}
        assert award.next_demand == owners.get(award.listing)
        assert award.others_lose == without.total - (found.total - award.value)


@settings(max_examples=30, deadline=None)
@given(drawn(16, 16, 1000))
def test_the_total_is_the_optimum_of_scipy_and_never_below_the_greedy_one(claims: list[Claim]) -> None:
    listings = sorted({listing for one in claims for listing, _value in one.candidates})
    worth = np.zeros((len(claims), len(listings)))  # nothing is worth as much as no edge: partial matching
    for row, one in enumerate(claims):
        for listing, value in one.candidates:
            worth[row, listings.index(listing)] = value
    total = int(worth[linear_sum_assignment(worth, maximize=True)].sum())
    found = allocate(claims)
    assert found.total == total == sum(award.value for award in found.awards)
    assert greedy(claims) <= total
    assert len({award.listing for award in found.awards}) == len(found.awards)
    assert sorted([award.demand for award in found.awards] + list(found.unserved)) == [one.demand for one in claims]
