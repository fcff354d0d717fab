"""A decision table as people read it: inputs and outputs as columns, one row a line; and what is new against another.

Rows are the same row where they have the same id. Constant queries: one for the names of scenarios.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from marketplace.authorization import table_words as words
from marketplace.authorization.engine.table import FIRST, DecisionTable, Row
from marketplace.authorization.engine.vocabulary import FORMS, OBLIGATIONS, SCENARIO, SUPPLY_MODE
from marketplace.authorization.models import Scenario
from marketplace.authorization.table_words import Word

Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a place: `now`, and `was` where it was something else (empty: nothing), else None.

    `ordered` words are one after the other; the order of others means nothing.
    """

    now: Words
    was: Words | None = None
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table. `changes` says in words what happened to it; empty outside of a comparison."""

    number: int
    id: str
    conditions: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    reason: Cell
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """What holds for all rows: how they are read, which values are told apart, which forms a supply mode leaves."""

    name: str
    cell: Cell


OUTPUTS: Final = (_("authorization mode"), _("approvals, in order"), _("forms"), _("obligations"), _("longest term"))


@dataclass(frozen=True, slots=True)
class _Reader:
    """A table's codes in words, with the names of all scenarios that are concerned."""

    table: DecisionTable
    scenarios: Mapping[str, str]

    def values(self, column: str, codes: Iterable[str]) -> Words:
        """In the order of the table, whatever the order in which a row names them."""
        spec = self.table.inputs.get(column)
        if spec is None:
            return ()
        wanted = frozenset(codes)
        return tuple(words.value(column, spec, code, self.scenarios) for code in spec.values if code in wanted)

    def conditions(self, row: Row, columns: Sequence[str]) -> tuple[Cell, ...]:
        return tuple(Cell(self.values(column, row.when.get(column, ()))) for column in columns)

    def facts(self) -> dict[str, Fact]:
        """By a key that is the same in every table."""
        table = self.table
        policy = words.listed(words.HIT_POLICIES, [table.hit_policy])
        found = {"hit_policy": Fact(gettext("How the table is read"), Cell(policy))}
        for supply in self.values(SUPPLY_MODE, table.inputs[SUPPLY_MODE].values):
            name = gettext("Forms left where the supply mode is: %(supply_mode)s") % {"supply_mode": supply.text}
            left = table.supply_mode_forms.get(supply.code, FORMS)
            found[f"forms:{supply.code}"] = Fact(name, Cell(words.forms(form for form in FORMS if form in left)))
        for column in table.columns:
            spec, name = table.inputs[column], words.input_name(column)
            found[f"values:{column}"] = Fact(
                gettext("Told apart: %(input)s") % {"input": name}, Cell(self.values(column, spec.values))
            )
            if spec.otherwise is not None:
                said = gettext("Anything else counts as: %(input)s") % {"input": name}
                found[f"otherwise:{column}"] = Fact(said, Cell(self.values(column, [spec.otherwise])))
        return found


def show(table: DecisionTable) -> Mapping[str, Any]:
    """The template's `shown`: the whole table."""
    reader = _Reader(table, _scenarios(table))
    columns = _columns([table], table.rows)
    facts = reader.facts()
    return {
        "hit_policy": facts.pop("hit_policy").cell,
        "facts": list(facts.values()),
        "columns": _headings(columns),
        "outputs": [gettext(name) for name in OUTPUTS],
        "rows": [_line(reader, number, row, columns) for number, row in enumerate(table.rows, start=1)],
    }


def compare(before: DecisionTable, after: DecisionTable) -> Mapping[str, Any]:
    """The template's `shown`: rows that were added, removed, changed or moved, and facts that are others now.

    Rows stand in the order of `after`, then those removed, under the numbers that they had.
    """
    scenarios = _scenarios(before, after)
    old, new = _Reader(before, scenarios), _Reader(after, scenarios)
    stood = {row.id: (number, row) for number, row in enumerate(before.rows, start=1)}
    left = {row.id for row in after.rows}
    touched = [row for row in after.rows if row.id not in stood or not _same(stood[row.id][1], row)]
    gone = [row for row in before.rows if row.id not in left]
    moved = _moved(before, after)
    concerned = [*touched, *gone, *(stood[row.id][1] for row in touched if row.id in stood)]
    concerned += [row for row in after.rows if row.id in moved]
    columns = _columns([after, before], concerned)
    changed = {row.id for row in touched}

    def lines() -> Iterator[Line]:
        for number, row in enumerate(after.rows, start=1):
            if row.id not in stood:
                yield _line(new, number, row, columns, gettext("added"))
            elif row.id in changed or row.id in moved:
                was_number, was = stood[row.id]
                said = [gettext("changed")] if row.id in changed else []
                if row.id in moved:
                    said.append(gettext("moved; it was number %(number)s") % {"number": was_number})
                yield _changed(_line(old, was_number, was, columns), _line(new, number, row, columns, *said), was, row)
        for row in gone:
            yield _line(old, stood[row.id][0], row, columns, gettext("removed"))

    rows = list(lines())
    return {
        "facts": list(_changed_facts(old.facts(), new.facts())),
        "columns": _headings(columns),
        "outputs": [gettext(name) for name in OUTPUTS],
        "rows": rows,
        "counts": {"added": len(left - set(stood)), "removed": len(gone), "changed": len(changed & set(stood)),
                   "moved": len(moved)},
    }  # fmt: skip


