"""Quality of small tables with known answers, and what must hold of every assessment."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.profile import Study
from grading.engine.quality import DIMENSIONS, NOT_ASSESSED, Assessment, Measure, Metadata, Score, assess, reassess
from grading.engine.quality.detection.detect import detect_errors, sheet_of
from grading.engine.rules import RuleSet

StudyOf = Callable[..., Study]
TableText = Callable[[Any], str]

FLAWED = """id,amount,when,city
1,10,2024-01-01,Guiyang
2,20,2024-01-02,Guiyang
3,,2024-01-03,guiyang
4,40,2030-01-04,Anshun
5,x,2024-01-05,Anshun
6,60,2024-01-06,N/A
6,60,2024-01-06,N/A
7,70,2024-01-08,Anshun
8,80,2024-01-09,Guiyang
9,90,2024-01-10,Guiyang
"""


def measured(assessment: Assessment, indicator: str, column: str | None = None) -> tuple[float, int]:
    found = [item for item in assessment.measures if item.indicator == indicator and item.column == column]
    return sum(item.satisfied for item in found), sum(item.examined for item in found)


def reasons(assessment: Assessment) -> dict[str, str]:
    return {item.indicator: item.reason for item in assessment.measures if item.reason is not None}


def test_golden_measures(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    metadata = Metadata(
        title="Sales",
        licence="CC-BY-4.0",
        declared_columns={"id": "integer", "amount": "number", "city": "place of sale"},
        modified_on=date(2025, 3, 1),
        update_frequency="quarterly",
        temporal_start=date(2024, 1, 1),
        temporal_end=date(2024, 12, 31),
    )
    result = assess(study_of(FLAWED), metadata=metadata, weights=rules.quality, today=today)

    assert result.verdict == "assessed"
    assert measured(result, "data_elements", "amount") == (9, 10)
    assert measured(result, "data_elements", "city") == (8, 10)
    assert measured(result, "data_records") == (10, 10)
    assert measured(result, "format_compliance", "amount") == (8, 9)
    assert measured(result, "data_standards", "amount") == (8, 9)
    assert measured(result, "data_standards", "id") == (10, 10)
    assert measured(result, "metadata") == (3, 4)
    assert measured(result, "duplication_rate") == (1, 10)
    assert measured(result, "same_data", "city") == (7, 8)
    assert measured(result, "uniqueness", "id") == (10, 10)  # the row that repeats as a whole is counted as that
    assert measured(result, "within_period", "when") == (9, 10)
    assert measured(result, "point_in_time") == (92, 365)
    assert measured(result, "usable") == (6, 7)
    assert measured(result, "accessible") == (10, 10)
    assert reasons(result) == {
        "business_rules": "no_rules_declared",
        "authoritative_reference": "no_reference_data",
        "security_norms": "no_security_norms",
        "related_data": "no_relations_declared",
        "order_in_time": "no_order_declared",
    }
    assert result.dimension("completeness").score.value == pytest.approx(100 * (4 * (37 / 40) ** 2 + 1) / 5, abs=0.01)
    assert result.dimension("timeliness").score.value == pytest.approx(100 * (2 * 0.9 + 3 * 92 / 365) / 5, abs=0.01)
    duplicates = next(item for item in result.measures if item.indicator == "duplication_rate")
    assert (duplicates.direction, duplicates.value) == ("lower_is_better", 0.1)
    # One of 9 values of `amount` is wrong, of the other columns none: the mean of squares over the cells, its root.
    irregular = (9 * (1 / 9) ** 2 / 29) ** 0.5
    dirty = (9 * (1 / 9) ** 2 / 37) ** 0.5
    assert result.dimension("accuracy").score.value == pytest.approx(
        100 * (4 * 1 + 4 * (1 - irregular) ** 6 + 2 * 0.9**4 + 2 * 1 + 3 * (1 - dirty) ** 6) / 15, abs=0.01
    )


def test_golden_findings(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    result = assess(study_of(FLAWED), metadata=Metadata(), weights=rules.quality, today=today)

    assert {(item.row, item.column, item.kind, item.count) for item in result.findings} == {
        (2, "amount", "missing_values", 1),
        (4, "amount", "type_mismatch", 1),
        (2, "city", "inconsistent_spelling", 1),
        (5, "city", "placeholder", 2),
        (6, None, "duplicate_rows", 1),
    }
    assert result.finding_totals == {
        "duplicate_rows": 1,
        "inconsistent_spelling": 1,
        "missing_values": 1,
        "placeholder": 2,
        "type_mismatch": 1,
    }


def test_a_few_future_dates_are_weak_findings(
    study_of: StudyOf, table_text: TableText, rules: RuleSet, today: date
) -> None:
    rows = [
        ["when"],
        *[[f"2024-{month:02d}-{day:02d}"] for month in (1, 2) for day in range(1, 25)],
        ["2031-01-01"],
    ]
    result = assess(study_of(table_text(rows)), metadata=Metadata(), weights=rules.quality, today=today)

    assert [(item.kind, item.count, item.confidence) for item in result.findings] == [("future_date", 1, 0.4)]


def test_nothing_declared_is_not_assessed_and_never_perfect(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    result = assess(study_of(FLAWED), metadata=Metadata(), weights=rules.quality, today=today)

    assert result.dimension("timeliness").score == Score(None, None, None, 0.0)
    assert reasons(result)["point_in_time"] == "no_modification_date"
    assert reasons(result)["usable"] == "no_metadata"
    assert result.overall.coverage < 0.7
    assert {item.reason for item in result.measures if item.value is None} <= set(NOT_ASSESSED)


def test_a_table_without_records_has_no_score(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    result = assess(study_of("a,b\n"), metadata=Metadata(title="t"), weights=rules.quality, today=today)

    assert (result.verdict, result.overall.value) == ("insufficient_evidence", None)


def test_a_table_of_empty_cells_has_no_score(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    result = assess(study_of("a,b\n,\n,-\n"), metadata=Metadata(title="t"), weights=rules.quality, today=today)

    assert (result.verdict, result.overall.value) == ("insufficient_evidence", None)


def test_too_little_coverage_has_no_score(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    demanding = replace(rules.quality, minimum_coverage=0.99)
    result = assess(study_of(FLAWED), metadata=Metadata(), weights=demanding, today=today)

    assert (result.verdict, result.overall.value) == ("insufficient_evidence", None)


def test_timeliness_decays_with_the_days(study_of: StudyOf, rules: RuleSet) -> None:
    metadata = Metadata(modified_on=date(2025, 1, 1), update_frequency="monthly")
    study = study_of(FLAWED)
    fresh, month, late = (
        assess(study, metadata=metadata, weights=rules.quality, today=day)
        for day in (date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 4))
    )

    assert [item.dimension("timeliness").score.value for item in (fresh, month, late)] == [100.0, 100.0, 50.0]


def test_ragged_rows_lower_conformance(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    result = assess(study_of("a,b\n1,2\n3\n4,5,6\n7,8\n"), metadata=Metadata(), weights=rules.quality, today=today)
    width = next(item for item in result.measures if item.metric == "record_width")

    assert (width.satisfied, width.examined) == (2, 4)
    assert {(item.kind, item.row, item.params["fields"]) for item in result.findings if item.kind == "ragged_row"} == {
        ("ragged_row", 2, "long"),
        ("ragged_row", 1, "short"),
    }


def test_findings_are_bounded_and_totals_complete(
    study_of: StudyOf, table_text: TableText, rules: RuleSet, today: date
) -> None:
    columns = 300
    rows = [[f"c{place}" for place in range(columns)], ["1"] * columns, [""] * columns]
    result = assess(study_of(table_text(rows)), metadata=Metadata(), weights=rules.quality, today=today)

    assert sum(item.kind == "missing_values" for item in result.findings) == 200
    assert result.finding_totals["missing_values"] == 300


CELLS = st.sampled_from(["", "1", "22", "x", "N/A", "2024-05-06", "2099-01-01", "a b", "A B", "\ufffd"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=30),
    declared=st.dictionaries(st.sampled_from(["one", "two", "other"]), st.sampled_from(["integer", "date", "words"])),
    days=st.integers(-400, 4000),
)
def test_measures_and_scores_stay_in_range(
    study_of: StudyOf,
    table_text: TableText,
    rules: RuleSet,
    rows: list[list[str]],
    declared: dict[str, str],
    days: int,
) -> None:
    metadata = Metadata(
        declared_columns=declared or None,
        modified_on=date(2024, 1, 1),
        update_frequency="weekly",
        temporal_end=date(2024, 12, 31),
    )
    today = date.fromordinal(date(2024, 1, 1).toordinal() + days)
    result = assess(
        study_of(table_text([["one", "two"], *rows])), metadata=metadata, weights=rules.quality, today=today
    )

    for item in result.measures:
        assert 0 <= item.satisfied <= item.examined
        assert (item.value is None) == (item.examined == 0) == (item.reason is not None)
    assert {item.dimension for item in result.measures} == set(DIMENSIONS)
    for dimension, indicators in DIMENSIONS.items():
        assert {item.indicator for item in result.measures if item.dimension == dimension} == set(indicators)
    for score in (result.overall, *(item.score for item in result.dimensions)):
        assert 0 <= score.coverage <= 1
        if score.value is not None:
            assert score.low is not None
            assert score.high is not None
            assert 0 <= score.low <= score.value <= score.high <= 100
    stored = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert Assessment.from_dict(stored).to_dict() == result.to_dict()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(emptied=st.integers(1, 15), more=st.integers(1, 4))
def test_more_missing_cells_score_lower(
    study_of: StudyOf, table_text: TableText, rules: RuleSet, today: date, emptied: int, more: int
) -> None:
    def overall(empty: int) -> float:
        rows = [["n", "m"], *[["" if place < empty else place, place * 3] for place in range(20)]]
        result = assess(study_of(table_text(rows)), metadata=Metadata(), weights=rules.quality, today=today)
        assert result.overall.value is not None
        return result.overall.value

    assert overall(emptied + more) < overall(emptied) < overall(0)


def test_measure_refuses_more_satisfied_than_examined() -> None:
    from grading.engine.quality.measures import ratio

    with pytest.raises(ValueError, match="A = 3, B = 2"):
        ratio("accuracy", "uniqueness", "key", 3, 2)
    assert ratio("accuracy", "uniqueness", "key", 1, 3) == Measure(
        "uniqueness", "accuracy", "key", None, 1, 3, 0.333333
    )


@given(
    weights=st.lists(st.integers(0, 5), min_size=6, max_size=6).filter(any),
    within=st.dictionaries(st.sampled_from(["annual", "daily"]), st.integers(1, 900)),
    minimum=st.sampled_from([0.0, 0.25, 0.6, 1.0]),
    modified=st.none() | st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    frequency=st.none() | st.sampled_from(["annual", "daily"]),
    lines=st.integers(1, 11),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stored_measures_give_the_score_that_the_file_would(
    study_of: StudyOf,
    rules: RuleSet,
    today: date,
    weights: list[int],
    within: dict[str, int],
    minimum: float,
    modified: date | None,
    frequency: str | None,
    lines: int,
) -> None:
    """Other weights need no other look at the file: through JSON and back, too."""
    study = study_of("\n".join(FLAWED.splitlines()[:lines]) + "\n")
    metadata = Metadata(title="Sales", modified_on=modified, update_frequency=frequency)
    other = replace(
        rules.quality,
        version="other",
        dimensions=dict(zip(DIMENSIONS, map(float, weights), strict=True)),
        update_days=within,
        minimum_coverage=minimum,
    )
    stored = assess(study, metadata=metadata, weights=rules.quality, today=today).to_dict()
    again = reassess(
        Assessment.from_dict(json.loads(json.dumps(stored))),
        metadata=metadata,
        weights=other,
        has_values=any(column.values for column in study.profile.columns),
    )
    assert again == assess(study, metadata=metadata, weights=other, today=today)


SENTENCES = "note\n" + "".join(
    f"{chr(97 + row)}{'bcdfgh'[row % 6] * (row % 5 + 1)} went {'aeiou'[row % 5] * row} away\n" for row in range(1, 25)
)
BROKEN = "a,b\n" + "".join(
    f"{'#' * (row % 5)}{row}{'?' * (row % 4)}{'abc'[: row % 3]},{'~' * (row % 3)}{row * 7}{'!' * (row % 5)}\n"
    for row in range(60)
)


@pytest.mark.parametrize("content", [SENTENCES, BROKEN], ids=["free text", "no pattern left"])
def test_where_errors_could_not_be_told_there_is_no_score(
    study_of: StudyOf, rules: RuleSet, today: date, content: str
) -> None:
    result = assess(study_of(content), metadata=Metadata(title="t"), weights=rules.quality, today=today)

    assert (result.verdict, result.reason, result.overall.value) == ("insufficient_evidence", "nothing_judged", None)
    assert result.judged == 0.0
    assert reasons(result)["content_correctness"] == "no_comparable_values"
    assert reasons(result)["dirty_data_rate"] == "nothing_judged"


def test_what_is_declared_changes_nothing_that_the_values_show(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    study = study_of(FLAWED)
    bare = assess(study, metadata=Metadata(), weights=rules.quality, today=today)
    told = assess(
        study,
        metadata=Metadata(title="Sales", update_frequency="daily", modified_on=date(2020, 1, 1)),
        weights=rules.quality,
        today=today,
    )

    for dimension in ("completeness", "accuracy", "consistency"):
        assert bare.dimension(dimension) == told.dimension(dimension)


def _damaged(count: int) -> str:
    """A tenth of the numbers is none."""
    return "n,m\n" + "".join(f"{'x' if row % 10 == 3 else ''}{row},{row % 7}\n" for row in range(count))


def test_every_damaged_cell_is_named_once(study_of: StudyOf, rules: RuleSet, today: date) -> None:
    study = study_of(_damaged(1000))
    result = assess(study, metadata=Metadata(), weights=rules.quality, today=today)

    found = [item for item in result.findings if item.kind == "type_mismatch"]
    assert sorted(row for item in found for row in item.rows) == list(range(3, 1000, 10))
    assert {item.column for item in found} == {"n"}
    said = {item.confidence for item in detect_errors(sheet_of(study)) if item.kind == "type_mismatch"}
    assert {item.confidence for item in found} == said
    assert result.finding_totals["type_mismatch"] == sum(item.count for item in found) == 100


def test_of_a_sample_what_was_counted_in_all_rows_is_said_with_what_the_detectors_say(
    study_of: StudyOf, rules: RuleSet, today: date
) -> None:
    study = study_of(_damaged(12_000))
    result = assess(study, metadata=Metadata(), weights=rules.quality, today=today)

    found = [item for item in result.findings if item.kind == "type_mismatch"]
    assert result.finding_totals["type_mismatch"] == 1200
    assert len(found) == 200  # as many of a kind as are kept
    assert len({item.params["value"] for item in found}) == 200
    counted = [item for item in found if not item.estimated]
    assert len(counted) == 20
    said = {item.params["value"]: item.confidence for item in detect_errors(sheet_of(study))}
    assert all(item.confidence == said.get(item.params["value"], 0.7) for item in counted)
