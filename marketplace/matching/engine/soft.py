"""What orders listings that meet every constraint, beside relevance: values from 0 to 1, each from measured facts.

None says who the provider is: a provider without a record counts as one of whom the rules expect the neutral share.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, TypeVar

import numpy as np

from marketplace.matching.engine.columns import beside, plain_name
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.postings import Array
from marketplace.matching.engine.weights import COLUMNS, FRESHNESS, PRICE, QUALITY, RECORD, RecordPrior, Weights

Counted = TypeVar("Counted", float, Array)

ALSO_OF: Final[Mapping[str, frozenset[str]]] = {
    "decimal": frozenset({"integer"}),
    "datetime": frozenset({"date"}),
}
"""Narrower types of columns that serve as well as the one wanted: every integer is a decimal, not the reverse."""


def soft_values(demand: DemandFacts, listing: ListingFacts, weights: Weights, today: date) -> dict[str, float]:
    """The value of each soft feature, 0 to 1."""
    return {
        QUALITY: _quality(listing),
        PRICE: _price_slack(demand, listing),
        FRESHNESS: _freshness(listing, today, weights.freshness_half_life_days),
        COLUMNS: _columns(demand, listing),
        RECORD: record(listing.requests_granted, listing.requests_decided, weights.record),
    }


def columns_in_common(demand: DemandFacts, listing: ListingFacts) -> tuple[str, ...]:
    """The wanted columns that the listing has: equal names without regard to case and separators, and of the type."""
    if not demand.columns:
        return ()
    types = _types_of(listing)
    return tuple(
        name for name in demand.columns if _serves(demand.column_types.get(name), types.get(plain_name(name), set()))
    )


def sample_in_common(demand: DemandFacts, listing: ListingFacts) -> tuple[tuple[str, str], ...]:
    """The columns of the sample, beside those named by hand, that the listing has in the same sense: name and type."""
    wanted = beside(demand.columns, demand.sample)
    types = _types_of(listing) if wanted else {}
    return tuple(
        (name, kind) for name, kind in wanted.items() if _serves(kind or None, types.get(plain_name(name), set()))
    )


def _types_of(listing: ListingFacts) -> dict[str, set[str | None]]:
    """The types of its columns by their plain names."""
    types: dict[str, set[str | None]] = {}
    for name in listing.columns:
        types.setdefault(plain_name(name), set()).add(listing.column_types.get(name))
    return types


def _serves(wanted: str | None, found: set[str | None]) -> bool:
    if wanted is None:
        return bool(found)
    return wanted in found or not ALSO_OF.get(wanted, frozenset()).isdisjoint(found)


def record(granted: Counted, decided: Counted, prior: RecordPrior) -> Counted:
    """The share of a provider's decided requests that led to a grant, drawn to the neutral one while they are few.

    Of one provider, or of each of many.

    The mean of a Beta posterior whose prior weighs as much as `prior.requests` requests (Laplace's rule in general).
    """
    return (granted + prior.share * prior.requests) / (decided + prior.requests)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def _quality(listing: ListingFacts) -> float:
    """The lower end of the interval: a high score of little evidence does not pass a sure one."""
    low = listing.quality if listing.quality_low is None else listing.quality_low
    return _unit((low or 0.0) / 100)


def _price_slack(demand: DemandFacts, listing: ListingFacts) -> float:
    """The share of the budget that is left over; nothing to compare without a budget, or with a price on request."""
    if listing.price is None or demand.budget is None:
        return 0.0
    if listing.price <= 0:
        return 1.0
    if listing.currency != demand.currency:
        return 0.0
    return _unit(float(1 - listing.price / demand.budget)) if demand.budget > 0 else 0.0


def price_slacks(price: Array, budget: Array, comparable: Array) -> Array:
    """The same of many at once, prices or budgets; NaN where there is none. `comparable`: of the same currency."""
    left = 1 - price / np.where(budget > 0, budget, np.nan)
    left = np.where(np.logical_and(comparable, left > 0), left, 0.0)
    return np.where((price <= 0) & ~np.isnan(budget), 1.0, left)


def _freshness(listing: ListingFacts, today: date, half_life_days: float) -> float:
    if listing.freshness_on is None:
        return 0.0
    return float(0.5 ** (max(0, (today - listing.freshness_on).days) / half_life_days))


def _columns(demand: DemandFacts, listing: ListingFacts) -> float:
    """The share of the wanted columns that it has, a sample's among them; nothing to compare where none is wanted."""
    wanted = len(demand.columns) + len(beside(demand.columns, demand.sample))
    if not wanted:
        return 0.0
    return (len(columns_in_common(demand, listing)) + len(sample_in_common(demand, listing))) / wanted
