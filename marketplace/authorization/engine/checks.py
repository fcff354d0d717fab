"""What makes a decision table sound: every case decided, once, by a row that can be reached, never laxer upwards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from marketplace.authorization.engine.table import UNIQUE, DecisionTable, Row
from marketplace.authorization.engine.vocabulary import (
    APPROVALS,
    BY_SCENARIO,
    BY_SECTOR,
    CENTRALIZED_UNIFIED,
    EXCHANGE,
    FORMS,
    INPUTS,
    MASKING,
    MODES,
    NO_SCENARIO,
    OBLIGATIONS,
    OPEN,
    ORIGINAL,
    REFUSED,
    ROW_FORMS,
    SCENARIO_LEVELS,
    SECTOR_AUTHORITY,
)

GAPS_SHOWN = 5
_DEMANDED = {CENTRALIZED_UNIFIED: EXCHANGE, BY_SECTOR: SECTOR_AUTHORITY, BY_SCENARIO: SCENARIO_LEVELS}


@dataclass(frozen=True, slots=True)
class TableProblem:
    """One defect: a stable code, the ids of the rows concerned (none for the table as a whole), and the particulars.

    Codes: not_toml, missing, unknown_code, duplicate_id, too_large, inconsistent_row, gap, contradiction,
    unreachable, not_monotone, no_form_left, important_in_rows, scenario_missing, core_not_refused.
    """

    code: str
    rows: tuple[str, ...] = ()
    detail: str = ""

    def __str__(self) -> str:
        where = f" [{', '.join(self.rows)}]" if self.rows else ""
        return f"{self.code}{where}: {self.detail}" if self.detail else f"{self.code}{where}"


class TableError(ValueError):
    """A decision table that must not be used; `problems` has all that was found."""

    def __init__(self, problems: Iterable[TableProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def check_row(row: Row) -> list[TableProblem]:
    """Defects that one row shows alone: codes nobody knows, outputs that contradict its mode."""
    problems = [
        TableProblem("unknown_code", (row.id,), f"{name} {code!r}")
        for name, codes, known in (
            ("mode", (row.mode,), MODES),
            ("approvals", row.approvals, APPROVALS),
            ("forms", row.forms, FORMS),
            ("obligations", row.obligations, OBLIGATIONS),
        )
        for code in codes
        if code not in known
    ]
    problems += [TableProblem("inconsistent_row", (row.id,), detail) for detail in _inconsistent(row)]
    return problems


def _inconsistent(row: Row) -> Iterator[str]:
    if row.mode == REFUSED:
        if row.approvals or row.forms or row.obligations or row.longest_term_days:
            yield "a refusal has no approvals, forms, obligations or term"
        return
    if not row.forms or not row.longest_term_days:
        yield "what is not refused needs at least one form and a term"
    if MASKING in row.obligations and ORIGINAL in row.forms:
        yield "the original cannot be handed over where masking is a duty"
    if row.mode == OPEN and row.approvals:
        yield "the open mode has no approvals"
    demanded = _DEMANDED.get(row.mode)
    if demanded is not None and demanded not in row.approvals:
        yield f"the mode {row.mode} needs the approval {demanded}"


def check_table(table: DecisionTable) -> list[TableProblem]:
    """Defects of the rows together, over the whole input space."""
    return [
        *_gaps(table),
        *_contradictions(table),
        *_unreachable(table),
        *_not_monotone(table),
        *_by_cell(table),
    ]


def describe_case(table: DecisionTable, cell: Iterable[int]) -> str:
    """A cell of the grid in words: `origin=public, level=core`; inputs that no row looks at are left out."""
    parts = []
    for name, position, axis in zip(INPUTS, cell, table.grid.members, strict=True):
        if len(axis) > 1:
            parts.append(f"{name}={'|'.join(axis[position])}")
    return ", ".join(parts)


def _gaps(table: DecisionTable) -> Iterator[TableProblem]:
    empty = np.argwhere(table.grid.hits < 0)
    for cell in empty[:GAPS_SHOWN]:
        yield TableProblem("gap", detail=describe_case(table, cell.tolist()))
    if len(empty) > GAPS_SHOWN:
        yield TableProblem("gap", detail=f"and {len(empty) - GAPS_SHOWN} more cases without a row")


def _contradictions(table: DecisionTable) -> Iterator[TableProblem]:
    if table.hit_policy == UNIQUE:
        for one, other in sorted(table.grid.overlaps):
            yield TableProblem("contradiction", (table.rows[one].id, table.rows[other].id), "hold for a common case")


def _unreachable(table: DecisionTable) -> Iterator[TableProblem]:
    reached = set(np.unique(table.grid.hits).tolist())
    for number, row in enumerate(table.rows):
        if number not in reached:
            yield TableProblem("unreachable", (row.id,), "rows above it decide every case it holds for")


def _not_monotone(table: DecisionTable) -> Iterator[TableProblem]:
    """Compare the rows of neighbouring levels, everything else equal; being sets in order, neighbours suffice."""
    hits = np.moveaxis(table.grid.hits, INPUTS.index("level"), 0)
    pairs = np.stack([hits[:-1].ravel(), hits[1:].ravel()], axis=1)
    for lower, higher in np.unique(pairs[(pairs >= 0).all(axis=1)], axis=0).tolist():
        if lower != higher:
            below, above = table.rows[lower], table.rows[higher]
            for detail in _laxer(below, above):
                yield TableProblem("not_monotone", (below.id, above.id), detail)


def _laxer(below: Row, above: Row) -> Iterator[str]:
    """In what the row of the higher level asks less than the one of the lower."""
    if above.mode == REFUSED:
        return
    if below.mode == REFUSED:
        yield "refused at the lower level, allowed at the higher"
        return
    for name, lost in (
        ("approvals", set(below.approvals) - set(above.approvals)),
        ("obligations", set(below.obligations) - set(above.obligations)),
        ("forms", set(above.forms) - set(below.forms)),
    ):
        if lost:
            verb = "gains" if name == "forms" else "loses"
            yield f"the higher level {verb} {name}: {', '.join(sorted(lost))}"
    if above.longest_term_days > below.longest_term_days:
        yield f"the higher level has the longer term: {above.longest_term_days} > {below.longest_term_days} days"


def _by_cell(table: DecisionTable) -> list[TableProblem]:
    """Rules that hold whatever a table says: core is refused, important never leaves in rows, a form remains."""
    axes = [INPUTS.index(name) for name in ("level", "supply_mode", "scenario")]
    others = [axis for axis in range(len(INPUTS)) if axis not in axes]
    hits = np.transpose(table.grid.hits, (*axes, *others))
    levels, supplies, scenarios = (table.grid.members[axis] for axis in axes)
    found: dict[TableProblem, None] = {}
    for position in np.ndindex(*hits.shape[:3]):
        level, supply = levels[position[0]][0], supplies[position[1]][0]
        for number in np.unique(hits[position]).tolist():
            if number >= 0:
                found.update(dict.fromkeys(_unlawful(table, number, level, supply, scenarios[position[2]])))
    return list(found)


def _unlawful(
    table: DecisionTable, number: int, level: str, supply: str, scenarios: tuple[str, ...]
) -> Iterator[TableProblem]:
    row = table.rows[number]
    if row.mode == REFUSED:
        return
    forms = table.forms_of(row, supply)
    if level == "core":
        yield TableProblem("core_not_refused", (row.id,))
    if not forms:
        yield TableProblem("no_form_left", (row.id,), f"supply_mode={supply}")
    if level == "important" and ROW_FORMS.intersection(forms):
        yield TableProblem("important_in_rows", (row.id,), ", ".join(sorted(ROW_FORMS.intersection(forms))))
    if SCENARIO_LEVELS in row.approvals and NO_SCENARIO in scenarios:
        yield TableProblem("scenario_missing", (row.id,), "asks a scenario's levels where there is none")
