"""Scores fall with the days, by steps that are worth saying, and the day of each is known beforehand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.quality import Assessment, Measure, Metadata, Score, band, changes_on, differs, fell, reassess
from grading.engine.quality.decay import OVERALL_STEP, TIMELINESS_STEP
from grading.rules.shipped import shipped_rules

WEIGHTS = shipped_rules().quality
TODAY = date(2026, 1, 31)


def overall(found: Assessment) -> float:
    assert found.overall.value is not None
    return found.overall.value


def on(day: date, metadata: Metadata, found: Assessment | None = None) -> Assessment:
    none = Score(None, None, None, 0.0)
    content = Measure("data_elements", "completeness", "values_present", "a", 90, 100, 0.9)
    timely = Measure("point_in_time", "timeliness", "point_in_time", None, 0, 0, None, reason="no_update_frequency")
    bare = Assessment(none, "", (), (content, timely), (), {}, "", day, "", "")
    return reassess(found or bare, metadata=metadata, weights=WEIGHTS, has_values=True, today=day)


def first_day(found: Assessment, metadata: Metadata) -> date | None:
    return changes_on(found, metadata=metadata, weights=WEIGHTS, has_values=True)


def test_a_monthly_file_ages_from_the_second_day_of_the_next_month():
    monthly = Metadata(modified_on=TODAY, update_frequency="monthly")
    fresh = on(TODAY, monthly)
    assert fresh.dimension("timeliness").score.value == 100.0
    assert on(TODAY + timedelta(days=31), monthly, fresh).overall == fresh.overall
    later = first_day(fresh, monthly)
    assert later == TODAY + timedelta(days=33)  # 31 of 33 days: timeliness 93.9, the overall score 1.7 lower
    found = on(later, monthly, fresh)
    assert (found.assessed_on, found.measures[1].satisfied, found.measures[1].examined) == (later, 31, 33)
    assert found.dimension("timeliness").score.value == 93.94


@pytest.mark.parametrize(
    "metadata",
    [
        Metadata(),
        Metadata(modified_on=TODAY),
        Metadata(update_frequency="monthly"),
        Metadata(modified_on=TODAY, update_frequency="never"),
    ],
)
def test_what_declares_no_day_or_no_frequency_never_ages(metadata):
    found = on(TODAY, metadata)
    assert first_day(found, metadata) is None
    assert not differs(found, on(TODAY + timedelta(days=9999), metadata, found))


@given(
    st.sampled_from(sorted(WEIGHTS.update_days)),
    st.integers(0, 4000),
    st.integers(0, 4000),
)
def test_the_day_is_the_first_on_which_it_differs(frequency, age, days):
    metadata = Metadata(modified_on=TODAY - timedelta(days=age), update_frequency=frequency)
    found = on(TODAY, metadata)
    first = first_day(found, metadata)
    day = TODAY + timedelta(days=days)
    assert differs(found, on(day, metadata, found)) == (first is not None and day >= first)


def test_it_takes_few_steps_to_the_bottom():
    daily = Metadata(modified_on=TODAY, update_frequency="daily")
    found, steps = on(TODAY, daily), 0
    while (day := first_day(found, daily)) is not None:
        newer = on(day, daily, found)
        assert overall(newer) < overall(found)
        found, steps = newer, steps + 1
    assert float(found.dimension("timeliness").score.value or 0) < TIMELINESS_STEP
    assert steps == 9


def test_bands_and_their_borders():
    assert [band(score) for score in (None, 0.0, 9.99, 10.0, 89.99, 90.0, 100.0)] == [None, 0, 0, 10, 80, 90, 90]
    falls = [(90.0, 89.9), (5.0, None), (90.0, 79.0)]
    stays = [(89.9, 80.0), (89.9, 90.0), (None, None), (None, 5.0)]
    assert [fell(*pair) for pair in falls] == [True] * 3
    assert [fell(*pair) for pair in stays] == [False] * 4


def test_less_than_a_step_is_not_worth_saying():
    metadata = Metadata(modified_on=TODAY, update_frequency="annual")
    fresh = on(TODAY, metadata)
    later = on(TODAY + timedelta(days=367), metadata, fresh)
    assert 0 < overall(fresh) - overall(later) < OVERALL_STEP
    assert not differs(fresh, later)
