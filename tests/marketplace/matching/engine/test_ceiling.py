"""No listing scores more than its ceiling, and none much less unless columns are wanted."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.ceiling import SoftColumns, ceilings
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.rank import judge
from marketplace.matching.engine.score import TextScore
from tests.marketplace.matching.engine.test_rank import DEMANDS, LISTINGS, TODAY, WEIGHTS

NAN = float("nan")


def columns_of(demand: DemandFacts, listings: list[ListingFacts]) -> SoftColumns:
    low = [one.quality if one.quality_low is None else one.quality_low for one in listings]
    said: list[list[Any]] = [
        [NAN if value is None else value for value in low],
        [NAN if one.price is None else float(one.price) for one in listings],
        [one.currency == demand.currency for one in listings],
        [NAN if one.freshness_on is None else one.freshness_on.toordinal() for one in listings],
        [one.requests_decided for one in listings],
        [one.requests_granted for one in listings],
    ]
    return SoftColumns(*(np.array(column) for column in said))


@given(DEMANDS, LISTINGS, st.floats(0, 1), st.dates(date(2010, 1, 1), TODAY))
def test_nothing_passes_its_ceiling(
    demand: DemandFacts, listings: list[ListingFacts], share: float, today: date
) -> None:
    most = ceilings(np.full(len(listings), share), columns_of(demand, listings), demand, WEIGHTS, today=today)
    assert len(most) == len(listings)
    for listing, ceiling in zip(listings, most.tolist(), strict=True):
        score = judge(demand, listing, TextScore(share, 1.0, ()), WEIGHTS, today=today).score
        assert score <= ceiling
        if not demand.columns:
            assert ceiling == pytest.approx(score, rel=1e-8)
        else:
            assert ceiling <= (score + share * WEIGHTS.bonus["columns"]) * (1 + 1e-8)


def test_of_nothing_there_is_no_ceiling() -> None:
    none = columns_of(DemandFacts(text="x", organisation=1), [])
    assert ceilings(np.zeros(0), none, DemandFacts(text="x", organisation=1), WEIGHTS, today=TODAY).tolist() == []
