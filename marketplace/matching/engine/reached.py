"""Which of all open demands one listing reaches: its words summed, its constraints counted, their marks compared.

The numbers are those of `engine.score`, `soft` and `constraints`, for all demands at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.open_demands import OpenDemands
from marketplace.matching.engine.postings import Array
from marketplace.matching.engine.reverse import DRIFT, MOVED, Said
from marketplace.matching.engine.soft import soft_values
from marketplace.matching.engine.weights import COLUMNS, PRICE, TextWeights, Weights
from marketplace.matching.engine.wished import fails, slack

Refused = Callable[[str, str], bool | None]
"""Whether the decision table refuses buyers of a region for a purpose (empty: none stated); None: it depends."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A demand that the listing reaches only if its buyer is allowed (`if_allowed`), or only if it is refused."""

    demand: int
    organisation: int
    person: int
    region: str
    purpose: str
    if_allowed: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """The demands that it reaches whatever is answered to their buyers, and those where it is to be asked."""

    demands: tuple[int, ...]
    doubtful: tuple[Doubtful, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """Of each demand: whether a word is shared, what all say, and by how much those of the listing have moved."""

    shared: Array
    score: Array
    moved: Array


def reached(
    demands: OpenDemands,
    listing: ListingFacts,
    said: Mapping[str, Said],
    *,
    weights: Weights,
    today: date,
    refused: Refused,
    moved: float = MOVED,
) -> Reached:
    """The demands that may show a listing, and those of which its words are more or less rare than `moved` allows for.

    That is as a share of what is to be reached. A listing without a decided level is shown to nobody: of those it has
    the latter only, and `refused` is not asked.
    """
    words = _words(demands, said, weights.text)
    bounds = demands.bounds
    marks = np.stack([bounds[name] for name in ("eligible", "near", "far")])
    stale = words.moved > moved * np.fmin.reduce(np.where(marks > 0, marks, np.nan), initial=np.inf)
    failed = fails(demands, listing, today)
    lifted = words.score * _lift(demands, listing, weights, today)
    as_match, as_miss, otherwise = lifted >= marks[0], lifted >= marks[1], words.score >= marks[2]
    allowed = np.where(failed == 0, as_match, np.where(failed == 1, as_miss, otherwise))
    denied = np.where(failed == 0, as_miss, otherwise)
    asked = words.shared & (bounds["organisation"] != listing.organisation) & (listing.level is not None)
    never, depends = _answers(demands, refused) if asked.any() else (asked, asked)
    doubtful = asked & ~stale & depends & (allowed != denied)
    sure = words.shared & stale | asked & np.where(never, denied, allowed) & ~doubtful
    return Reached(
        tuple(bounds["demand"][sure].tolist()),
        tuple(_doubtful(demands, place, bool(allowed[place])) for place in np.flatnonzero(doubtful).tolist()),
    )


def _doubtful(demands: OpenDemands, place: int, if_allowed: bool) -> Doubtful:
    row, (names, numbers) = demands.bounds[place], demands.named["case"]
    region, purpose = list(names)[numbers[place]]
    return Doubtful(int(row["demand"]), int(row["organisation"]), int(row["person"]), region, purpose, if_allowed)


def _words(demands: OpenDemands, said: Mapping[str, Said], weights: TextWeights) -> _Words:
    """Summed in the units of the demand's own matching, and in those of now: the larger counts, with DRIFT."""
    known = [(demands.vocabulary[term], one) for term, one in said.items() if term in demands.vocabulary]
    which = np.full(len(demands.vocabulary), -1, np.int32)
    which[[number for number, _one in known]] = np.arange(len(known))
    which = which[demands.terms]
    found = np.flatnonzero(which >= 0)
    which, places, held = which[found], demands.places[found], demands.weighed[found]
    size = len(demands.bounds)
    now, then, moved = np.zeros(size), np.zeros(size), np.zeros(size)
    for stream, share in (("surface", 1 - weights.stem_share), ("stem", weights.stem_share)):
        says = np.array([getattr(one, stream) for _number, one in known], float)[which]
        rarity = np.array([getattr(one, f"{stream}_rarity") for _number, one in known], float)[which]
        before = held[f"{stream}_rarity"].astype(float)
        counts = _repeated(held[stream].astype(float), weights)
        now += np.bincount(places, says * rarity * counts, size)
        then += np.bincount(places, says * before * counts, size)
        moved += np.bincount(places, share * counts * abs(rarity - before), size)
    return _Words(np.bincount(places, minlength=size) > 0, (1 + DRIFT) * np.maximum(now, then), moved)


def _repeated(counts: Array, weights: TextWeights) -> Array:
    """`TextWeights.repeated` of each."""
    if weights.k3 is None:
        return counts
    return np.divide((weights.k3 + 1) * counts, weights.k3 + counts, out=np.zeros_like(counts), where=counts > 0)


def _lift(demands: OpenDemands, listing: ListingFacts, weights: Weights, today: date) -> Array:
    """By what its soft features multiply the score of a listing, as if it had every column that is wanted."""
    values = soft_values(DemandFacts(text="", organisation=0), listing, weights, today)
    own = 1 + sum(weights.bonus[name] * value for name, value in values.items())
    columns: Array = demands.bounds["wants_columns"]
    lift: Array = own + weights.bonus[PRICE] * slack(demands, listing) + weights.bonus[COLUMNS] * columns
    return lift


def _answers(demands: OpenDemands, refused: Refused) -> tuple[Array, Array]:
    """For each demand whether its buyer is refused, and whether that depends."""
    names, numbers = demands.named["case"]
    answers = [refused(region, purpose) for region, purpose in names]
    never, depends = (np.array([one is answer for one in answers]) for answer in (True, None))
    return never[numbers], depends[numbers]
