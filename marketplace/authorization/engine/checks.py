"""What makes a decision table sound: every case decided, once, by a row that can be reached, never laxer upwards."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from marketplace.authorization.engine.diagram import GAP, Diagram
from marketplace.authorization.engine.table import MOST_STEP_DAYS, MOST_VOTES, UNIQUE, InputSpec, Row, forms_left
from marketplace.authorization.engine.vocabulary import (
    APPROVALS,
    BY_SCENARIO,
    BY_SECTOR,
    CENTRALIZED_UNIFIED,
    EXCHANGE,
    FORMS,
    LEVEL,
    LEVELS,
    MASKING,
    MODES,
    NO_SCENARIO,
    OBLIGATIONS,
    OPEN,
    ORIGINAL,
    REFUSED,
    ROW_FORMS,
    SCENARIO,
    SCENARIO_LEVELS,
    SECTOR_AUTHORITY,
    SUPPLY_MODE,
)

GAPS_SHOWN = 5
PAIRS_SHOWN = 50
"""Of rows that contradict each other, or of which the higher level's asks less."""
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
            ("quorum", row.quorum, row.approvals),
        )
        for code in codes
        if code not in known
    ]
    problems += [TableProblem("inconsistent_row", (row.id,), detail) for detail in _inconsistent(row)]
    return problems


def _inconsistent(row: Row) -> Iterator[str]:
    for approver, votes in row.quorum.items():
        if not 1 <= votes <= MOST_VOTES:
            yield f"the quorum of {approver} must be 1 to {MOST_VOTES} people"
    if not 1 <= row.step_days <= MOST_STEP_DAYS:
        yield f"step_days must be 1 to {MOST_STEP_DAYS}"
    if row.mode == REFUSED:
        if row.approvals or row.forms or row.obligations or row.longest_term_days or row.together:
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


@dataclass(frozen=True, slots=True)
class Laid:
    """Rows laid over the input space, to be judged together."""

    inputs: Mapping[str, InputSpec]
    rows: tuple[Row, ...]
    caps: Mapping[str, frozenset[str]]
    hit_policy: str
    diagram: Diagram

    def number(self, name: str) -> int:
        """The place of an input in the diagram."""
        return list(self.inputs).index(name)

    def fixed(self, **values: str) -> frozenset[int]:
        """Rows that decide a case in which these inputs have these values."""
        classes = {self.number(name): self.diagram.classes[self.number(name)][value] for name, value in values.items()}
        return self.diagram.reached(classes)


def check_together(laid: Laid) -> list[TableProblem]:
    """Defects of the rows together, over the whole input space."""
    problems = [*_gaps(laid), *_contradictions(laid), *_unreachable(laid), *_not_monotone(laid), *_unlawful(laid)]
    return list(dict.fromkeys(problems))


def _gaps(laid: Laid) -> Iterator[TableProblem]:
    paths = laid.diagram.paths_to(GAP)
    for path in islice(paths, GAPS_SHOWN):
        yield TableProblem("gap", detail=describe(laid, path) or "every case")
    if next(paths, None) is not None:
        yield TableProblem("gap", detail="and more cases without a row")


def describe(laid: Laid, path: Mapping[int, tuple[int, ...]]) -> str:
    """A part of the input space in words: `origin=public, level=important|core`; what is not asked is left out."""
    names = list(laid.inputs)
    parts = []
    for number, places in sorted(path.items()):
        found = {value for place in places for value in laid.diagram.members[number][place]}
        parts.append(f"{names[number]}={'|'.join(v for v in laid.inputs[names[number]].values if v in found)}")
    return ", ".join(parts)


def _contradictions(laid: Laid) -> Iterator[TableProblem]:
    if laid.hit_policy == UNIQUE:
        yield from _shown("contradiction", _overlapping(laid), "pairs of rows that hold for a common case")


def _overlapping(laid: Laid) -> Iterator[tuple[Row, Row, str]]:
    """Pairs of rows that hold for a common case. Sets of rows are bits of an integer."""
    every = (1 << len(laid.rows)) - 1
    holding: dict[tuple[str, str], int] = {}
    for name, spec in laid.inputs.items():
        free = sum(1 << place for place, row in enumerate(laid.rows) if name not in row.when)
        for value in spec.values:
            holding[name, value] = free
    for place, row in enumerate(laid.rows):
        for name, wanted in row.when.items():
            for value in wanted:
                holding[name, value] |= 1 << place
    for place, row in enumerate(laid.rows):
        common = every >> (place + 1) << (place + 1)
        for name, wanted in row.when.items():
            alike = 0
            for value in wanted:
                alike |= holding[name, value]
            common &= alike
        while common:
            other = (common & -common).bit_length() - 1
            yield row, laid.rows[other], "hold for a common case"
            common &= common - 1


