"""Among assignments of equal value the one that the rule of time names, and who would follow whom.

At the least prices a demand gets equally much from each of its `options`, and every assignment of the greatest value
consists of such edges (complementary slackness): it serves each demand that gains by it and gives away each listing
that has a price. Two of them differ by cycles, and by chains that end where a demand may go unserved or a listing free.

The rule compares them demand by demand, the earliest first, by the place of what it has among its options. That is a
weight on edges again, on a scale where an earlier demand outweighs all later ones together: whole numbers of as many
digits as there are demands, which Python has.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

UNSERVED: Final = -1
FREE: Final = -1

Move = tuple[int, int]
"""A demand, and the listing that it takes instead of what it has (UNSERVED: nothing)."""


@dataclass(slots=True)
class TightGraph:
    """Demands (the earliest first) and listings, by place. `options` of a demand: the one it prefers first.

    `holds` and `owner` are an assignment, changed in place; `may_go` says which demands may go unserved, `may_rest`
    which listings may go free.
    """

    options: list[list[int]]
    holds: list[int]
    owner: list[int]
    may_go: list[bool]
    may_rest: list[bool]

    def wanting(self) -> list[list[int]]:
        """For each listing the demands that have it among their options."""
        found: list[list[int]] = [[] for _listing in self.owner]
        for demand, options in enumerate(self.options):
            for listing in options:
                found[listing].append(demand)
        return found


def settle(graph: TightGraph) -> None:
    """Turn the assignment into the one that the rule names: each demand in turn takes the best that can be had.

    A better option can be had where whoever has it finds another place, not at the expense of those before, and what
    is left behind may go free or is taken. Costs in the worst case a walk over the whole graph for each demand; where
    values differ, over a few edges.
    """
    wanting = graph.wanting()
    for demand, options in enumerate(graph.options):
        dead: set[int] = set()
        for option in options:
            if option == graph.holds[demand]:
                break
            moves = _exchange(graph, wanting, demand, option, dead)
            if moves is not None:
                _apply(graph, moves)
                break


def _apply(graph: TightGraph, moves: list[Move]) -> None:
    for demand, _listing in moves:
        if graph.holds[demand] != UNSERVED:
            graph.owner[graph.holds[demand]] = FREE
    for demand, listing in moves:
        graph.holds[demand] = listing
        if listing != UNSERVED:
            graph.owner[listing] = demand


def _exchange(
    graph: TightGraph, wanting: list[list[int]], demand: int, option: int, dead: set[int]
) -> list[Move] | None:
    """The moves by which `demand` takes `option` while those before it keep what they have; None: there are none.

    `dead` collects the demands that lead nowhere, for the next option of the same demand.
    """
    left = graph.holds[demand]
    first = graph.owner[option]
    filled = left == UNSERVED or graph.may_rest[left]
    if first == FREE:
        onwards: list[Move] | None = []
        closed = False
    else:
        onwards, closed = _place_for(graph, demand, first, left, filled, dead)
    if onwards is None:
        return None
    moves = [(demand, option), *onwards]
    if closed or filled:
        return moves
    back = _filling(graph, wanting, demand, left)
    # the two have no demand in common: from it the first chain would have come to what was left
    return None if back is None else [*moves, *back]


def _place_for(
    graph: TightGraph, settled: int, first: int, left: int, filled: bool, dead: set[int]
) -> tuple[list[Move] | None, bool]:
    """Find `first` another place among demands after `settled`: in what was left, in a free listing, or in none.

    A chain that ends in what was `left` closes the circle, and is looked for before others unless `filled` says that
    there is no need. Returns the moves, and whether they close.
    """
    if first <= settled or first in dead:
        return None, False
    came: dict[int, Move] = {}
    ends: tuple[int, int] | None = None
    queue, seen = deque([first]), {first}
    while queue:
        demand = queue.popleft()
        if ends is None and graph.may_go[demand]:
            ends = (demand, UNSERVED)
        for listing in graph.options[demand]:
            if listing == left:
                return _chain(came, demand, listing), True
            taken = graph.owner[listing]
            if taken == FREE:
                ends = ends or (demand, listing)
            elif taken > settled and taken not in seen:
                seen.add(taken)
                came[taken] = (demand, listing)
                queue.append(taken)
        if filled and ends is not None:
            break
    if ends is None:
        dead |= seen
        return None, False
    return _chain(came, *ends), False


def _chain(came: dict[int, Move], demand: int, listing: int) -> list[Move]:
    """The moves up to `demand` taking `listing`, from the first on."""
    moves = [(demand, listing)]
    while demand in came:
        demand, listing = came[demand]
        moves.append((demand, listing))
    return moves[::-1]


def _filling(graph: TightGraph, wanting: list[list[int]], settled: int, left: int) -> list[Move] | None:
    """Who takes what was `left`, who takes what that one leaves, and so on, to somebody who leaves nothing behind."""
    came: dict[int, Move] = {}
    queue, seen = deque([left]), {left}
    while queue:
        listing = queue.popleft()
        for demand in wanting[listing]:
            if demand <= settled or graph.owner[listing] == demand:
                continue
            leaves = graph.holds[demand]
            if leaves == UNSERVED or graph.may_rest[leaves]:
                moves = [(demand, listing)]
                while listing in came:
                    moves.append(came[listing])
                    listing = came[listing][1]
                return moves
            if leaves not in seen:
                seen.add(leaves)
                came[leaves] = (demand, listing)
                queue.append(leaves)
    return None


def after(graph: TightGraph) -> dict[int, int | None]:
    """For each listing given away: the demand that would have it if its owner asked for nothing; None for nobody.

    Expects an assignment that is settled. The best chain of demands that follow into the gap, by the rule of time, is
    a longest path; no cycle of it gains anything, for then the assignment would not be the one the rule names.
    """
    found: dict[int, int | None] = {}
    for demands in _components(graph):
        found.update(_followed(graph, demands))
    return found


def _components(graph: TightGraph) -> Iterator[list[int]]:
    """Demands that are connected by their options, each group in order of time."""
    top = list(range(len(graph.owner)))

    def root(listing: int) -> int:
        while top[listing] != listing:
            top[listing] = top[top[listing]]
            listing = top[listing]
        return listing

    for options in graph.options:
        for listing in options[1:]:
            top[root(listing)] = root(options[0])
    groups: dict[int, list[int]] = defaultdict(list)
    for demand, options in enumerate(graph.options):
        if options:
            groups[root(options[0])].append(demand)
    yield from groups.values()


def _followed(graph: TightGraph, demands: list[int]) -> dict[int, int | None]:
    base = max(len(graph.options[demand]) for demand in demands)
    digit = (2 * base + 1).bit_length()
    weight = {demand: digit * (len(demands) - 1 - place) for place, demand in enumerate(demands)}
    best: dict[int, int] = {}
    heir: dict[int, int | None] = {}
    queue: deque[int] = deque()
    for demand in demands:
        listing = graph.holds[demand]
        if listing != UNSERVED and graph.may_rest[listing]:
            best[listing], heir[listing] = 0, None
            queue.append(listing)

    def offer(demand: int, leaves: int) -> None:
        """Let `demand` follow into each of its options, leaving what it has, for which others follow."""
        options = graph.options[demand]
        before, behind = (0, 0) if leaves == UNSERVED else (base - options.index(leaves), best[leaves])
        for place, listing in enumerate(options):
            if listing == leaves or graph.owner[listing] == FREE:
                continue
            worth = ((base - place - before) << weight[demand]) + behind
            if listing not in best or worth > best[listing]:
                best[listing], heir[listing] = worth, demand
                queue.append(listing)

    for demand in demands:
        if graph.holds[demand] == UNSERVED:
            offer(demand, UNSERVED)
    while queue:
        listing = queue.popleft()
        offer(graph.owner[listing], listing)
    return heir
