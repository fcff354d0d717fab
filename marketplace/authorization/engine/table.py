"""A decision table in the manner of OMG DMN: inputs, rows with conditions and outputs, an explicit hit policy.

Hit policy `first` reads as law does, the exception before the rule: the topmost row whose conditions all hold
decides. `unique` demands that at most one row holds for any case, and the order of rows means nothing.
Tables are made by `loading.load_table`, which refuses the ones that are not sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from marketplace.authorization.engine.vocabulary import INPUTS

FIRST = "first"
UNIQUE = "unique"
HIT_POLICIES = (FIRST, UNIQUE)


@dataclass(frozen=True, slots=True)
class InputSpec:
    """The values an input may take; a value not listed counts as `otherwise`, or is refused where that is None."""

    values: tuple[str, ...]
    otherwise: str | None = None

    def read(self, value: str) -> str | None:
        """The value as the table knows it; None for one it has no word for."""
        return value if value in self.values else self.otherwise


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: `when` maps an input to the values it holds for (an absent input holds for all), the rest is output.

    `longest_term_days` is 0 for a refusal. `approvals` are in the order of the chain.
    """

    id: str
    when: Mapping[str, frozenset[str]]
    mode: str
    reason_en: str
    reason_zh: str
    approvals: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    longest_term_days: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """The row that decides each case, -1 where none does.

    Values of one input that no row tells apart share a class, so that the grid stays small:
    `classes[i]` maps a value of input i to its position along axis i of `hits`; `members[i]` the reverse.
    `overlaps` are pairs of row numbers that hold for a common case.
    """

    classes: tuple[Mapping[str, int], ...]
    members: tuple[tuple[tuple[str, ...], ...], ...]
    hits: npt.NDArray[np.int32]
    overlaps: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A sound table, ready to decide. `supply_mode_forms` caps the forms of a row by how the data is supplied."""

    code: str
    version: str
    title_en: str
    title_zh: str
    standard: str
    source: str
    certainty: str
    hit_policy: str
    inputs: Mapping[str, InputSpec]
    rows: tuple[Row, ...]
    supply_mode_forms: Mapping[str, frozenset[str]]
    grid: Grid = field(compare=False, repr=False)

    def forms_of(self, row: Row, supply_mode: str) -> tuple[str, ...]:
        """The forms that remain of a row's under one supply mode, in the row's order."""
        cap = self.supply_mode_forms.get(supply_mode)
        return row.forms if cap is None else tuple(form for form in row.forms if form in cap)


# Inputs whose single values matter beyond the rows: levels are ordered, supply modes cap the forms.
_KEPT_APART = frozenset({"level", "supply_mode"})


def build_grid(inputs: Mapping[str, InputSpec], rows: tuple[Row, ...]) -> Grid:
    """Lay the rows over the whole input space, topmost first. Cost: rows times the cells each covers."""
    members = tuple(_classes(name, inputs[name].values, rows) for name in INPUTS)
    classes = tuple({value: number for number, group in enumerate(axis) for value in group} for axis in members)
    hits = np.full([len(axis) for axis in members], -1, dtype=np.int32)
    overlaps: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        slab = np.ix_(*(_positions(row, name, axis) for name, axis in zip(INPUTS, members, strict=True)))
        covered = hits[slab]
        overlaps.update((int(other), number) for other in np.unique(covered[covered >= 0]))
        hits[slab] = np.where(covered < 0, number, covered)
    hits.setflags(write=False)
    return Grid(classes, members, hits, frozenset(overlaps))


def _classes(name: str, values: tuple[str, ...], rows: tuple[Row, ...]) -> tuple[tuple[str, ...], ...]:
    if name in _KEPT_APART:
        return tuple((value,) for value in values)
    groups: dict[tuple[bool, ...], list[str]] = {}
    conditions = [row.when[name] for row in rows if name in row.when]
    for value in values:
        groups.setdefault(tuple(value in condition for condition in conditions), []).append(value)
    return tuple(tuple(group) for group in groups.values())


def _positions(row: Row, name: str, axis: tuple[tuple[str, ...], ...]) -> list[int]:
    wanted = row.when.get(name)
    return [number for number, group in enumerate(axis) if wanted is None or group[0] in wanted]
