"""All open demands as columns, so that one listing is compared with every one of them at once (`engine.reached`).

What demands name (a sector, divisions, formats) is numbered: each name once, and for every demand the number of its
own. What bounds them (a budget, a day, a mark) is a number, NaN where nothing is wished for. The terms of all of them
stand in one long column: to look through it for those of a listing takes less than to keep it in order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np

from marketplace.matching.engine.postings import Array

WEIGHED: Final = np.dtype([("surface", "<u2"), ("stem", "<u2"), ("surface_rarity", "<f4"), ("stem_rarity", "<f4")])
"""A term in a demand: how often it stands there as written, and as a stem, and how rare it was at its last matching."""
MOST_COUNTED: Final = 65_535
MARKS: Final = ("eligible", "near", "far")
BOUNDS: Final = np.dtype(
    [(name, "i8") for name in ("demand", "organisation", "person")]
    + [(name, "f8") for name in MARKS]
    + [(name, "f8") for name in ("first_day", "last_day", "minimum_quality", "maximum_age_days", "budget")]
    + [(name, "?") for name in ("exclusive", "wants_columns")]
)
"""What of a demand is a number, or true or false: days as ordinals, `wants_columns` by name or by a sample."""


class OpenDemand(NamedTuple):
    """One of them, as its last matching left it: by thousands, so that nothing is made of a row but this.

    `terms` are separated by spaces, with WEIGHED for each in `weighed`; `eligible`, `near` and `far` are what a listing
    must reach (`engine.reverse.Reach`), `person` who asks, `region` the buyer's. `wants_columns`: by name or by a
    sample. The rest are the wishes of `engine.facts.DemandFacts`.
    """

    demand: int
    eligible: float
    near: float
    far: float | None
    weighed: bytes
    terms: str
    organisation: int
    person: int
    region: str
    wants_columns: bool
    sector: str | None
    regions: Sequence[str]
    covers_from: date | None
    covers_until: date | None
    formats: Sequence[str]
    supply_modes: Sequence[str]
    purpose: str | None
    scenario: str | None
    exclusive: bool
    budget: Decimal | None
    currency: str
    minimum_quality: float | None
    maximum_age_days: int | None


class Named(NamedTuple):
    """Names in the order of their numbers, and of every demand the number of what it names."""

    names: Mapping[Any, int]
    numbers: Array


NAMED: Final[Mapping[str, Callable[[OpenDemand], Any]]] = {
    "sector": lambda one: one.sector or None,
    "regions": lambda one: tuple(one.regions),
    "formats": lambda one: tuple(one.formats),
    "supply_modes": lambda one: tuple(one.supply_modes),
    "purpose": lambda one: one.purpose or None,
    "scenario": lambda one: one.scenario or None,
    "currency": lambda one: one.currency,
    "case": lambda one: (one.region, one.purpose or ""),
}
"""What demands name; `case` is what the decision table is asked of a buyer, but for its accreditations."""


@dataclass(frozen=True, slots=True)
class OpenDemands:
    """Open demands in the order of their numbers; nothing in it changes, `changed` makes another.

    `terms` has the number in `vocabulary` of each term of each demand, by demand and then by alphabet, `places` the
    demand's place, `weighed` what stands of it.
    """

    bounds: Array
    named: Mapping[str, Named]
    vocabulary: Mapping[str, int]
    terms: Array
    places: Array
    weighed: Array

    def changed(self, kept: Array, read: Sequence[OpenDemand]) -> "OpenDemands":
        """Those that are `kept` (true or false for each), and these beside them."""
        bounds = np.concatenate((self.bounds[kept], np.array([_bounds(one) for one in read], BOUNDS)))
        order = np.argsort(bounds["demand"])
        places = np.empty(len(order), np.int32)
        places[order] = np.arange(len(order))
        before = np.full(len(kept), -1, np.int32)
        before[kept] = places[: len(order) - len(read)]
        vocabulary, words = dict(self.vocabulary), [one.terms.split() for one in read]
        terms = [vocabulary.setdefault(term, len(vocabulary)) for said in words for term in said]
        stay = kept[self.places]
        after = np.repeat(places[len(order) - len(read) :], np.array(list(map(len, words)), np.intp))
        places = np.concatenate((before[self.places[stay]], after))
        sort = np.argsort(places, kind="stable")
        weighed = np.frombuffer(b"".join(one.weighed for one in read), WEIGHED)
        return OpenDemands(
            bounds=bounds[order],
            named={name: _named(self.named[name], kept, list(map(of, read)), order) for name, of in NAMED.items()},
            vocabulary=vocabulary,
            terms=np.concatenate((self.terms[stay], np.array(terms, np.int32)))[sort],
            places=places[sort],
            weighed=np.concatenate((self.weighed[stay], weighed))[sort],
        )

    def matched_anew(self, places: Array, marks: Array, weighed: Array) -> "OpenDemands":
        """With other MARKS (three rows) at these places, which rise, and other `weighed` of their terms in order."""
        bounds, held, moved = self.bounds.copy(), self.weighed.copy(), np.zeros(len(self.bounds), bool)
        for name, column in zip(MARKS, marks, strict=True):
            bounds[name][places] = column
        moved[places] = True
        held[moved[self.places]] = weighed
        return replace(self, bounds=bounds, weighed=held)


NONE: Final = OpenDemands(
    bounds=np.empty(0, BOUNDS),
    named={name: Named({}, np.empty(0, np.int32)) for name in NAMED},
    vocabulary={},
    terms=np.empty(0, np.int32),
    places=np.empty(0, np.int32),
    weighed=np.empty(0, WEIGHED),
)


def _named(before: Named, kept: Array, read: Sequence[Any], order: Array) -> Named:
    names = dict(before.names)
    numbers = np.array([names.setdefault(name, len(names)) for name in read], np.int32)
    return Named(names, np.concatenate((before.numbers[kept], numbers))[order])


def _bounds(one: OpenDemand) -> tuple[float | None, ...]:
    first, last = one.covers_from or one.covers_until, one.covers_until or one.covers_from  # one end is for that day
    return (
        *(one.demand, one.organisation, one.person),
        *(one.eligible, one.near, one.far),
        None if first is None else first.toordinal(),
        None if last is None else last.toordinal(),
        one.minimum_quality,
        one.maximum_age_days,
        None if one.budget is None else float(one.budget),  # of fourteen digits at most, so that floats compare alike
        *(one.exclusive, one.wants_columns),
    )
