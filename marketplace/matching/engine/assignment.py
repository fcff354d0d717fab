"""Who gets which exclusive right: the assignment of listings to demands of the greatest total value.

A right that excludes everybody else goes to one demand, and a demand takes one right: an assignment problem (Kuhn 1955;
Burkard, Dell'Amico, Martello: Assignment Problems, 2012), partial on both sides and sparse, solved as a flow of least
cost. Among all assignments of the greatest value one is chosen by a rule that leaves nothing open (`ties`), so that
the result depends on what is asked and offered, and on nothing else. With the least prices that support it
(Shapley, Shubik: The assignment game I, 1971) comes what each award takes from the others, and who it is taken from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from marketplace.matching.engine.ties import FREE, UNSERVED, TightGraph, after, settle

Ints = npt.NDArray[np.int64]

MOST_COST: Final = 2**61
"""The solver multiplies costs by the number of nodes, in 64 bits."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A demand for an exclusive right, with the listings that would do and the value of each: integers from 1.

    `opened_at` decides between claims that could be served equally well; of two of the same instant, the lesser
    `demand`. Values of all claims are on one scale.
    """

    demand: int
    opened_at: datetime
    candidates: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Award:
    """A right assigned, and what would be so without the demand it went to.

    `next_demand` would have the listing then (None: nobody); `others_lose` is how much greater the total value of all
    other demands would be: 0 where the award is at nobody's expense.
    """

    demand: int
    listing: int
    value: int
    next_demand: int | None
    others_lose: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """All awards and the demands that got nothing, both the earlier demand first; `total` is the sum of the values."""

    awards: tuple[Award, ...]
    unserved: tuple[int, ...]
    total: int


def allocate(claims: Iterable[Claim]) -> Allocation:
    """The assignment of the greatest total value: no demand has two rights, no listing two demands; some have none.

    Where several are equally good, the earliest demand gets the most valuable right that it has in any of them, then
    the next one likewise of those that are left, and so on; of rights of the same value the listing with the lesser
    identifier. So the result is one, whatever the order of `claims` and candidates. Values are compared exactly.

    ValueError for a demand or a candidate that is given twice, a value below 1, or values too great to be exact.
    """
    ordered = sorted(claims, key=lambda claim: (claim.opened_at, claim.demand))
    _require_sound(ordered)
    market = _Market(ordered)
    if not market.value.size:
        return Allocation((), tuple(claim.demand for claim in ordered), 0)
    held = market.solve()
    prices = market.least_prices(held)
    tight = market.tight(held, prices)
    settle(tight)
    return _told(ordered, market, tight, prices)


def _require_sound(claims: Sequence[Claim]) -> None:
    if len({claim.demand for claim in claims}) != len(claims):
        raise ValueError("each demand may be given once")
    for claim in claims:
        if len({listing for listing, _value in claim.candidates}) != len(claim.candidates):
            raise ValueError(f"demand {claim.demand}: each candidate may be given once")
        if any(value < 1 for _listing, value in claim.candidates):
            raise ValueError(f"demand {claim.demand}: values begin at 1")


class _Market:
    """The edges of the problem as arrays, ordered by listing: `demand` and `listing` are places in time and in id."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.demands = len(claims)
        most = max((value for claim in claims for _listing, value in claim.candidates), default=0)
        edges = sum(len(claim.candidates) for claim in claims)
        if most * (self.demands + edges + 2) > MOST_COST:
            raise ValueError("the values are too great to be computed with exactly")
        flat = chain.from_iterable(chain.from_iterable(claim.candidates for claim in claims))
        table = np.fromiter(flat, dtype=np.int64, count=2 * edges).reshape(edges, 2)
        places = np.repeat(np.arange(self.demands), [len(claim.candidates) for claim in claims])
        order = np.lexsort((places, table[:, 0]))
        self.identifiers, self.listing = np.unique(table[order, 0], return_inverse=True)
        self.demand, self.value = places[order], table[order, 1]
        self.first = np.searchsorted(self.listing, np.arange(self.identifiers.size))

    def solve(self) -> Ints:
        """For each demand the place of its edge in one assignment of the greatest value; UNSERVED without."""
        edges, listings = self.value.size, self.identifiers.size
        sink = self.demands + listings
        everybody, everything = np.arange(self.demands), np.arange(self.demands, sink)
        flow = SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(
            np.concatenate([self.demand, everything, everybody]),
            np.concatenate([self.demands + self.listing, np.full(listings + self.demands, sink)]),
            np.ones(edges + listings + self.demands, dtype=np.int64),
            np.concatenate([-self.value, np.zeros(listings + self.demands, dtype=np.int64)]),
        )
        flow.set_nodes_supplies(
            np.append(everybody, sink), np.append(np.ones(self.demands, dtype=np.int64), -self.demands)
        )
        status = flow.solve()
        if status != flow.OPTIMAL:
            raise RuntimeError(f"the flow has no optimum: {status}")
        held = np.full(self.demands, UNSERVED, dtype=np.int64)
        chosen = np.flatnonzero(flow.flows(np.arange(edges)))
        held[self.demand[chosen]] = chosen
        return held

    def gains(self, held: Ints, prices: Ints) -> Ints:
        """What is left to each demand of the value of its right after its price."""
        served = held != UNSERVED
        edge = held[served]
        gains = np.zeros(self.demands, dtype=np.int64)
        gains[served] = self.value[edge] - prices[self.listing[edge]]
        return gains

    def least_prices(self, held: Ints) -> Ints:
        """The least prices at which every demand wants what it has: each listing costs what another would still give.

        They rise from zero as long as somebody would give more for a listing than it costs; without an assignment of
        greater value that ends. They remain the least prices whichever single demand is left out.
        """
        prices = np.zeros(self.identifiers.size, dtype=np.int64)
        while True:
            offers = np.maximum.reduceat(self.value - self.gains(held, prices)[self.demand], self.first)
            risen: Ints = np.maximum(offers, 0)
            if np.array_equal(risen, prices):
                return prices
            prices = risen

    def tight(self, held: Ints, prices: Ints) -> TightGraph:
        """What assignments of the greatest value consist of: edges that leave a demand as much as what it has."""
        gains = self.gains(held, prices)
        even = np.flatnonzero(self.value - gains[self.demand] == prices[self.listing])
        options: list[list[int]] = [[] for _place in range(self.demands)]
        # the most valuable first, of equal ones the lesser identifier
        for edge in even[np.lexsort((self.listing[even], -self.value[even]))].tolist():
            options[self.demand[edge]].append(int(self.listing[edge]))
        owner = [FREE] * self.identifiers.size
        holds = [UNSERVED] * self.demands
        for place, edge in enumerate(held.tolist()):
            if edge != UNSERVED:
                holds[place] = int(self.listing[edge])
                owner[holds[place]] = place
        return TightGraph(options, holds, owner, (gains == 0).tolist(), (prices == 0).tolist())


def _told(claims: Sequence[Claim], market: _Market, tight: TightGraph, prices: Ints) -> Allocation:
    heirs = after(tight)
    awards, unserved = [], []
    for place, claim in enumerate(claims):
        listing = tight.holds[place]
        if listing == UNSERVED:
            unserved.append(claim.demand)
            continue
        identifier = int(market.identifiers[listing])
        heir = heirs.get(listing)
        awards.append(
            Award(
                demand=claim.demand,
                listing=identifier,
                value=dict(claim.candidates)[identifier],
                next_demand=None if heir is None else claims[heir].demand,
                others_lose=int(prices[listing]),
            )
        )
    return Allocation(tuple(awards), tuple(unserved), sum(award.value for award in awards))
