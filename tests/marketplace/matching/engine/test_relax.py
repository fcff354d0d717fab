"""Nearest misses: what one wish, loosened alone, would bring in, the smallest step first."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.constraints import ConstraintResult
from marketplace.matching.engine.relax import Relaxation, days_of, relaxations


def dear(more: float, price: str) -> tuple[ConstraintResult, ...]:
    return (ConstraintResult("budget", False, "100 CNY", price, more),)


def other(code: str, actual: str) -> tuple[ConstraintResult, ...]:
    return (ConstraintResult(code, False, "wanted", actual),)


def test_two_listings_if_the_budget_were_a_fifth_higher() -> None:
    found = relaxations([(1, dear(0.2, "120 CNY")), (2, dear(0.15, "115 CNY")), (3, dear(4.0, "500 CNY"))])
    assert found == [
        Relaxation("budget", "115 CNY", 0.15, 1),
        Relaxation("budget", "120 CNY", 0.2, 2),
        Relaxation("budget", "500 CNY", 4.0, 3),
    ]


def test_what_fails_two_wishes_or_cannot_be_had_is_gained_by_neither() -> None:
    both = (*dear(0.2, "120 CNY"), *other("sector", "health"))
    assert relaxations([(1, both), (2, other("not_own_listing", "x")), (3, other("grade_decided", "x"))]) == []


def test_measured_ones_come_before_those_without_a_measure_and_the_smallest_first() -> None:
    found = relaxations(
        [
            (1, other("sector", "health")),
            (2, other("sector", "energy")),
            (3, other("sector", "energy")),
            (4, dear(0.5, "150 CNY")),
            (5, (ConstraintResult("minimum_quality", False, 80.0, 75.0, 5.0),)),
            (6, (ConstraintResult("time_span", False, "a", "b", 36.0),)),
            (7, (ConstraintResult("freshness", False, "a", "b", 73.0),)),
            (8, (ConstraintResult("minimum_quality", False, 80.0, None),)),
        ],
        wanted_days=360,
    )
    assert [(step.code, step.to, step.by, step.gained) for step in found] == [
        ("minimum_quality", 75.0, 5.0, 1),
        ("time_span", "b", 36.0, 1),
        ("freshness", "b", 73.0, 1),
        ("budget", "150 CNY", 0.5, 1),
        ("sector", "energy", None, 2),
        ("minimum_quality", None, None, 1),
        ("sector", "health", None, 1),
    ]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_a_larger_step_never_brings_in_fewer(prices: list[int]) -> None:
    failures = [(place, dear(more / 10, f"{more} CNY")) for place, more in enumerate(prices)]
    found = relaxations(failures)
    assert [step.by for step in found] == sorted({more / 10 for more in prices})[:3]
    for step in found:
        assert step.by is not None
        assert step.gained == sum(more / 10 <= step.by for more in prices)


def test_days_of_a_span() -> None:
    assert (days_of(None), days_of((date(2013, 1, 1), date(2013, 12, 31)))) == (None, 365)
