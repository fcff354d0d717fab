"""What one listing is to the wishes of all open demands at once, as `engine.constraints` and `engine.soft` say of one.

Of what demands name those are asked, once for each name; bounds are compared as columns.
"""

from datetime import date
from typing import Final

import numpy as np

from marketplace.matching.engine import constraints as hard
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.open_demands import OpenDemands
from marketplace.matching.engine.postings import Array
from marketplace.matching.engine.soft import price_slacks

_NAMES_ASKED: Final = {
    "sector": hard.SECTOR,
    "regions": hard.REGION,
    "formats": hard.FORMAT,
    "supply_modes": hard.SUPPLY_MODE,
    "purpose": hard.PURPOSE,
    "scenario": hard.SCENARIO,
}
"""What demands name → the constraint that it states."""


def slack(demands: OpenDemands, listing: ListingFacts) -> Array:
    """The value of the price for each: the share of the budget that is left."""
    price = np.array(listing.price, float)
    return price_slacks(price, demands.bounds["budget"], _in_currency(demands, listing))


def _in_currency(demands: OpenDemands, listing: ListingFacts) -> Array:
    names, numbers = demands.named["currency"]
    same: Array = numbers == names.get(listing.currency, -1)
    return same


def fails(demands: OpenDemands, listing: ListingFacts, today: date) -> Array:
    """Of how many constraints of each demand a listing fails; grade, owner and decision table are asked elsewhere."""
    bounds, known = demands.bounds, _known(listing)
    price = known["price"]
    paid = _in_currency(demands, listing) | (price == 0)
    oldest = today.toordinal() - bounds["maximum_age_days"]
    spans = (known["covers_from"] <= bounds["first_day"]) & (known["covers_until"] >= bounds["last_day"])
    failed = np.full(len(bounds), int(listing.exclusive_until is not None))
    failed += ~(np.isnan(bounds["first_day"]) | spans)
    failed += ~(np.isnan(bounds["minimum_quality"]) | (known["quality"] >= bounds["minimum_quality"]))
    failed += ~(np.isnan(oldest) | (known["freshness_on"] >= oldest))
    failed += ~(np.isnan(bounds["budget"]) | (price <= bounds["budget"]) & paid)
    free = listing.exclusive_offered and listing.licensed_until is None
    kept_for_another = [bounds["organisation"] != buyer for buyer in listing.allotted_to]
    failed += bounds["exclusive"] & (np.logical_or.reduce(kept_for_another) if free and kept_for_another else not free)
    for name, code in _NAMES_ASKED.items():
        names, numbers = demands.named[name]
        wishes = (DemandFacts(text="", organisation=0, **{name: wish}) for wish in names)
        results = [{one.code: one.met for one in hard.check(wish, listing, today=today)} for wish in wishes]
        failed += np.array([not met.get(code, True) for met in results], int)[numbers]
    return failed


def _known(listing: ListingFacts) -> dict[str, float]:
    """What is compared with bounds; NaN, which compares with nothing, where it is not known."""
    days = {name: getattr(listing, name) for name in ("covers_from", "covers_until", "freshness_on")}
    numbers = {"price": listing.price, "quality": listing.quality}
    return {
        **{name: np.nan if day is None else float(day.toordinal()) for name, day in days.items()},
        **{name: np.nan if number is None else float(number) for name, number in numbers.items()},
    }
