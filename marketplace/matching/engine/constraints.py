"""Hard constraints: a listing meets each of them or is no match, however relevant it is.

A constraint is checked where the demand states a wish; what a listing leaves unknown does not meet a wish.
Some always hold: the grade is decided, nobody is matched with a listing of their own, no exclusive licence stands, and
the decision table does not refuse the buyer. `conditions.py` says the same in SQL, tested equal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from marketplace.matching.engine.facts import Access, DemandFacts, ListingFacts

GRADE_DECIDED: Final = "grade_decided"
NOT_OWN_LISTING: Final = "not_own_listing"
NOT_LICENSED_ALONE: Final = "not_licensed_alone"
AUTHORIZATION: Final = "authorization"
ABSOLUTE: Final = frozenset({GRADE_DECIDED, NOT_OWN_LISTING})
"""Failing one of these, a listing is not even a near miss: no change of the demand would bring it in."""

SECTOR: Final = "sector"
REGION: Final = "region"
TIME_SPAN: Final = "time_span"
FORMAT: Final = "format"
MINIMUM_QUALITY: Final = "minimum_quality"
FRESHNESS: Final = "freshness"
SUPPLY_MODE: Final = "supply_mode"
PURPOSE: Final = "purpose"
SCENARIO: Final = "scenario"
BUDGET: Final = "budget"
EXCLUSIVE: Final = "exclusive"
CODES: Final = (
    GRADE_DECIDED, NOT_OWN_LISTING, NOT_LICENSED_ALONE, AUTHORIZATION, SECTOR, REGION, TIME_SPAN, FORMAT,
    MINIMUM_QUALITY, FRESHNESS, SUPPLY_MODE, PURPOSE, SCENARIO, BUDGET, EXCLUSIVE,
)  # fmt: skip

ALLOTTED: Final = "allotted"
"""What a listing has of an exclusive licence, while the right to it is kept for another buyer."""
WHOLE_COUNTRY: Final = "100000"

Value = str | float | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ConstraintResult:
    """One of CODES, whether it is met, what the demand wants and what the listing has (JSON-ready).

    Amounts read `120.50 CNY`; another currency than the budget's is not compared and does not meet it. Spans of time
    read `2020-01-01/2020-12-31`, an open end `..` (ISO 8601-2). `shortfall` says by how much a constraint is failed,
    where that can be measured: the budget as a share of itself (0.2: 20 % more is needed), quality in points,
    freshness and time span in days.
    """

    code: str
    met: bool
    wanted: Value
    actual: Value
    shortfall: float | None = None


def check(
    demand: DemandFacts, listing: ListingFacts, *, today: date, access: Access | None = None
) -> tuple[ConstraintResult, ...]:
    """Every constraint that the demand states, met or not, in a fixed order.

    `access` is what the decision table answers; without it authorization is not asked for.
    """
    return (
        *_always(demand, listing, access),
        *_of_the_data(demand, listing),
        *_of_its_state(demand, listing, today),
        *_of_the_terms(demand, listing),
    )


def _always(demand: DemandFacts, listing: ListingFacts, access: Access | None) -> Iterator[ConstraintResult]:
    decided = listing.level is not None
    yield ConstraintResult(GRADE_DECIDED, decided, True, decided)
    own = demand.organisation == listing.organisation
    yield ConstraintResult(NOT_OWN_LISTING, not own, True, not own)
    until = listing.exclusive_until
    yield ConstraintResult(NOT_LICENSED_ALONE, until is None, True, True if until is None else until.isoformat())
    if access is not None:
        yield ConstraintResult(AUTHORIZATION, access.possible, demand.purpose, access.mode)


def _of_the_data(demand: DemandFacts, listing: ListingFacts) -> Iterator[ConstraintResult]:
    if demand.sector:
        yield ConstraintResult(SECTOR, listing.sector == demand.sector, demand.sector, listing.sector)
    if demand.regions:
        met = any(covers(region, part) for region in listing.regions for part in demand.regions)
        yield ConstraintResult(REGION, met, demand.regions, listing.regions)
    if days := wanted_span(demand):
        missing = _uncovered_days(days, listing)
        actual = span(listing.covers_from, listing.covers_until)
        yield ConstraintResult(TIME_SPAN, missing == 0, span(*days), actual, _short(missing))
    if demand.formats:
        met = not set(demand.formats).isdisjoint(listing.formats)
        yield ConstraintResult(FORMAT, met, demand.formats, listing.formats)


def _of_its_state(demand: DemandFacts, listing: ListingFacts, today: date) -> Iterator[ConstraintResult]:
    if demand.minimum_quality is not None:
        missing = None if listing.quality is None else max(0.0, demand.minimum_quality - listing.quality)
        yield ConstraintResult(MINIMUM_QUALITY, missing == 0, demand.minimum_quality, listing.quality, _short(missing))
    if demand.maximum_age_days is not None:
        oldest, day = oldest_day(today, demand.maximum_age_days), listing.freshness_on
        late = None if day is None else max(0, (oldest - day).days)
        yield ConstraintResult(
            FRESHNESS, late == 0, oldest.isoformat(), None if day is None else day.isoformat(), _short(late)
        )


def _of_the_terms(demand: DemandFacts, listing: ListingFacts) -> Iterator[ConstraintResult]:
    if demand.supply_modes:
        met = listing.supply_mode in demand.supply_modes
        yield ConstraintResult(SUPPLY_MODE, met, demand.supply_modes, listing.supply_mode)
    if demand.purpose:
        met = not listing.purposes or demand.purpose in listing.purposes
        yield ConstraintResult(PURPOSE, met, demand.purpose, listing.purposes)
    if demand.scenario:
        met = not listing.scenario or listing.scenario == demand.scenario
        yield ConstraintResult(SCENARIO, met, demand.scenario, listing.scenario)
    if demand.budget is not None:
        yield _of_the_budget(demand, demand.budget, listing)
    if demand.exclusive:
        actual = _exclusive_right(demand, listing)
        yield ConstraintResult(EXCLUSIVE, actual is True, True, actual)


def _exclusive_right(demand: DemandFacts, listing: ListingFacts) -> Value:
    """Until when other licences stand; else ALLOTTED to another buyer; else whether an exclusive one is offered."""
    if listing.licensed_until is not None:
        return listing.licensed_until.isoformat()
    kept_for_another = set(listing.allotted_to) - {demand.organisation}
    return ALLOTTED if listing.exclusive_offered and kept_for_another else listing.exclusive_offered


def _of_the_budget(demand: DemandFacts, budget: Decimal, listing: ListingFacts) -> ConstraintResult:
    wanted, price = f"{budget} {demand.currency}", listing.price
    if price is None:
        return ConstraintResult(BUDGET, False, wanted, None)
    comparable = listing.currency == demand.currency or price == 0
    met = comparable and price <= budget
    more = float(price / budget - 1) if comparable and not met and budget > 0 else None
    return ConstraintResult(BUDGET, met, wanted, f"{price} {listing.currency}", more)


def _short(missing: float | None) -> float | None:
    """A measured shortfall, None where there is none."""
    return float(missing) if missing else None


def covers(region: str, part: str) -> bool:
    """Does one division code of GB/T 2260 contain another? 440000 (a province) contains 440100 and 440106."""
    return region == part or (bool(region) and part != WHOLE_COUNTRY and part.startswith(prefix_of(region)))


def prefix_of(region: str) -> str:
    """With what the codes begin that a division's code contains."""
    return "" if region == WHOLE_COUNTRY else re.sub("(00)+$", "", region) if len(region) == 6 else region


