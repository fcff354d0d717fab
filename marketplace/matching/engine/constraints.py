"""Hard constraints: a listing meets each of them or is no match, however relevant it is.

A constraint is checked where the demand states a wish; what a listing leaves unknown does not meet a wish.
Two always hold: the grade is decided, and nobody is matched with a listing of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from marketplace.matching.engine.facts import DemandFacts, ListingFacts

GRADE_DECIDED: Final = "grade_decided"
NOT_OWN_LISTING: Final = "not_own_listing"
ABSOLUTE: Final = frozenset({GRADE_DECIDED, NOT_OWN_LISTING})
"""Failing one of these, a listing is not even a near miss: no change of the demand would bring it in."""

WHOLE_COUNTRY: Final = "100000"

Value = str | float | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ConstraintResult:
    """One constraint: a stable code, whether it is met, what the demand wants and what the listing has (JSON-ready).

    Codes: grade_decided, not_own_listing, sector, region, supply_mode, purpose, scenario, budget, minimum_quality.
    Amounts read `120.50 CNY`; another currency than the budget's is not compared and does not meet it.
    """

    code: str
    met: bool
    wanted: Value
    actual: Value


def check(demand: DemandFacts, listing: ListingFacts) -> tuple[ConstraintResult, ...]:
    """Every constraint that the demand states, met or not, in a fixed order."""
    return (*_always(demand, listing), *_of_the_data(demand, listing), *_of_the_terms(demand, listing))


def _always(demand: DemandFacts, listing: ListingFacts) -> Iterator[ConstraintResult]:
    yield ConstraintResult(GRADE_DECIDED, listing.grade_decided, True, listing.grade_decided)
    own = demand.organisation == listing.organisation
    yield ConstraintResult(NOT_OWN_LISTING, not own, True, not own)


def _of_the_data(demand: DemandFacts, listing: ListingFacts) -> Iterator[ConstraintResult]:
    if demand.sector:
        yield ConstraintResult("sector", listing.sector == demand.sector, demand.sector, listing.sector)
    if demand.region:
        met = any(covers(region, demand.region) for region in listing.regions)
        yield ConstraintResult("region", met, demand.region, listing.regions)
    if demand.minimum_quality is not None:
        met = listing.quality is not None and listing.quality >= demand.minimum_quality
        yield ConstraintResult("minimum_quality", met, demand.minimum_quality, listing.quality)


def _of_the_terms(demand: DemandFacts, listing: ListingFacts) -> Iterator[ConstraintResult]:
    if demand.supply_modes:
        met = listing.supply_mode in demand.supply_modes
        yield ConstraintResult("supply_mode", met, demand.supply_modes, listing.supply_mode)
    if demand.purpose:
        met = not listing.purposes or demand.purpose in listing.purposes
        yield ConstraintResult("purpose", met, demand.purpose, listing.purposes)
    if demand.scenario:
        met = not listing.scenario or listing.scenario == demand.scenario
        yield ConstraintResult("scenario", met, demand.scenario, listing.scenario)
    if demand.budget is not None:
        met = (
            listing.price is not None
            and listing.price <= demand.budget
            and (listing.currency == demand.currency or listing.price == 0)
        )
        actual = None if listing.price is None else f"{listing.price} {listing.currency}"
        yield ConstraintResult("budget", met, f"{demand.budget} {demand.currency}", actual)


def covers(region: str, part: str) -> bool:
    """Does one division code of GB/T 2260 contain another? 440000 (a province) contains 440100 and 440106."""
    prefix = "" if region == WHOLE_COUNTRY else re.sub("(00)+$", "", region) if len(region) == 6 else region
    return region == part or (bool(region) and part != WHOLE_COUNTRY and part.startswith(prefix))
