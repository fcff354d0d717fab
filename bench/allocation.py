"""Exclusive rights over a whole exchange: the time of an allocation beside two others on the same candidates.

    make bench-allocation              (ARGS="--demands 10000 --listings 100000 --candidates 20 --rounds 7 --ties")

Three ways, by turns in each round:

    allocate    the optimum, ties settled by time, and for each award who would have it otherwise
    scipy       the optimum alone: scipy.sparse.csgraph.min_weight_full_bipartite_matching (LAPJVsp), which matches
                everybody: each demand gets a listing of its own for going without, at the cost of no value
    greedy      the most valuable pair that is left, again and again

Half of the candidates of a demand lie among a hundredth of the listings, as wishes do. `--ties` draws values from 1 to
20, so that nearly all are equal to others; else they are billionths, as scores of matches come. The totals of the first
two must be equal and none above them, or the command fails. Printed: medians and ranges of the rounds, in seconds of
the wall and of CPU.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from marketplace.matching.engine.assignment import Claim, allocate

BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
Ints = npt.NDArray[np.int64]


def drawn(demands: int, listings: int, candidates: int, seed: int, *, ties: bool) -> tuple[Ints, Ints, Ints]:
    """Edges as arrays of demand, listing and value."""
    random = np.random.default_rng(seed)
    popular = max(1, listings // 100)
    listing = random.integers(0, listings, (demands, candidates))
    listing[:, : candidates // 2] = random.integers(0, popular, (demands, candidates // 2))
    demand = np.repeat(np.arange(demands), candidates)
    edges = np.unique(np.stack([demand, listing.ravel()], axis=1), axis=0)
    value = random.integers(1, 21 if ties else 1_200_000_000, len(edges))
    return edges[:, 0], edges[:, 1], value


def claims_of(demand: Ints, listing: Ints, value: Ints, demands: int) -> list[Claim]:
    """The same as the engine is given it."""
    found: list[list[tuple[int, int]]] = [[] for _ in range(demands)]
    for one, other, worth in zip(demand.tolist(), listing.tolist(), value.tolist(), strict=True):
        found[one].append((other, worth))
    return [Claim(n, BEGIN + timedelta(seconds=n), tuple(edges)) for n, edges in enumerate(found)]


def by_scipy(demand: Ints, listing: Ints, value: Ints, demands: int, listings: int) -> int:
    """The greatest total. Costs are above zero, as it wants them: the greatest value and one more, less the value."""
    most = int(value.max()) + 1
    everybody = np.arange(demands)
    cost = np.concatenate([most - value, np.full(demands, most)])
    columns = np.concatenate([listing, listings + everybody])
    rows = np.concatenate([demand, everybody])
    graph = csr_array((cost.astype(np.float64), (rows, columns)), shape=(demands, listings + demands))
    row, column = min_weight_full_bipartite_matching(graph)
    return int(demands * most - graph[row, column].sum())


def by_greed(demand: Ints, listing: Ints, value: Ints, demands: int, listings: int) -> int:
    """The total of taking the most valuable pair that is left."""
    served, taken, total = np.zeros(demands, dtype=bool), np.zeros(listings, dtype=bool), 0
    for edge in np.argsort(-value, kind="stable").tolist():
        if not served[demand[edge]] and not taken[listing[edge]]:
            served[demand[edge]] = taken[listing[edge]] = True
            total += int(value[edge])
    return total


def main() -> int:
    """Print the figures; 1 where the totals are not what they must be."""
    parser = argparse.ArgumentParser(description="The allocation of exclusive rights beside scipy and a greedy one.")
    parser.add_argument("--demands", type=int, default=10_000)
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--candidates", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--ties", action="store_true")
    options = parser.parse_args()
    edges = drawn(options.demands, options.listings, options.candidates, options.seed, ties=options.ties)
    claims = claims_of(*edges, options.demands)
    sys.stdout.write(f"{options.demands} demands, {options.listings} listings, {len(edges[0])} candidates\n")
    ways: dict[str, Callable[[], int]] = {
        "allocate": lambda: allocate(claims).total,
        "scipy": lambda: by_scipy(*edges, options.demands, options.listings),
        "greedy": lambda: by_greed(*edges, options.demands, options.listings),
    }
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    totals: dict[str, set[int]] = {name: set() for name in ways}
    for _round in range(options.rounds):
        for name, way in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            totals[name].add(way())
            spent[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    for name, found in spent.items():
        walls, cpus = zip(*found, strict=True)
        sys.stdout.write(
            f"{name:<9} wall {statistics.median(walls):6.2f} s ({min(walls):.2f} to {max(walls):.2f})   "
            f"CPU {statistics.median(cpus):6.2f} s   total {max(totals[name])}\n"
        )
    optimum = totals["allocate"]
    sound = len(optimum) == 1 and optimum == totals["scipy"] and max(totals["greedy"]) <= max(optimum)
    sys.stdout.write("totals: allocate = scipy, greedy not above\n" if sound else "TOTALS DIFFER\n")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
