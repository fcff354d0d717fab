"""Round places: few, inside the axis, and labelled so that they can be told apart."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grading.drawing.axes import EPOCH, instant, number, number_ticks, time_ticks


def at(text: str) -> float:
    return (datetime.fromisoformat(text) - EPOCH).total_seconds()


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-5, 430, ["0", "100", "200", "300", "400"]),
        (0, 1, ["0.0", "0.5", "1.0"]),
        (0.001, 0.0042, ["0.001", "0.002", "0.003", "0.004"]),
        (-4.1e9, 4.8e9, ["-4,000,000,000", "-2,000,000,000", "0", "2,000,000,000", "4,000,000,000"]),
        (3, 3, ["3"]),
        (1e15, 9e15, ["2e+15", "4e+15", "6e+15", "8e+15"]),
    ],
)
def test_numbers(low, high, labels):
    assert [label for _, label in number_ticks(low, high)] == labels


@pytest.mark.parametrize(
    ("start", "end", "labels"),
    [
        ("1949-10-01", "2024-06-30", ["1960", "1980", "2000", "2020"]),
        ("2013-01-01", "2013-12-31", ["2013-01", "2013-04", "2013-07", "2013-10"]),
        ("2024-01-03", "2024-02-09", ["2024-01-08", "2024-01-18", "2024-01-28", "2024-02-07"]),
        ("2024-01-01 22:30", "2024-01-02 06:00", ["01-02 00:00", "01-02 02:00", "01-02 04:00", "01-02 06:00"]),
        ("2024-01-01 00:00:01", "2024-01-01 00:00:08", ["00:00:02", "00:00:04", "00:00:06", "00:00:08"]),
        ("0001-01-01", "9999-12-31", ["2000", "4000", "6000", "8000"]),
    ],
)
def test_instants(start, end, labels):
    assert [label for _, label in time_ticks(at(start), at(end))] == labels


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_few_numbers_inside_the_axis(one, other):
    assume(one != other)
    low, high = min(one, other), max(one, other)
    ticks = number_ticks(low, high)
    assert len(ticks) <= 5
    slack = 1e-6 * (high - low)
    assert all(low - slack <= place <= high + slack for place, _ in ticks)


@given(st.datetimes(), st.integers(1, 400 * 365 * 86_400))
def test_few_instants_inside_the_axis_each_with_its_label(start, seconds):
    try:
        end = start + timedelta(seconds=seconds)
    except OverflowError:
        assume(False)
    low, high = (start - EPOCH).total_seconds(), (end - EPOCH).total_seconds()
    ticks = time_ticks(low, high)
    assert len(ticks) <= 4
    assert all(low <= place <= high for place, _ in ticks)
    assert len({label for _, label in ticks}) == len(ticks)


def test_instants_beyond_the_calendar_have_no_ticks():
    assert time_ticks(-1e15, 1e15) == []
    assert instant(1e15) == "1e+15"


def test_numbers_and_instants_beside_a_picture():
    assert [number(value) for value in (7.0, 0.125, 1234567.8, -0.0000001, 1e20)] == [
        "7", "0.125", "1,234,568", "-1e-07", "1e+20",
    ]  # fmt: skip
    assert [instant(at(text)) for text in ("2024-02-29", "1969-12-31 23:59:58")] == ["2024-02-29", "1969-12-31 23:59"]
