"""The interval of scores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.quality.score import wilson


@pytest.mark.parametrize(
    ("satisfied", "examined", "low", "high"),
    # Computed by hand from Wilson (1927), z = 1.959964.
    [
        (8, 10, 0.4901625, 0.9433178),
        (0, 10, 0.0, 0.2775328),
        (10, 10, 0.7224672, 1.0),
        (500, 1000, 0.4690688, 0.5309312),
    ],
)
def test_wilson_golden(satisfied: int, examined: int, low: float, high: float) -> None:
    assert wilson(satisfied, examined) == pytest.approx((low, high), abs=2e-6)


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_wilson_holds_the_share(examined: int, share: float) -> None:
    satisfied = int(share * examined)
    low, high = wilson(satisfied, examined)
    assert 0 <= low <= satisfied / examined <= high <= 1
