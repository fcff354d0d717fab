"""What listings can score at most, many at a time: `engine.rank.judge` without what takes a look at each of them.

A ranking looks at listings in the order of their ceilings and stops where the best so many cannot be passed any more.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from marketplace.matching.engine.facts import DemandFacts
from marketplace.matching.engine.postings import Array
from marketplace.matching.engine.soft import price_slacks, record
from marketplace.matching.engine.weights import COLUMNS, FRESHNESS, PRICE, QUALITY, RECORD, Weights

_MARGIN = 1e-9
"""Relative: the judge compares prices as decimals, and sums of the same parts in another order differ by less."""


@dataclass(frozen=True, slots=True)
class SoftColumns:
    """What listings say to soft features (`engine.facts.ListingFacts`), an array each; NaN where it is not known.

    `quality` is the lower end of the interval, 0 to 100; `price` is in the listing's own currency, and `comparable`
    where that is the demand's; `fresh_on` counts days as `date.toordinal` does.
    """

    quality: Array
    price: Array
    comparable: Array
    fresh_on: Array
    requests_decided: Array
    requests_granted: Array


def ceilings(relevance: Array, said: SoftColumns, demand: DemandFacts, weights: Weights, *, today: date) -> Array:
    """The highest score of each listing, whose `relevance` is a share from 0 to 1.

    It is what the listing scores, but for rounding and for columns: of those wanted it is taken to have all.
    """
    half_life = weights.freshness_half_life_days
    wants_columns = bool(demand.columns or demand.sample)
    age = np.maximum(0.0, today.toordinal() - said.fresh_on)
    values = {
        QUALITY: np.clip(_known(said.quality) / 100, 0.0, 1.0),
        PRICE: price_slacks(said.price, np.array(demand.budget, float), said.comparable),
        FRESHNESS: _known(0.5 ** (age / half_life)),
        COLUMNS: np.full(len(relevance), float(wants_columns)),
        RECORD: record(said.requests_granted, said.requests_decided, weights.record),
    }
    lift = sum((weights.bonus[name] * value for name, value in values.items()), start=np.zeros(len(relevance)))
    return np.asarray(relevance * (1 + lift) * (1 + _MARGIN))


def _known(values: Array) -> Array:
    return np.nan_to_num(values, nan=0.0)
