"""Values that a reader may not read are shapes; counts, types and codes stay."""

from typing import Any

from grading.masking import Hidden, masked_findings, masked_profile

PLATE = Hidden(frozenset({"plate"}))


def finding(column: str, **params: Any) -> dict[str, Any]:
    return {"kind": "x", "column": column, "row": 1, "count": 2, "confidence": 0.9, "params": params}


def test_values_of_hidden_columns_are_shapes_and_counts_stay():
    found = finding("plate", value="辽B12345", expected="辽B12346", count=2, type="integer", q1=1.5)
    (masked,) = masked_findings([found], PLATE)
    assert masked["params"] == {"value": "文A99999", "expected": "文A99999", "count": 2, "type": "integer", "q1": "–"}
    assert found["params"]["value"] == "辽B12345"
    assert masked_findings([found], Hidden(frozenset({"other"}))) == [found]


def test_a_finding_that_was_judged_by_a_hidden_column_says_nothing_of_its_values():
    by_plate = finding("owner", value="Li", key="plate", key_value="辽B12345")
    (masked,) = masked_findings([by_plate], PLATE)
    assert masked["params"]["key_value"] == "文A99999"


def test_a_profile_keeps_counts_and_loses_values():
    plate = {
        "name": "plate", "inferred_type": "text", "values": 7, "numbers": {"median": 3.0},
        "top_values": [{"value": "辽B1", "count": 7, "row": 0}], "histogram": [{"low": 1, "high": 2, "count": 7}],
        "period": {"earliest": "2024-01-05", "latest": "2025-02-03"}, "patterns": [{"pattern": "文A9", "count": 7}],
    }  # fmt: skip
    other = {**plate, "name": "colour"}
    masked = masked_profile({"rows": 7, "columns": [plate, other]}, PLATE)
    assert masked["rows"] == 7
    assert masked["columns"][0] == {
        **plate,
        "numbers": None,
        "histogram": [],
        "top_values": [{"value": "文A9", "count": 7, "row": 0}],
        "period": {"earliest": "2024", "latest": "2025"},
    }
    assert masked["columns"][1] == other
    assert plate["numbers"] == {"median": 3.0}


def test_profiles_of_every_form_are_taken():
    assert masked_profile({}, PLATE) == {"columns": []}
    assert masked_profile({"columns": [{"name": "a"}]}, PLATE)["columns"][0]["name"] == "a"


def test_what_is_rare_beside_persons_is_a_shape_too():
    (masked,) = masked_findings([finding("remark", value="HIV", expected="flu", most=8)], Hidden(rare=True))
    assert masked["params"] == {"value": "AAA", "expected": "flu", "most": 8}
    top = [{"value": "flu", "count": 5, "row": 0}, {"value": "HIV", "count": 4, "row": 1}]
    remark = {"name": "remark", "numbers": {"median": 3.0}, "top_values": top}
    (column,) = masked_profile({"columns": [remark]}, Hidden(rare=True))["columns"]
    assert column == {**remark, "top_values": [top[0], {**top[1], "value": "AAA"}]}
