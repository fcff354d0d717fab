"""Without which accreditations a decision table would not have given what it gave.

An accreditation ends, and the grant that rests on it goes on: at each hand-over the decision point asks for what is
kept here. The paths through the table's diagram on which everything else is as it was are all the combinations of
accreditations that there are; of those under which the answer still holds, the lowest are told.
"""

from collections.abc import Callable, Mapping

from marketplace.authorization.engine.decide import AccessFacts, classified
from marketplace.authorization.engine.diagram import GAP, row_of
from marketplace.authorization.engine.table import Decision, DecisionTable
from marketplace.authorization.engine.vocabulary import SUPPLY_MODE

Entry = Mapping[str, int]


def demanded_accreditations(
    table: DecisionTable, facts: AccessFacts, bears: Callable[[Decision], bool]
) -> tuple[Entry, ...]:
    """The least accreditations (kind → lowest level, 1 for a kind without levels) under which the answer `bears`.

    Each entry suffices; none where the answer holds without any. Where it holds under no combination, what the facts
    say is held: nobody is let through by a table that has no answer. Raises Unlisted as `classified`.
    """
    case = classified(table, facts)
    kinds = table.accreditations
    supply = table.inputs[SUPPLY_MODE].read(facts.supply_mode) or ""
    known: dict[int, tuple[Entry, ...]] = {}

    def entries(node: int) -> tuple[Entry, ...]:
        if node < 0:
            return ({},) if node < GAP and bears(table.answers[row_of(node)][supply]) else ()
        if node not in known:
            asked, children = table.diagram.asks[node], table.diagram.children[node]
            known[node] = _levels(asked, children) if asked < len(kinds) else entries(children[case[asked]])
        return known[node]

    def _levels(asked: int, children: tuple[int, ...]) -> tuple[Entry, ...]:
        found: list[Entry] = []
        for value in table.inputs[kinds[asked]].values:  # `none`, then the levels, lowest first
            level = {kinds[asked]: int(value)} if value.isdecimal() else {}
            found += ({**entry, **level} for entry in entries(children[table.diagram.classes[asked][value]]))
        return tuple(entry for entry in found if not any(_below(other, entry) for other in found))

    least = entries(table.diagram.root)
    if {} in least:
        return ()
    return least or ({kind: level for kind, level in facts.accreditations.items() if kind in kinds},)


def _below(one: Entry, other: Entry) -> bool:
    """Whether `one` asks for less than `other`, and for nothing more."""
    return one != other and all(level <= other.get(kind, 0) for kind, level in one.items())
