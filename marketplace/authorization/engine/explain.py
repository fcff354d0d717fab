"""The least change that would allow what a decision table refuses, or give what it does not.

The search is exact: the paths through the table's diagram are all cases, and a path costs one for each input whose
class it changes. The cheapest paths to a row that gives what is wanted are found by dynamic programming over the nodes.
Only what people can change is changed (`CHANGED_BY`): what the data is, its level and where the parties sit are facts.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import inf
from typing import Final

from marketplace.authorization.engine.decide import AccessFacts
from marketplace.authorization.engine.diagram import row_of
from marketplace.authorization.engine.table import Decision, DecisionTable
from marketplace.authorization.engine.vocabulary import (
    ACCREDITATION,
    CHANGED_BY,
    CONSENT_BASIS,
    FORM,
    FORMS,
    NO_CONSENT_BASIS,
    PERSONAL,
    PURPOSE,
    PURPOSE_UNSTATED,
    SCENARIO,
    SUPPLY_MODE,
    TERM,
)

MOST_WAYS: Final = 20
_MOST_FOUND: Final = 500
_EASIEST_FIRST: Final = tuple(CHANGED_BY)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to receive; None where anything will do. `deliverable` are the forms there are ways for."""

    form: str | None = None
    term_days: int | None = None
    deliverable: frozenset[str] = frozenset(FORMS)

    def lacking(self, decision: Decision) -> tuple["Change", ...] | None:
        """What of the wish has to be changed under this decision; None where nothing can be had at all."""
        forms = tuple(form for form in decision.forms if form in self.deliverable)
        if decision.refused or not forms:
            return None
        changes = []
        if self.form is not None and self.form not in forms:
            changes.append(Change(FORM, self.form, forms, CHANGED_BY[FORM]))
        if self.term_days is not None and self.term_days > decision.longest_term_days:
            longest = (str(decision.longest_term_days),)
            changes.append(Change(TERM, str(self.term_days), longest, CHANGED_BY[TERM]))
        return tuple(changes)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would have to be otherwise: an input, a kind of accreditation, `form` or `term_days`.

    Each value of `to` would do; of an accreditation that level or a higher one, of a term that or a shorter one.
    """

    name: str
    now: str
    to: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together allow what is wanted, the easiest first, and the decision that they lead to."""

    changes: tuple[Change, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Remedy:
    """All least changes, those that are the buyer's own first; `more` where there are others that change as few things.

    No ways: whatever people change, it stays as it is. One way without changes: it is allowed as it is.
    """

    ways: tuple[Way, ...]
    more: bool = False


def changeable(table: DecisionTable, facts: AccessFacts) -> dict[str, tuple[str, ...]]:
    """Of each input that people can change, the values that it could take beside its own, in the table's words."""
    found = {name: table.inputs[name].values for name in (PURPOSE, SCENARIO, SUPPLY_MODE)}
    found[PURPOSE] = tuple(value for value in found[PURPOSE] if value != PURPOSE_UNSTATED)
    if facts.origin == PERSONAL:
        found[CONSENT_BASIS] = tuple(v for v in table.inputs[CONSENT_BASIS].values if v != NO_CONSENT_BASIS)
    return found | {kind: table.inputs[kind].values for kind in table.accreditations}


def least_changes(
    table: DecisionTable, facts: AccessFacts, wanted: Wanted, options: Mapping[str, Collection[str]] | None = None
) -> Remedy:
    """The fewest changes under which `table` gives what is wanted, out of `options` (default: all `changeable`).

    Accreditations only rise: their options below what is held do not count.
    """
    search = _Search(table, facts, wanted, changeable(table, facts) if options is None else options)
    ways = sorted(_undominated(list(search.ways())), key=_effort)
    return Remedy(tuple(ways[:MOST_WAYS]), more=len(ways) > MOST_WAYS)


def _effort(way: Way) -> tuple[list[int], list[tuple[str, ...]]]:
    places = [_EASIEST_FIRST.index(_kind(change.name)) for change in way.changes]
    return sorted(places, reverse=True), [(change.name, *change.to) for change in way.changes]


def _kind(name: str) -> str:
    return name if name in CHANGED_BY else ACCREDITATION


class _Search:
    """The cheapest ways for one case. Costs count changed inputs; a wish that has to give way counts too."""

    def __init__(
        self, table: DecisionTable, facts: AccessFacts, wanted: Wanted, options: Mapping[str, Collection[str]]
    ) -> None:
        self.table, self.wanted, self.options = table, wanted, options
        self.names = tuple(table.inputs)
        self.values = dict(zip(self.names, facts.inputs(table.accreditations), strict=True))
        self.now = [table.inputs[name].read(value) for name, value in self.values.items()]
        self.open = [self._open(number) for number in range(len(self.names))]
        self.unlisted = [number for number, known in enumerate(self.now) if known is None]

    def _open(self, number: int) -> dict[int, tuple[str, ...]]:
        """Class → the values that could be taken there, the present class left out."""
        name = self.names[number]
        values = [value for value in self.table.inputs[name].values if value in self.options.get(name, ())]
        if self.table.inputs[name].graded:
            values = values if (held := self.now[number]) is None else [v for v in values if _level(v) > _level(held)]
        classes, found = self.table.diagram.classes[number], dict[int, tuple[str, ...]]()
        for value in values:
            found[classes[value]] = (*found.get(classes[value], ()), value)
        found.pop(self._present(number), None)
        return found

    def _present(self, number: int) -> int:
        known = self.now[number]
        return -1 if known is None else self.table.diagram.classes[number][known]

    @cached_property
    def supply(self) -> int:
        return self.names.index(SUPPLY_MODE)

    def ways(self) -> Iterator[Way]:
        """All ways of the least cost, or none."""
        present = self.now[self.supply]
        supplies = [*([] if present is None else [present]), *self.options.get(SUPPLY_MODE, ())]
        priced = {supply: _Priced(self, supply) for supply in dict.fromkeys(supplies)}
        least = min((one.least for one in priced.values()), default=inf)
        for one in priced.values():
            if one.least == least < inf:
                yield from islice(one.ways(), _MOST_FOUND)

    def changes(self, row: int, supply: str, moved: Mapping[int, int]) -> Way:
        """The way that takes these inputs to these classes, and the supply mode to `supply`."""
        decision = self.table.answers[row][supply]
        to = {number: self.open[number][place] for number, place in moved.items()}
        if supply != self.now[self.supply]:
            to[self.supply] = (supply,)
        for number in self.unlisted:  # any word that the table has will do where its rows do not ask
            to.setdefault(number, tuple(value for values in self.open[number].values() for value in values))
        found = [self._change(number, values) for number, values in to.items()] + [
            *(self.wanted.lacking(decision) or ())
        ]
        return Way(tuple(sorted(found, key=lambda one: (_EASIEST_FIRST.index(_kind(one.name)), one.name))), decision)

    def _change(self, number: int, values: tuple[str, ...]) -> Change:
        name = self.names[number]
        enough = values[:1] if self.table.inputs[name].graded else values
        return Change(name, self.values[name], enough, CHANGED_BY[_kind(name)])


class _Priced:
    """What each node costs at least while the data is supplied in one way."""

    def __init__(self, search: _Search, supply: str) -> None:
        self.search, self.table, self.supply = search, search.table, supply
        self.present = [search._present(number) for number in range(len(search.names))]
        self.open = list(search.open)
        self.present[search.supply] = self.table.diagram.classes[search.supply][supply]
        self.open[search.supply] = {}
        self.known: dict[int, float] = {}
        others = [number for number in search.unlisted if number != search.supply]
        moved = (supply != search.now[search.supply]) + len(others)
        # an unlisted value has to go, whether or not a row asks for it: its cost is counted here, not on the path
        self.free = frozenset(others)
        possible = all(search.open[number] for number in others)
        self.least = moved + self.cost(self.table.diagram.root) if possible else inf

    def cost(self, node: int) -> float:
        """The fewest changes from here to a row that gives what is wanted."""
        if node < 0:
            lacking = self.search.wanted.lacking(self.table.answers[row_of(node)][self.supply])
            return inf if lacking is None else len(lacking)
        found = self.known.get(node)
        if found is None:
            found = self.known[node] = min(step + self.cost(child) for _place, step, child in self._steps(node))
        return found

    def _steps(self, node: int) -> Iterator[tuple[int | None, float, int]]:
        """Where one can go from a node: the class to change to (None to stay), what that costs, and what follows."""
        number, children = self.table.diagram.asks[node], self.table.diagram.children[node]
        if self.present[number] >= 0:
            yield None, 0, children[self.present[number]]
        for place in self.open[number]:
            yield place, 0 if number in self.free else 1, children[place]
        if self.present[number] < 0 and not self.open[number]:
            yield None, inf, children[0]

    def ways(self) -> Iterator[Way]:
        """Each way of least cost once."""
        for row, moved in self._walk(self.table.diagram.root, {}):
            yield self.search.changes(row, self.supply, moved)

    def _walk(self, node: int, moved: dict[int, int]) -> Iterator[tuple[int, dict[int, int]]]:
        if node < 0:
            yield row_of(node), moved
            return
        for place, step, child in self._steps(node):
            if step + self.cost(child) == self.cost(node):
                yield from self._walk(
                    child, moved if place is None else {**moved, self.table.diagram.asks[node]: place}
                )


def _level(value: str) -> int:
    return int(value) if value.isdecimal() else 0


def _undominated(ways: list[Way]) -> list[Way]:
    """Ways of which no other asks for the same with a lower accreditation."""
    return [way for way in ways if not any(_dominates(other, way) for other in ways)]


def _dominates(one: Way, other: Way) -> bool:
    if one is other or [change.name for change in one.changes] != [change.name for change in other.changes]:
        return False
    lower = False
    for mine, theirs in zip(one.changes, other.changes, strict=True):
        if _kind(mine.name) != ACCREDITATION or mine.to == theirs.to:
            if mine.to != theirs.to:
                return False
        elif _level(mine.to[0]) > _level(theirs.to[0]):
            return False
        else:
            lower = True
    return lower
