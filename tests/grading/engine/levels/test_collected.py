"""What other files of the same publication add to thresholds of scale: exact bounds, own words, never less by more."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.levels import (
    Collected,
    Elements,
    Facts,
    Held,
    Place,
    Precision,
    collected_of,
    crosses,
    elements_of,
    held,
    most,
    together,
)
from grading.engine.plain import to_plain
from grading.wording import sentence
from grading.wording.element_words import element_lines
from tests.grading.engine.levels.columns import verdicts
from tests.grading.engine.levels.test_place import FACTS, KINDS, SCHEME, assert_no_lower, placed

CONDITIONS = ("always", "personal", "sensitive_personal", "business", "type:geolocation", "type:trade_price")
NUMBERS = st.sampled_from([0, 1, 99_999, 100_000, 900_000, 5_000_000])
COLLECTED = st.dictionaries(
    st.sampled_from(CONDITIONS), st.builds(Held, st.integers(0, 3), NUMBERS, NUMBERS), max_size=4
)


def persons(number: int, files: int = 1, condition: str = "personal") -> Collected:
    return {condition: Held(files, number, number)}


def codes(found: Place) -> set[str]:
    return {*(reason.code for reason in found.reasons), *(flag.reason.code for flag in found.flags)}


@settings(max_examples=60)
@given(KINDS, FACTS, COLLECTED, COLLECTED)
def test_a_greater_collection_lowers_nothing(kinds: Any, facts: Facts, beside: Any, more: Any) -> None:
    alone, few, many = (placed(kinds, replace(facts, collected=one)) for one in ({}, beside, together([beside, more])))
    assert_no_lower(alone, few)
    assert_no_lower(few, many)
    assert_no_lower(few, placed(kinds, replace(facts, collected=most([beside, more]))))


@pytest.mark.parametrize(
    ("kind", "facts", "condition", "threshold", "code"),
    [
        ("person_name", Facts(rows=40_000), "personal", 100_000, "many_persons"),
        ("person_name", Facts(subjects=600_000), "personal", 1_000_000, "personal_at_large_scale"),
        ("health", Facts(rows=10), "sensitive_personal", 100_000, "sensitive_personal_at_scale"),
        ("person_name", Facts(rows=9, groups=("minors",)), "personal", 100_000, "group_at_scale"),
        (
            "geolocation", Facts(rows=400_000, precision=Precision(coordinates=4)), "type:geolocation", 1_000_000,
            "precise_geography_at_scale",
        ),
        (
            "trade_price", Facts(rows=1, precision=Precision(amounts=2)), "type:trade_price", 100_000,
            "exact_prices_at_scale",
        ),
    ],
)  # fmt: skip
def test_a_threshold_is_reached_together_and_not_one_short(
    kind: str, facts: Facts, condition: str, threshold: int, code: str
) -> None:
    lacking = threshold - facts.persons
    reached = replace(facts, collected=persons(lacking, 2, condition))
    short = replace(facts, collected=persons(lacking - 1, 2, condition))
    assert code in codes(placed([kind], reached))
    assert code not in codes(placed([kind], short))
    assert crosses(SCHEME, short, reached.collected)
    assert crosses(SCHEME, reached, short.collected)
    # files without what the rule speaks of add nothing, however large they are
    others = {word: Held(9, 10**9, 10**9) for word in CONDITIONS if word != condition}
    assert code not in codes(placed([kind], replace(facts, collected=others)))


def test_data_without_such_columns_is_not_carried_along() -> None:
    large = Facts(rows=10, collected=persons(9_000_000))
    assert placed(["social_credit_code"], large) == placed(["social_credit_code"], Facts(rows=10))


def test_the_words_say_with_how_many_files_and_only_where_they_were_needed() -> None:
    beside = persons(600_000, 2)
    found = placed(["person_name"], Facts(subjects=600_000, collected=beside))
    (flag,) = found.flags
    assert (flag.code, found.level) == ("possibly_important", "general_4")
    assert (flag.reason.params["persons"], flag.reason.params["other_files"]) == (1_200_000, 2)
    assert sentence(flag.reason.code, flag.reason.params) == (
        "Personal information on 1200000 persons (rows, or more where declared) may be important data; people must "
        "decide. Other files of the same publication that are counted with it: 2."
    )
    (many,) = [reason for reason in found.reasons if reason.code == "many_persons"]
    assert many.params["persons"] == 600_000, "it is many by itself"
    assert "other_files" not in many.params
    assert "Other files" not in sentence(many.code, many.params)


def test_what_a_file_adds_to_others() -> None:
    assert held(rows=10, subjects=600, conditions=["personal", "type:email"]) == {
        "always": Held(1, 10, 600), "personal": Held(1, 10, 600), "type:email": Held(1, 10, 600),
    }  # fmt: skip
    assert held(rows=10, subjects=600, conditions=["type:geolocation"]) == {
        "always": Held(1, 10, 0), "type:geolocation": Held(1, 10, 0),
    }  # fmt: skip
    assert held(rows=10, subjects=3, conditions=["personal"])["personal"] == Held(1, 10, 10)
    both = together([{"a": Held(1, 2, 3)}, {"a": Held(1, 20, 30), "b": Held(1, 5, 0)}])
    assert both == {"a": Held(2, 22, 33), "b": Held(1, 5, 0)}
    assert most([both, {"a": Held(1, 100, 1)}]) == {"a": Held(2, 100, 33), "b": Held(1, 5, 0)}


def test_a_file_that_crosses_alone_crosses_nothing_more() -> None:
    assert not crosses(SCHEME, Facts(rows=5_000_000), persons(5_000_000))
    assert not crosses(SCHEME, Facts(rows=10), persons(80_000))


def test_it_is_an_element_and_older_records_have_none() -> None:
    facts = Facts(rows=7, collected={"always": Held(3, 90, 60), "personal": Held(2, 60, 60)})
    stored = to_plain(elements_of(facts, verdicts("person_name")))
    assert stored["collected"] == {
        "always": {"files": 3, "rows": 90, "persons": 60}, "personal": {"files": 2, "rows": 60, "persons": 60},
    }  # fmt: skip
    assert Elements.from_dict(stored).collected == collected_of(stored["collected"]) == facts.collected
    assert dict(element_lines(stored))["scale"] == (
        "7 rows, 3 other files of the same publication, 90 rows in them, 60 persons in them"
    )
    del stored["collected"]
    assert Elements.from_dict(stored).collected == {}
    assert dict(element_lines(stored))["scale"] == "7 rows"
