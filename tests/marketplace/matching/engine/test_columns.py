"""Columns of a sample: they count beside the named ones, each column once."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.columns import beside, plain_name
from marketplace.matching.engine.facts import SAMPLE_WORDS, DemandFacts, ListingFacts
from marketplace.matching.engine.rank import MatchResult, rank
from marketplace.matching.engine.weights import load_weights

WEIGHTS = load_weights()
DEMAND = DemandFacts(text="hourly weather", organisation=1)
LISTING = ListingFacts(
    listing_id=1,
    organisation=2,
    title="Hourly weather",
    level="general_1",
    columns=("WIND_SPEED", "rain", "visib"),
    column_types={"WIND_SPEED": "decimal", "rain": "integer", "visib": ""},
)
NAMES = st.sampled_from(["rain", "Rain", "RAIN", "wind speed", "visib", "fog", "#", "雨量"])
TYPES = st.sampled_from(["", "integer", "decimal", "text"])


def judged(demand: DemandFacts, listing: ListingFacts = LISTING) -> MatchResult:
    (result,) = rank(demand, [listing], WEIGHTS, today=date(2026, 3, 1))
    return result


@pytest.mark.parametrize(
    ("one", "other"), [("Dep-Delay", "DEP_DELAY"), ("depdelay", "dep delay"), ("ＡＱＩ", "aqi"), ("雨_量", "雨量")]
)
def test_names_are_compared_without_case_separators_and_width(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other) != ""


@pytest.mark.parametrize(
    ("named", "types", "sample", "columns", "sampled", "share"),
    [
        ((), {}, {"Wind Speed": "decimal", "rain": "integer"}, (), (("Wind Speed", "decimal"), ("rain", "integer")), 1),
        ((), {}, {"Wind Speed": "integer", "rain": "integer"}, (), (("rain", "integer"),), 1 / 2),
        ((), {}, {"rain": "decimal"}, (), (("rain", "decimal"),), 1),  # whole numbers serve as decimal ones
        ((), {}, {"visib": "", "fog": ""}, (), (("visib", ""),), 1 / 2),
        (("rain",), {}, {"RAIN": "text", "visib": ""}, ("rain",), (("visib", ""),), 1),  # what was said by hand counts
        (("rain",), {"rain": "text"}, {"rain": "integer"}, (), (), 0),
        (("rain", "fog"), {}, {"wind_speed": "decimal", "snow": ""}, ("rain",), (("wind_speed", "decimal"),), 1 / 2),
        (("rain",), {}, {"#": "integer", "Rain": "integer"}, ("rain",), (), 1),
        ((), {}, {"rain": "integer", "R_a_i_n": "text"}, (), (("rain", "integer"),), 1),
    ],
)
def test_the_share_of_all_that_is_wanted(
    named: Any, types: Any, sample: Any, columns: Any, sampled: Any, share: float
) -> None:
    result = judged(replace(DEMAND, columns=named, column_types=types, sample=sample))
    assert (result.columns, result.sample) == (columns, sampled)
    assert result.features["columns"] == pytest.approx(result.features["relevance"] * 0.08 * share)


def test_names_of_a_sample_are_searched_for_and_a_wide_one_does_not_drown_the_words() -> None:
    wide = {f"c{n}": "integer" for n in range(300)}
    demand = replace(DEMAND, columns=("rain", "c1"), sample={"RAIN": "", **wide})
    assert demand.words().split("\n") == ["hourly weather", "rain", "c1", "c0", *(f"c{n}" for n in range(2, 21))]
    assert len(demand.words().split("\n")) == 3 + SAMPLE_WORDS
    silent = replace(LISTING, title="Stations", columns=("wind_speed",), column_types={"wind_speed": "decimal"})
    assert judged(replace(DEMAND, sample={"wind_speed": "decimal"}), silent).sample == (("wind_speed", "decimal"),)
    assert rank(DEMAND, [silent], WEIGHTS, today=date(2026, 3, 1)) == []


@given(st.lists(NAMES, unique=True), st.dictionaries(NAMES, TYPES))
def test_nothing_is_wished_for_twice(named: list[str], sample: dict[str, str]) -> None:
    others = beside(named, sample)
    plain = [plain_name(name) for name in others]
    assert len(set(plain)) == len(plain)
    assert not set(plain) & {"", *map(plain_name, named)}
    assert set(map(plain_name, sample)) <= {"", *plain, *map(plain_name, named)}
    assert all(sample[name] == kind for name, kind in others.items())
