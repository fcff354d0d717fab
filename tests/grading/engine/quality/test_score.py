"""From measures to scores: severity, columns together, intervals of both doubts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.quality import Measure
from grading.engine.quality.measures import ratio
from grading.engine.quality.score import AMONG_UNJUDGED, NO_SAMPLE, score_dimensions, score_overall, wilson
from grading.engine.quality.weights import QualityProfile, load_quality_profile
from grading.engine.rules import SHIPPED

SHIPPED_PROFILE = load_quality_profile(SHIPPED / "quality_profile_default.toml")
LINEAR = replace(SHIPPED_PROFILE, severity={}, concentration={})


def content(column: str, right: float, cells: int, doubt: float = 0.0, seen: int | None = None) -> Measure:
    return ratio(
        "accuracy", "content_correctness", "plausible_values", right, cells, column=column, doubt=doubt, seen=seen
    )


def accuracy(weights: QualityProfile, *measures: Measure) -> tuple[float, float, float]:
    score = next(item.score for item in score_dimensions(measures, weights) if item.dimension == "accuracy")
    assert score.value is not None
    assert score.low is not None
    assert score.high is not None
    return score.value, score.low, score.high


def test_without_severity_and_concentration_cells_are_pooled() -> None:
    value, low, high = accuracy(LINEAR, content("a", 90, 100), content("b", 300, 300))
    assert (value, low, high) == (97.5, *(round(100 * bound, 2) for bound in wilson(390, 400)))


def test_severity_is_an_exponent_and_concentration_one_of_the_mean_over_columns() -> None:
    wrong = ((100 * 0.1**2 + 300 * 0.0) / 400) ** 0.5  # 5 %, where pooled cells would say 2.5 %
    assert accuracy(SHIPPED_PROFILE, content("a", 90, 100), content("b", 300, 300))[0] == pytest.approx(
        100 * (1 - wrong) ** 6, abs=0.005
    )


def test_a_bad_column_does_not_drown_in_a_wide_table() -> None:
    wide = [content(f"c{place}", 100, 100) for place in range(99)]
    assert accuracy(LINEAR, content("bad", 0, 100), *wide)[0] == 99.0
    assert accuracy(SHIPPED_PROFILE, content("bad", 0, 100), *wide)[0] == pytest.approx(100 * 0.9**6, abs=0.005)


def test_rows_that_were_not_looked_at_widen_the_interval_and_so_does_doubt() -> None:
    plain = accuracy(SHIPPED_PROFILE, content("a", 9500, 10_000))
    drawn = accuracy(SHIPPED_PROFILE, content("a", 9500, 10_000, seen=100))
    doubted = accuracy(SHIPPED_PROFILE, content("a", 9500, 10_000, doubt=200.0))
    assert plain[0] == drawn[0] == doubted[0] == pytest.approx(100 * 0.95**6, abs=0.005)
    for other in (drawn, doubted):
        assert other[1] < plain[1] < plain[2] < other[2]
    low = wilson(9500, 10_000)[0]
    half = ((0.95 - low) ** 2 + (1.959964 * 0.02) ** 2) ** 0.5
    assert doubted[1] == pytest.approx(100 * (0.95 - half) ** 6, abs=0.005)


def test_what_lets_nothing_be_judged_is_not_covered() -> None:
    def coverage(judged: float) -> float:
        (score,) = (
            item.score
            for item in score_dimensions([content("a", 9, 10)], SHIPPED_PROFILE, judged)
            if item.dimension == "accuracy"
        )
        return score.coverage

    assert (coverage(1.0), coverage(0.5)) == (0.2667, 0.1333)  # weight 4 of 15


def dimension(
    weights: QualityProfile, name: str, *measures: Measure
) -> tuple[float | None, float | None, float | None]:
    score = next(item.score for item in score_dimensions(measures, weights) if item.dimension == name)
    return score.value, score.low, score.high


def test_metrics_count_alike_however_many_cells_each_has() -> None:
    """Three declared fields that are absent are not drowned by a thousand records of the right width."""
    absent = ratio("conformance", "data_model", "declared_fields", 0, 3)
    width = ratio("conformance", "data_model", "record_width", 1000, 1000)
    assert dimension(SHIPPED_PROFILE, "conformance", absent, width)[0] == 50.0
    pooled = replace(SHIPPED_PROFILE, metrics_apart=False)
    assert dimension(pooled, "conformance", absent, width)[0] == pytest.approx(100 * 1000 / 1003, abs=0.005)


@pytest.mark.parametrize("name", sorted(NO_SAMPLE))
def test_what_is_declared_or_a_number_of_days_is_no_sample(name: str) -> None:
    assert dimension(SHIPPED_PROFILE, "timeliness", ratio("timeliness", "point_in_time", name, 6, 8)) == (75.0,) * 3
    sampled = dimension(SHIPPED_PROFILE, "timeliness", ratio("timeliness", "point_in_time", "records", 6, 8))
    assert sampled[0] == 75.0
    assert sampled != (75.0,) * 3


def test_errors_in_a_column_that_cannot_be_judged_count_and_its_other_values_do_not() -> None:
    def dirty(metric: str, wrong: float) -> Measure:
        return ratio("accuracy", "dirty_data_rate", metric, wrong, 100, column=metric, lower_is_better=True)

    judged, beside = dirty("wrong_in_any_way", 10), dirty(AMONG_UNJUDGED, 5)
    assert accuracy(LINEAR, judged, beside)[0] == 85.0
    assert accuracy(LINEAR, judged, dirty("wrong_in_any_way", 5))[0] == 92.5
    assert accuracy(LINEAR, beside)[0] == 95.0


COLUMNS = st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6)


@given(columns=COLUMNS, place=st.integers(0, 5), more=st.floats(0, 1), doubt=st.floats(0, 50))
def test_more_errors_never_score_higher(
    columns: list[tuple[int, float, float]], place: int, more: float, doubt: float
) -> None:
    def score(extra: float) -> float:
        measures = []
        for number, (cells, wrong, _) in enumerate(columns):
            rate = min(1.0, wrong + (extra if number == place % len(columns) else 0.0))
            measures.append(content(f"c{number}", cells * (1 - rate), cells, doubt))
        found = score_dimensions(measures, SHIPPED_PROFILE)
        overall = score_overall(found, SHIPPED_PROFILE)
        for item in (overall, *(dimension.score for dimension in found if dimension.score.value is not None)):
            assert item.low is not None
            assert item.value is not None
            assert item.high is not None
            assert 0 <= item.low <= item.value <= item.high <= 100
        assert overall.value is not None
        return overall.value

    assert score(more) <= score(0.0)
