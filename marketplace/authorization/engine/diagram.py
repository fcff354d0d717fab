"""The rows of a decision table laid over its whole input space, as a decision diagram.

A node asks one input and has a child for each class of its values (values that no row tells apart share a class);
inputs are asked in one order, equal parts of the space share their nodes, and what makes no difference is not asked.
So a case is decided in as many steps as there are inputs, however many rows there are; and what holds for the whole
space is found by walking the nodes, of which there are far fewer than cases (Gouda and Liu, *Firewall decision
diagrams*, 2004; Bryant, *Graph-based algorithms for Boolean function manipulation*, 1986).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

GAP = -1
"""Where no row holds."""


class TooLarge(ValueError):
    """The rows tell more kinds of cases apart than the nodes that were allowed."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """`asks[n]` is the input that node n asks, `children[n]` what follows for each class of its values.

    A child is a node (0 or more), GAP, or the row that decides (`row_of`). `classes[i]` maps a value of input i to its
    class, `members[i]` the reverse.
    """

    classes: tuple[Mapping[str, int], ...]
    members: tuple[tuple[tuple[str, ...], ...], ...]
    asks: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    root: int

    def decide(self, case: Sequence[int]) -> int:
        """The place after which nothing is asked, for the classes of a case: a row's or GAP."""
        node = self.root
        asks, children = self.asks, self.children
        while node >= 0:
            node = children[node][case[asks[node]]]
        return node

    def reached(self, fixed: Mapping[int, int] | None = None) -> frozenset[int]:
        """Rows that decide a case, with the classes of some inputs `fixed`."""
        fixed = fixed or {}
        seen, waiting = {self.root}, [self.root]
        while waiting:
            node = waiting.pop()
            if node >= 0:
                below = self.children[node]
                asked = fixed.get(self.asks[node])
                found = set(below if asked is None else below[asked : asked + 1]) - seen
                seen |= found
                waiting += found
        return frozenset(row_of(node) for node in seen if node < GAP)

    def neighbours(self, number: int, order: Sequence[str]) -> frozenset[tuple[int, int]]:
        """Pairs of rows that decide cases which differ in one input alone, by a step in the `order` of its values."""
        steps = {(self.classes[number][one], self.classes[number][other]) for one, other in pairwise(order)}
        seen: set[tuple[int, int]] = set()
        waiting = [
            (below[one], below[other])
            for asked, below in zip(self.asks, self.children, strict=True)
            if asked == number
            for one, other in steps
        ]
        while waiting:
            pair = waiting.pop()
            if pair[0] != pair[1] and pair not in seen:
                seen.add(pair)
                waiting += self._below(*pair)
        return frozenset((row_of(one), row_of(other)) for one, other in seen if one < GAP and other < GAP)

    def _below(self, one: int, other: int) -> list[tuple[int, int]]:
        """What follows two nodes in equal cases; nothing where both have been decided."""
        if one < 0 and other < 0:
            return []
        first = min(self.asks[node] for node in (one, other) if node >= 0)
        left = self.children[one] if one >= 0 and self.asks[one] == first else None
        right = self.children[other] if other >= 0 and self.asks[other] == first else None
        return [
            (one if left is None else left[place], other if right is None else right[place])
            for place in range(len(self.members[first]))
        ]

    def paths_to(self, goal: int) -> Iterator[dict[int, tuple[int, ...]]]:
        """The parts of the space that end at `goal`: of each input that is asked there, the classes."""
        leading: dict[int, bool] = {}

        def leads(node: int) -> bool:
            if node < 0:
                return node == goal
            if node not in leading:
                leading[node] = any(leads(child) for child in self.children[node])
            return leading[node]

        def walk(node: int, path: dict[int, tuple[int, ...]]) -> Iterator[dict[int, tuple[int, ...]]]:
            if node < 0:
                yield path
                return
            for child in dict.fromkeys(self.children[node]):
                if leads(child):
                    places = tuple(place for place, below in enumerate(self.children[node]) if below == child)
                    yield from walk(child, {**path, self.asks[node]: places})

        if leads(self.root):
            yield from walk(self.root, {})


def leaf(row: int) -> int:
    """How a diagram writes that a row decides."""
    return GAP - 1 - row


def row_of(node: int) -> int:
    """The row that such a leaf stands for."""
    return GAP - 1 - node


def build(
    values: Sequence[tuple[str, ...]], conditions: Sequence[Mapping[int, frozenset[str]]], *, most_nodes: int
) -> Diagram:
    """The diagram of rows, topmost first: `values[i]` of input i, and of each row its conditions by input.

    TooLarge where it would need more than `most_nodes`.
    """
    members = tuple(_classes(axis, [row[i] for row in conditions if i in row]) for i, axis in enumerate(values))
    builder = _Builder(members, conditions, most_nodes)
    root = builder.node(0, (1 << len(conditions)) - 1)
    return Diagram(
        classes=tuple({value: place for place, group in enumerate(axis) for value in group} for axis in members),
        members=members,
        asks=tuple(asked for asked, _children in builder.made),
        children=tuple(children for _asked, children in builder.made),
        root=root,
    )


def _classes(axis: tuple[str, ...], conditions: Sequence[frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    distinct = set(conditions)
    groups: dict[tuple[bool, ...], list[str]] = {}
    for value in axis:
        groups.setdefault(tuple(value in condition for condition in distinct), []).append(value)
    return tuple(tuple(group) for group in groups.values())


class _Builder:
    """Makes nodes from the bottom. Sets of rows are bits of an integer, the topmost row the lowest bit."""

    def __init__(
        self,
        members: tuple[tuple[tuple[str, ...], ...], ...],
        conditions: Sequence[Mapping[int, frozenset[str]]],
        most_nodes: int,
    ) -> None:
        self.most_nodes = most_nodes
        self.made: dict[tuple[int, tuple[int, ...]], int] = {}
        self._known: dict[tuple[int, int], int] = {}
        # holding[i][c]: rows that hold for class c of input i; asking[i]: rows that look at input i; later[i]: or at
        # one behind it.
        self.asking = [_bits(i in row for row in conditions) for i in range(len(members))]
        self.holding = [
            [_bits(i not in row or group[0] in row[i] for row in conditions) for group in axis]
            for i, axis in enumerate(members)
        ]
        self.later = [0] * (len(members) + 1)
        for i in reversed(range(len(members))):
            self.later[i] = self.later[i + 1] | self.asking[i]

    def node(self, number: int, alive: int) -> int:
        """The node for the rows that hold so far, before input `number` is asked."""
        settled = alive & ~self.later[number]
        if settled:  # the topmost of them holds whatever is asked: no row below it can decide
            alive &= ((settled & -settled) << 1) - 1
        if not alive:
            return GAP
        if alive == settled & -settled:
            return leaf(alive.bit_length() - 1)
        while not alive & self.asking[number]:
            number += 1
        found = self._known.get((number, alive))
        if found is None:
            children = tuple([self.node(number + 1, alive & holding) for holding in self.holding[number]])
            if children.count(children[0]) == len(children):
                found = children[0]
            else:
                found = self.made.setdefault((number, children), len(self.made))
            self._known[number, alive] = found
            if len(self._known) > self.most_nodes:
                raise TooLarge(self.most_nodes)
        return found


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)
