"""A decision table in the manner of OMG DMN: inputs, rows with conditions and outputs, an explicit hit policy.

Hit policy `first` reads as law does, the exception before the rule: the topmost row whose conditions all hold
decides. `unique` demands that at most one row holds for any case, and the order of rows means nothing.
Tables are made by `loading.load_table`, which refuses the ones that are not sound.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from marketplace.authorization.engine.diagram import Diagram
from marketplace.authorization.engine.vocabulary import INPUTS, REFUSED

FIRST = "first"
UNIQUE = "unique"
HIT_POLICIES = (FIRST, UNIQUE)

STEP_DAYS = 10
"""Days that an approver has where the row says nothing else."""
MOST_STEP_DAYS = 365
MOST_VOTES = 20
"""The largest quorum."""

ANY = "any"
"""The only value of a column that a table does not have: whatever the fact, it reads so."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """The values an input may take; a value not listed counts as `otherwise`, or is refused where that is None.

    `path`: values may be the beginnings of facts at a `/`; the longest counts (`finance` for `finance/credit`).
    `graded`: values are `none` and levels, lowest first; a level between two listed ones counts as the lower.
    """

    values: tuple[str, ...]
    otherwise: str | None = None
    path: bool = False
    graded: bool = False

    def read(self, value: str) -> str | None:
        """The value as the table knows it; None for one it has no word for."""
        if value in self.values:
            return value
        if self.graded:
            if not value.isdecimal():
                return None
            return max((known for known in self.values[1:] if int(known) <= int(value)), key=int, default="none")
        while self.path and "/" in value:
            value = value.rpartition("/")[0]
            if value in self.values:
                return value
        return self.otherwise


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: `when` maps an input to the values it holds for (an absent input holds for all), the rest is output.

    `longest_term_days` is 0 for a refusal. `approvals` are in the order of the chain, or all asked at once where
    `together`; `quorum` is how many people each needs, one for those it does not name. A step is due after `step_days`.
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
    quorum: Mapping[str, int] = field(default_factory=dict)
    together: bool = False
    step_days: int = STEP_DAYS


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with the row of the version of the table that says so. Empty tuples and 0 days when refused."""

    mode: str
    approvals: tuple[str, ...]
    forms: tuple[str, ...]
    obligations: tuple[str, ...]
    longest_term_days: int
    rule_id: str
    table_code: str
    table_version: str
    reason_en: str
    reason_zh: str
    quorum: Mapping[str, int] = field(default_factory=dict, hash=False)
    together: bool = False
    step_days: int = STEP_DAYS

    @property
    def refused(self) -> bool:
        """No request of this kind can be granted."""
        return self.mode == REFUSED

    def as_record(self) -> dict[str, object]:
        """The decision as JSON-ready data, to be stored and audited."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A sound table, ready to decide. `supply_mode_forms` caps the forms of a row by how the data is supplied.

    `inputs` are in the order in which a case is read: `accreditations`, kinds of accreditation whose levels the table
    asks for, then those of the vocabulary. `answers` holds, row by row, the decision for each supply mode.
    """

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
    diagram: Diagram = field(compare=False, repr=False)
    answers: tuple[Mapping[str, Decision], ...] = field(compare=False, repr=False)

    @property
    def accreditations(self) -> tuple[str, ...]:
        """The kinds of accreditation that the table asks for."""
        return tuple(self.inputs)[: -len(INPUTS)]

    @property
    def columns(self) -> tuple[str, ...]:
        """The inputs that the table really has, in their order."""
        return tuple(name for name, spec in self.inputs.items() if spec.values != (ANY,))


def forms_left(row: Row, caps: Mapping[str, frozenset[str]], supply_mode: str) -> tuple[str, ...]:
    """The forms that remain of a row's under one supply mode, in the row's order."""
    cap = caps.get(supply_mode)
    return row.forms if cap is None else tuple(form for form in row.forms if form in cap)