def _scenarios(*tables: DecisionTable) -> dict[str, str]:
    """Code → name of the scenarios that tables name, in the reader's language."""
    codes = {code for table in tables for code in table.inputs[SCENARIO].values}
    named = Scenario.objects.filter(code__in=codes).values_list("code", "name", "name_zh")
    return {code: (_in_chinese() and name_zh) or name for code, name, name_zh in named}


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _columns(tables: Sequence[DecisionTable], rows: Iterable[Row]) -> list[str]:
    """The inputs that one of the rows looks at: accreditations last, since they are of people, not of the data."""
    looked = {name for row in rows for name in row.when}
    known = dict.fromkeys(name for table in tables for name in table.inputs if name in looked)
    return sorted(known, key=lambda name: name not in words.INPUTS)


def _headings(columns: Sequence[str]) -> list[Word]:
    return [Word(name, words.input_name(name)) for name in columns]


def _line(reader: _Reader, number: int, row: Row, columns: Sequence[str], *changes: str) -> Line:
    outputs = (
        Cell((words.mode(row.mode),)),
        Cell(words.approvals(row), ordered=True),
        Cell(words.forms(form for form in FORMS if form in row.forms)),
        Cell(words.listed(words.OBLIGATIONS, (duty for duty in OBLIGATIONS if duty in row.obligations))),
        Cell(words.term(row.longest_term_days)),
    )
    reason = Cell((Word("", row.reason_zh if _in_chinese() else row.reason_en),))
    return Line(number, row.id, reader.conditions(row, columns), outputs, reason, changes)


def _changed(was: Line, now: Line, old: Row, new: Row) -> Line:
    reason = _against(was.reason, now.reason)
    if (old.reason_en, old.reason_zh) != (new.reason_en, new.reason_zh) and reason.was is None:
        # the reader's own language says the same: what the other one says now is what is new
        reason = Cell(_both(new), _both(old))
    return Line(
        now.number,
        now.id,
        tuple(map(_against, was.conditions, now.conditions)),
        tuple(map(_against, was.outputs, now.outputs)),
        reason,
        now.changes,
    )


def _both(row: Row) -> Words:
    return Word("", row.reason_en), Word("", row.reason_zh)


def _against(was: Cell, now: Cell) -> Cell:
    told: Callable[[Words], Any] = tuple if now.ordered else frozenset
    return now if told(was.now) == told(now.now) else Cell(now.now, was.now, now.ordered)


def _same(old: Row, new: Row) -> bool:
    def told(row: Row) -> tuple[Any, ...]:
        sets = frozenset(row.forms), frozenset(row.obligations)
        return (
            dict(row.when),
            row.mode,
            words.approvals(row),
            *sets,
            row.longest_term_days,
            row.reason_en,
            row.reason_zh,
        )

    return told(old) == told(new)


def _changed_facts(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> Iterator[Fact]:
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        named = now or was
        if named is not None:
            cell = _against(was.cell if was else Cell(()), now.cell if now else Cell(()))
            if cell.was is not None:
                yield Fact(named.name, cell)


def _moved(before: DecisionTable, after: DecisionTable) -> frozenset[str]:
    """The fewest rows of both that have to be taken out and put elsewhere to come from one order to the other."""
    if FIRST not in (before.hit_policy, after.hit_policy):
        return frozenset()
    place = {row.id: number for number, row in enumerate(before.rows)}
    common = [row.id for row in after.rows if row.id in place]
    # the longest rising run of places stays: the last place of the best run of each length, and where it came from
    ends: list[int] = []
    names: list[str] = []
    follows: dict[str, str | None] = {}
    for name in common:
        length = bisect_left(ends, place[name])
        follows[name] = names[length - 1] if length else None
        ends[length : length + 1] = [place[name]]
        names[length : length + 1] = [name]
    stays: set[str] = set()
    last = names[-1] if names else None
    while last is not None:
        stays.add(last)
        last = follows[last]
    return frozenset(common) - stays
