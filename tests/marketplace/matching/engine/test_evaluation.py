"""NDCG, MAP and the paired comparison: by hand, and by properties."""

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.engine.evaluation import average_precision, condensed, ndcg, paired

GRADES = {1: 3, 2: 0, 3: 2, 4: 1}


def test_by_hand() -> None:
    ranking = [2, 9, 1, 8, 3]  # 9 and 8 were not judged, 4 was not found
    assert condensed(ranking, GRADES) == [2, 1, 3, 4]
    gains = 7 / log2(3) + 3 / log2(4) + 1 / log2(5)
    ideal = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)
    assert ndcg(ranking, GRADES, 10) == pytest.approx(gains / ideal)
    assert ndcg(ranking, GRADES, 2) == pytest.approx(7 / log2(3) / (7 + 3 / log2(3)))
    assert average_precision(ranking, GRADES, 10) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert average_precision(ranking, GRADES, 2) == pytest.approx((1 / 2) / 2)


def test_what_was_not_found_comes_last_and_the_worst_of_it_first() -> None:
    assert condensed([], GRADES) == [2, 4, 3, 1]


def test_nothing_to_measure() -> None:
    assert (ndcg([1], {1: 0}, 10), ndcg([1], {}, 10)) == (None, None)
    assert (average_precision([1], {1: 1}, 10), average_precision([], {}, 10)) == (None, None)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(1, 8), st.integers(0, 3), min_size=1), st.permutations(range(1, 9)), st.integers(1, 9)
)
def test_the_best_order_is_one_and_none_is_above_it(grades: dict[int, int], ranking: list[int], k: int) -> None:
    best = sorted(grades, key=lambda one: -grades[one])
    for measured in (ndcg, average_precision):
        top = measured(best, grades, k)
        assert top is None or top == pytest.approx(1.0)
        share = measured(ranking, grades, k)
        assert (share is None) == (top is None)
        assert share is None or 0 <= share <= 1 + 1e-12


def test_two_versions_beside_each_other() -> None:
    before, after = [0.5] * 40, [0.5] * 20 + [0.7] * 15 + [0.4] * 5
    found = paired(before, after)
    assert (found.count, found.better, found.worse, found.before) == (40, 15, 5, 0.5)
    assert found.difference == pytest.approx((15 * 0.2 - 5 * 0.1) / 40)
    assert 0 < found.low < found.difference < found.high < 0.12
    assert paired(before, after) == found
    backwards = paired(after, before)
    assert (backwards.low, backwards.high) == pytest.approx((-found.high, -found.low))


def test_no_difference_and_no_demands() -> None:
    same = paired([0.1, 0.9], [0.1, 0.9])
    assert (same.low, same.high, same.better, same.worse) == (0.0, 0.0, 0, 0)
    assert paired([], []).count == 0
