"""The least change that would allow what a decision table refuses, or give what it does not.

The search is exact: the paths through the table's diagram are all cases, and a path costs one for each input whose
class it changes. The cheapest paths to a row that gives what is wanted are found by dynamic programming over the nodes.
Only what people can change is changed (`CHANGED_BY`): what the data is, its level and where the parties sit are facts.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import inf
from typing import Final

from marketplace.authorization.engine.decide import AccessFacts
from marketplace.authorization.engine.diagram import row_of
from marketplace.authorization.engine.strictest import strictest
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
    if PERSONAL in (facts.origin, *facts.reviewed.get("origin", ())):
        found[CONSENT_BASIS] = tuple(v for v in table.inputs[CONSENT_BASIS].values if v != NO_CONSENT_BASIS)
    return found | {kind: table.inputs[kind].values for kind in table.accreditations}


def least_changes(
    table: DecisionTable,
    facts: AccessFacts,
    wanted: Wanted,
    options: Mapping[str, Collection[str]] | None = None,
    barred: Collection[str] = (),
) -> Remedy:
    """The fewest changes under which `table` gives what is wanted, out of `options` (default: all `changeable`).

    Accreditations only rise: their options below what is held do not count. `barred` are inputs whose present value
    cannot stay, whatever the table says of it.
    """
    search = _Search(table, facts, wanted, changeable(table, facts) if options is None else options, barred)
    ways = sorted(_undominated(list(search.ways())), key=_effort)
    return Remedy(tuple(ways[:MOST_WAYS]), more=len(ways) > MOST_WAYS)


def _effort(way: Way) -> tuple[list[int], list[tuple[str, ...]]]:
    places = [_EASIEST_FIRST.index(_kind(change.name)) for change in way.changes]
    return sorted(places, reverse=True), [(change.name, *change.to) for change in way.changes]


def _kind(name: str) -> str:
    return name if name in CHANGED_BY else ACCREDITATION


_Places = tuple[int, ...]
"""Classes of one input that lead on to the same."""


class _Search:
    """The cheapest ways for one case. Costs count changed inputs; a wish that has to give way counts too.

    A case that can be read in several ways is walked in all of them at once: readings differ in facts that nobody can
    change, so each change is made in all, and what is given is the strictest answer.
    """

    def __init__(
        self,
        table: DecisionTable,
        facts: AccessFacts,
        wanted: Wanted,
        options: Mapping[str, Collection[str]],
        barred: Collection[str],
    ) -> None:
        self.table, self.wanted, self.options = table, wanted, options
        self.names = tuple(table.inputs)
        self.values = dict(zip(self.names, facts.inputs(table.accreditations), strict=True))
        self.now = self._read(facts, barred)
        self.open = [self._open(number) for number in range(len(self.names))]
        readings = [self._read(one, barred) for one in facts.readings()]
        self.readings = list(dict.fromkeys(tuple(map(self._class, range(len(one)), one)) for one in readings))
        self.unlisted = [number for number in range(len(self.names)) if any(one[number] < 0 for one in self.readings)]

    def _read(self, facts: AccessFacts, barred: Collection[str]) -> list[str | None]:
        """The values as the table knows them; None for what it has no word for, or cannot stay."""
        values = zip(self.table.inputs.items(), facts.inputs(self.table.accreditations), strict=True)
        return [None if name in barred else spec.read(value) for (name, spec), value in values]

    def _class(self, number: int, known: str | None) -> int:
        return -1 if known is None else self.table.diagram.classes[number][known]

    def _open(self, number: int) -> dict[int, tuple[str, ...]]:
        """Class → the values that could be taken there, the present class left out."""
        name, held = self.names[number], self.now[number]
        present = self.values[name]
        values = [v for v in self.table.inputs[name].values if v in self.options.get(name, ())]
        if held is None:
            values = [value for value in values if value != present]
        elif self.table.inputs[name].graded:
            values = [value for value in values if _level(value) > _level(held)]
        classes, found = self.table.diagram.classes[number], dict[int, tuple[str, ...]]()
        for value in values:
            found[classes[value]] = (*found.get(classes[value], ()), value)
        found.pop(self._class(number, held), None)
        return found

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

    def changes(self, decision: Decision, supply: str, moved: Mapping[int, _Places]) -> Way:
        """The way that takes each of these inputs to one of these classes, and the supply mode to `supply`."""
        to = {
            number: tuple(v for place in places for v in self.open[number][place]) for number, places in moved.items()
        }
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
        values = tuple(value for value in self.table.inputs[name].values if value in values)
        enough = values[:1] if self.table.inputs[name].graded else values
        return Change(name, self.values[name], enough, CHANGED_BY[_kind(name)])


_Nodes = tuple[int, ...]
"""Where each reading stands in the diagram."""


class _Priced:
    """What it costs at least from where the readings stand, while the data is supplied in one way."""

    def __init__(self, search: _Search, supply: str) -> None:
        self.search, self.table, self.supply = search, search.table, supply
        taken = self.table.diagram.classes[search.supply][supply]
        self.readings = [
            tuple(taken if number == search.supply else place for number, place in enumerate(one))
            for one in search.readings
        ]
        self.open = list(search.open)
        self.open[search.supply] = {}
        self.known: dict[_Nodes, float] = {}
        others = [number for number in search.unlisted if number != search.supply]
        moved = (supply != search.now[search.supply]) + len(others)
        # an unlisted value has to go, whether or not a row asks for it: its cost is counted here, not on the path
        self.free = frozenset(others)
        possible = all(search.open[number] for number in others)
        self.start = (self.table.diagram.root,) * len(self.readings)
        self.least = moved + self.cost(self.start) if possible else inf

    def decision(self, nodes: _Nodes) -> Decision:
        """The answer where nothing is asked any more."""
        return strictest([self.table.answers[row_of(node)][self.supply] for node in nodes])

    def cost(self, nodes: _Nodes) -> float:
        """The fewest changes from here to an answer that gives what is wanted."""
        found = self.known.get(nodes)
        if found is None:
            if max(nodes) < 0:
                lacking = self.search.wanted.lacking(self.decision(nodes))
                found = inf if lacking is None else len(lacking)
            else:
                found = min((step + self.cost(after) for _places, step, after in self._steps(nodes)), default=inf)
            self.known[nodes] = found
        return found

    def _asked(self, nodes: _Nodes) -> int:
        return min(self.table.diagram.asks[node] for node in nodes if node >= 0)

    def _steps(self, nodes: _Nodes) -> Iterator[tuple[_Places, float, _Nodes]]:
        """Where one can go from here: the classes to change to (none to stay), what that costs, and what follows."""
        asks, children, number = self.table.diagram.asks, self.table.diagram.children, self._asked(nodes)

        def after(places: Iterable[int]) -> _Nodes:
            return tuple(
                children[node][place] if node >= 0 and asks[node] == number else node
                for node, place in zip(nodes, places, strict=True)
            )

        present = [one[number] for one in self.readings]
        if min(present) >= 0:
            yield (), 0, after(present)
        leading: dict[_Nodes, _Places] = {}
        for place in self.open[number]:
            follows = after([place] * len(nodes))
            leading[follows] = (*leading.get(follows, ()), place)
        for follows, places in leading.items():
            yield places, 0 if number in self.free else 1, follows

    def ways(self) -> Iterator[Way]:
        """Each way of least cost once."""
        for nodes, moved in self._walk(self.start, {}):
            yield self.search.changes(self.decision(nodes), self.supply, moved)

    def _walk(self, nodes: _Nodes, moved: dict[int, _Places]) -> Iterator[tuple[_Nodes, dict[int, _Places]]]:
        if max(nodes) < 0:
            yield nodes, moved
            return
        for places, step, after in self._steps(nodes):
            if step + self.cost(after) == self.cost(nodes):
                yield from self._walk(after, {**moved, self._asked(nodes): places} if places else moved)


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
