"""Open demands and listings of all kinds, for the tests of those that are compared all at once."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.open_demands import WEIGHED, OpenDemand
from marketplace.matching.engine.reverse import ANY, Reach

WORDS: Final = ("flight", "delays", "航班", "beds")
NEVER: Final = 1e9
_DAYS: Final = (date(2013, 1, 1), date(2013, 6, 30), date(2026, 1, 1))
_CODES: Final = ("210000", "210200", "310000", "310100", "100000")
_PRICES: Final = tuple(map(Decimal, ("0", "0.01", "99.99", "100.00", "100.01", "999999999999.99")))


def _some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


def _span(days: list[date | None]) -> tuple[date | None, date | None]:
    known = sorted(day for day in days if day is not None)
    return (known[0], known[-1]) if len(known) == 2 else (days[0], days[1])


_SPANS: Final = st.lists(st.sampled_from((None, *_DAYS)), min_size=2, max_size=2).map(_span)
_WISHES: Final[dict[str, st.SearchStrategy[Any]]] = {
    "sector": st.sampled_from(("transport", "health")),
    "regions": _some(_CODES),
    "formats": _some(("csv", "xlsx", "parquet")),
    "supply_modes": _some(("open", "licensed", "service")),
    "purpose": st.sampled_from(("research", "other")),
    "scenario": st.sampled_from(("winter_roads", "harvest")),
    "exclusive": st.just(True),
    "budget": st.sampled_from(_PRICES),
    "minimum_quality": st.sampled_from((0.0, 79.9, 80.0)),
    "maximum_age_days": st.sampled_from((0, 30, 59, 2_000_000_000)),
}


@st.composite
def wishes(draw: st.DrawFn) -> DemandFacts:
    """What a demand may ask for: little, so that what it asks for decides."""
    stated = draw(st.sets(st.sampled_from(("span", *_WISHES)), max_size=2))
    first, last = draw(_SPANS) if "span" in stated else (None, None)
    return DemandFacts(
        text="",
        organisation=draw(st.integers(1, 3)),
        currency=draw(st.sampled_from(("CNY", "EUR"))),
        covers_from=first,
        covers_until=last,
        **{name: draw(values) for name, values in _WISHES.items() if name in stated},
    )


@st.composite
def listings(draw: st.DrawFn) -> ListingFacts:
    """A listing of any kind, seldom one that nobody may have."""
    first, last = draw(_SPANS)
    return ListingFacts(
        listing_id=9,
        organisation=draw(st.integers(1, 4)),
        title="",
        sector=draw(st.sampled_from((None, "transport"))),
        regions=draw(_some(_CODES)),
        covers_from=first,
        covers_until=last,
        formats=draw(_some(("csv", "xlsx"))),
        supply_mode=draw(st.sampled_from((None, "open", "licensed"))),
        purposes=draw(_some(("research", "internal_use"))),
        scenario=draw(st.sampled_from((None, "harvest"))),
        price=draw(st.sampled_from((None, *_PRICES))),
        currency=draw(st.sampled_from(("CNY", "EUR"))),
        quality=draw(st.sampled_from((None, 79.9, 80.0, 95.0))),
        level=draw(st.sampled_from((None, "general_1", "general_2", "general_3"))),
        freshness_on=draw(st.sampled_from((None, *_DAYS))),
        exclusive_offered=draw(st.booleans()),
        licensed_until=draw(st.sampled_from((None, None, None, _DAYS[2]))),
        exclusive_until=draw(st.sampled_from((None, None, None, _DAYS[2]))),
        allotted_to=draw(st.sampled_from(((), (1,), (1, 2)))),
    )


def open_demand(demand: int, asked: DemandFacts, *words: str, reach: Reach = ANY, rarity: float = 1.0) -> OpenDemand:
    """It says these words, once each, and they were so rare when it was matched."""
    weighed = np.array([(1, 1, rarity, rarity)] * len(words), WEIGHED)
    wished = {name: getattr(asked, name) for name in OpenDemand._fields if hasattr(asked, name)}
    return OpenDemand(
        demand=demand,
        person=10 * demand,
        region="210200",
        eligible=reach.eligible,
        near=reach.near,
        far=reach.far,
        terms=" ".join(words),
        weighed=weighed.tobytes(),
        wants_columns=False,
        **wished,
    )