def _shown(code: str, found: Iterator[tuple[Row, Row, str]], of_what: str) -> Iterator[TableProblem]:
    """The first of many pairs of rows, and that there are others."""
    for one, other, detail in islice(found, PAIRS_SHOWN):
        yield TableProblem(code, (one.id, other.id), detail)
    if next(found, None) is not None:
        yield TableProblem(code, detail=f"and more {of_what}")


def _unreachable(laid: Laid) -> Iterator[TableProblem]:
    reached = laid.diagram.reached()
    for number, row in enumerate(laid.rows):
        if number not in reached:
            yield TableProblem("unreachable", (row.id,), "rows above it decide every case it holds for")


def _not_monotone(laid: Laid) -> Iterator[TableProblem]:
    yield from _shown("not_monotone", _asking_less(laid), "pairs of rows")


def _asking_less(laid: Laid) -> Iterator[tuple[Row, Row, str]]:
    """Compare the rows of neighbouring values, everything else equal; being sets in order, neighbours suffice."""
    for lower, higher in sorted(laid.diagram.neighbours(laid.number(LEVEL), LEVELS)):
        below, above = laid.rows[lower], laid.rows[higher]
        for detail in _laxer(below, above):
            yield below, above, f"the higher level {detail}"
    for name, spec in laid.inputs.items():
        if spec.graded:
            for lower, higher in sorted(laid.diagram.neighbours(laid.number(name), spec.values)):
                worse, better = laid.rows[lower], laid.rows[higher]
                for detail in _laxer(better, worse):
                    yield worse, better, f"the lesser {name} {detail}"


def _laxer(below: Row, above: Row) -> Iterator[str]:
    """In what `above`, which has to ask as much as `below` at least, asks less."""
    if above.mode == REFUSED:
        return
    if below.mode == REFUSED:
        yield "is allowed what is refused otherwise"
        return
    for name, lost in (
        ("approvals", set(below.approvals) - set(above.approvals)),
        ("obligations", set(below.obligations) - set(above.obligations)),
        ("forms", set(above.forms) - set(below.forms)),
    ):
        if lost:
            yield f"{'gains' if name == 'forms' else 'loses'} {name}: {', '.join(sorted(lost))}"
    for approver in above.approvals:
        if (fewer := above.quorum.get(approver, 1)) < (asked := below.quorum.get(approver, 1)):
            yield f"asks fewer people of {approver}: {fewer} < {asked}"
    if above.longest_term_days > below.longest_term_days:
        yield f"has the longer term: {above.longest_term_days} > {below.longest_term_days} days"


def _unlawful(laid: Laid) -> Iterator[TableProblem]:
    """Rules that hold whatever a table says: core is refused, important never leaves in rows, a form remains."""
    for row in _allowing(laid, laid.fixed(level="core")):
        yield TableProblem("core_not_refused", (row.id,))
    for supply in laid.inputs[SUPPLY_MODE].values:
        for row in _allowing(laid, laid.fixed(supply_mode=supply)):
            if not forms_left(row, laid.caps, supply):
                yield TableProblem("no_form_left", (row.id,), f"supply_mode={supply}")
        for row in _allowing(laid, laid.fixed(supply_mode=supply, level="important")):
            if leaving := ROW_FORMS.intersection(forms_left(row, laid.caps, supply)):
                yield TableProblem("important_in_rows", (row.id,), ", ".join(sorted(leaving)))
    if NO_SCENARIO in laid.inputs[SCENARIO].values:
        for row in _allowing(laid, laid.fixed(scenario=NO_SCENARIO)):
            if SCENARIO_LEVELS in row.approvals:
                yield TableProblem("scenario_missing", (row.id,), "asks a scenario's levels where there is none")


def _allowing(laid: Laid, numbers: Iterable[int]) -> list[Row]:
    return [laid.rows[number] for number in sorted(numbers) if laid.rows[number].mode != REFUSED]
