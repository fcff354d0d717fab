"""What listings can score at most, many at a time: `engine.rank.judge` without what takes a look at each of them.

A ranking looks at listings in the order of their ceilings and stops where the best so many cannot be passed any more.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine.facts import DemandFacts
from marketplace.matching.engine.weights import COLUMNS, FRESHNESS, PRICE, QUALITY, RECORD, Weights

Array = NDArray[Any]

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
    prior, half_life = weights.record, weights.freshness_half_life_days
    wants_columns = bool(demand.columns or demand.sample)
    age = np.maximum(0.0, today.toordinal() - said.fresh_on)
    values = {
        QUALITY: np.clip(_known(said.quality) / 100, 0.0, 1.0),
        PRICE: _price_slack(said, demand),
        FRESHNESS: _known(0.5 ** (age / half_life)),
        COLUMNS: np.full(len(relevance), float(wants_columns)),
        RECORD: (said.requests_granted + prior.share * prior.requests) / (said.requests_decided + prior.requests),
    }
    lift = sum((weights.bonus[name] * value for name, value in values.items()), start=np.zeros(len(relevance)))
    return np.asarray(relevance * (1 + lift) * (1 + _MARGIN))


def _price_slack(said: SoftColumns, demand: DemandFacts) -> Array:
    if demand.budget is None:
        return np.zeros(len(said.price))
    budget = float(demand.budget)
    left = 1 - said.price / budget if budget > 0 else np.zeros(len(said.price))
    return np.where(said.price <= 0, 1.0, np.where(said.comparable, np.clip(_known(left), 0.0, 1.0), 0.0))


def _known(values: Array) -> Array:
    return np.nan_to_num(values, nan=0.0)
