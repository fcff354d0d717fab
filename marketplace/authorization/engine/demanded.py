"""Without which accreditations a decision table would not have given what it gave.

An accreditation ends, and the grant that rests on it goes on: at each hand-over the decision point asks for what is
kept here. The paths through the table's diagram on which everything else is as it was are all the combinations of
accreditations that there are; of those under which the answer still holds, the lowest are told.
"""

from collections.abc import Callable, Mapping, Sequence

from marketplace.authorization.engine.decide import AccessFacts, classified
from marketplace.authorization.engine.diagram import GAP, row_of
from marketplace.authorization.engine.strictest import strictest
from marketplace.authorization.engine.table import Decision, DecisionTable
from marketplace.authorization.engine.vocabulary import SUPPLY_MODE

Entry = Mapping[str, int]
_Nodes = tuple[int, ...]
"""Where each reading of the case stands in the diagram."""


def demanded_accreditations(
    table: DecisionTable, facts: AccessFacts, bears: Callable[[Decision], bool]
) -> tuple[Entry, ...]:
    """The least accreditations (kind → lowest level, 1 for a kind without levels) under which the answer `bears`.

    Each entry suffices; none where the answer holds without any. Where it holds under no combination, what the facts
    say is held: nobody is let through by a table that has no answer. A case that can be read in several ways is
    followed in all of them, and their strictest answer has to bear it. Raises Unlisted as `classified`.
    """
    cases = [classified(table, reading) for reading in facts.readings()]
    kinds = table.accreditations
    supply = table.inputs[SUPPLY_MODE].read(facts.supply_mode) or ""
    known: dict[_Nodes, tuple[Entry, ...]] = {}
    asks, children = table.diagram.asks, table.diagram.children

    def entries(nodes: _Nodes) -> tuple[Entry, ...]:
        if nodes not in known:
            asked = min((asks[node] for node in nodes if node >= 0), default=None)
            if asked is None:
                known[nodes] = ({},) if GAP not in nodes and bears(_together(nodes)) else ()
            elif asked < len(kinds):
                known[nodes] = _levels(asked, nodes)
            else:
                known[nodes] = entries(_after(nodes, asked, [case[asked] for case in cases]))
        return known[nodes]

    def _together(nodes: _Nodes) -> Decision:
        return strictest([table.answers[row_of(node)][supply] for node in nodes])

    def _after(nodes: _Nodes, asked: int, places: Sequence[int]) -> _Nodes:
        return tuple(
            children[node][place] if node >= 0 and asks[node] == asked else node
            for node, place in zip(nodes, places, strict=True)
        )

    def _levels(asked: int, nodes: _Nodes) -> tuple[Entry, ...]:
        found: list[Entry] = []
        for value in table.inputs[kinds[asked]].values:  # `none`, then the levels, lowest first
            level = {kinds[asked]: int(value)} if value.isdecimal() else {}
            place = table.diagram.classes[asked][value]
            found += ({**entry, **level} for entry in entries(_after(nodes, asked, [place] * len(nodes))))
        return tuple(entry for entry in found if not any(_below(other, entry) for other in found))

    least = entries((table.diagram.root,) * len(cases))
    if {} in least:
        return ()
    return least or ({kind: level for kind, level in facts.accreditations.items() if kind in kinds},)


def _below(one: Entry, other: Entry) -> bool:
    """Whether `one` asks for less than `other`, and for nothing more."""
    return one != other and all(level <= other.get(kind, 0) for kind, level in one.items())
