"""No value of a personal column is left in a finding, whichever parameter holds it and whosever column it is about."""

from dataclasses import replace
from datetime import date

import pytest

from grading.engine.profile import Profile
from grading.engine.quality import Assessment, Finding, Score
from grading.engine.redact import redact_assessment
from grading.engine.sensitivity import ColumnVerdict

NOBODY = Score(None, None, None, 0.0)
NAMES = ColumnVerdict(
    column="姓名", sensitive_type="person_name", nature="identifier", personal=True, sensitive_personal=False,
    confidence=0.9, evidence=(), matched=9, examined=9, share=1.0, dominant=True, floor=2,
)  # fmt: skip
EMPTY = Assessment(NOBODY, "assessed", (), (), (), {}, "", date(2026, 1, 1), "", "")
TABLE = Profile.from_dict(
    {
        "format": "csv", "encoding": None, "delimiter": None, "size_bytes": 1, "rows": 9, "columns": [],
        "empty_rows": 0, "duplicate_rows": {"value": 0, "exact": True}, "duplicate_examples": [], "candidate_keys": [],
        "unreadable_records": 0, "reader_findings": [],
    }
)  # fmt: skip


def left(kind: str, column: str | None, count: int = 9, /, **params: str | int | float) -> dict[str, str | int | float]:
    finding = Finding(1, column, kind, 0.9, kind, params, count)
    (found,) = redact_assessment(replace(EMPTY, findings=(finding,)), TABLE, (NAMES,)).findings
    return dict(found.params)


@pytest.mark.parametrize(
    "parameter", ["value", "expected", "repaired", "example", "part", "word", "meant", "of_tomorrow"]
)
def test_every_text_about_a_personal_column_is_a_shape(parameter):
    assert left("near_duplicate", "姓名", **{parameter: "李娜"})[parameter] == "文文"


def test_values_of_a_personal_column_in_a_finding_about_another():
    found = left("value_elsewhere", "城市", column="姓名", value="李娜 大连", part="大连")
    assert found == {"column": "姓名", "value": "文文 文文", "part": "文文"}
    found = left("dependency_break", "城市", key="姓名", expected="大连", value="沈阳", most=8, others=9)
    assert found == {"key": "姓名", "expected": "文文", "value": "文文", "most": 8, "others": 9}


@pytest.mark.parametrize(
    ("kind", "count", "params", "shapes"),
    [
        # Gaps of a column are one finding; what is expected comes from one of them, by two cells that agree.
        ("dependency_gap", 12, {"key": "科", "expected": "HIV", "most": 2, "others": 3}, {"expected": "AAA"}),
        ("dependency_gap", 12, {"key": "科", "expected": "flu", "most": 5, "others": 6}, {}),
        ("dependency_break", 1, {"value": "HIV", "expected": "flu", "most": 8, "others": 9}, {"value": "AAA"}),
        ("dependency_key", 6, {"column": "科", "expected": "HIV", "most": 4}, {"expected": "AAA"}),
        ("value_elsewhere", 9, {"value": "HIV flu", "part": "flu", "column": "b"}, {"value": "AAA aaa", "part": "aaa"}),
        ("embedded_value", 9, {"value": "HIV flu", "part": "flu", "column": "注"}, {}),
        ("near_duplicate", 9, {"value": "flu", "expected": "Flu", "expected_count": 4}, {"expected": "Aaa"}),
        ("misspelt_word", 9, {"value": "a flue", "word": "flue", "count": 4, "expected": "flu", "expected_count": 5},
         {"word": "aaaa"}),
        ("some_new_kind", 9, {"value": "flu", "of_tomorrow": "HIV"}, {"of_tomorrow": "AAA"}),
    ],
)  # fmt: skip
def test_a_value_beside_personal_columns_is_shown_only_where_enough_cells_hold_it(kind, count, params, shapes):
    assert left(kind, "注释", count, **params) == {**params, **shapes}


@pytest.mark.parametrize(("rows", "shown"), [((3,), "AAA"), ((3, 4, 5, 6, 7), "HIV")])
def test_an_estimated_count_does_not_make_a_value_common(rows, shown):
    finding = Finding(3, "注释", "near_duplicate", 0.9, "", {"value": "HIV"}, 70 * len(rows), rows, estimated=True)
    (found,) = redact_assessment(replace(EMPTY, findings=(finding,)), TABLE, (NAMES,)).findings
    assert found.params["value"] == shown


def test_an_example_beside_personal_columns_is_a_shape_however_common_the_finding():
    assert left("mixed_units", "重量", value="3 kg", example="41 kg") == {"value": "3 kg", "example": "99 aa"}


def test_what_is_common_in_other_columns_and_what_is_declared_stays():
    near: dict[str, str | int | float] = {"value": "大连", "expected": "大连市", "expected_count": 5}
    assert left("near_duplicate", "城市", **near) == near
    assert left("near_duplicate", "城市", 1, value="大连", expected="大连市") == {"value": "文文", "expected": "文文文"}
    assert left("rule_pattern", "姓名", value="李", pattern="^.{2,}$", type="text") == {
        "value": "文", "pattern": "^.{2,}$", "type": "text",
    }  # fmt: skip