def covering(part: str) -> tuple[str, ...]:
    """The division codes of six digits that cover this one: itself, its prefecture, its province, the country."""
    above = (part, f"{part[:4]}00", f"{part[:2]}0000", WHOLE_COUNTRY)
    return tuple(code for code in dict.fromkeys(above) if covers(code, part))


def oldest_day(today: date, days: int) -> date:
    """The day before which data is older than so many days; the first day there is where that is long ago."""
    return today - timedelta(days=days) if days < (today - date.min).days else date.min


def wanted_span(demand: DemandFacts) -> tuple[date, date] | None:
    """First and last day that the data must cover; a wish with one end alone is for that day."""
    start, end = demand.covers_from or demand.covers_until, demand.covers_until or demand.covers_from
    return (start, end) if start is not None and end is not None else None


def _uncovered_days(wanted: tuple[date, date], listing: ListingFacts) -> int | None:
    """By how many days a listing begins too late and ends too early; None where its span is not known."""
    if listing.covers_from is None or listing.covers_until is None:
        return None
    late, early = (listing.covers_from - wanted[0]).days, (wanted[1] - listing.covers_until).days
    return max(0, late) + max(0, early)


def span(start: date | None, end: date | None) -> str | None:
    """A span of days as text; None where neither end is known."""
    if start is None and end is None:
        return None
    return "/".join(".." if day is None else day.isoformat() for day in (start, end))
