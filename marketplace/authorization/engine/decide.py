"""Asking a decision table: which mode, whose approval, which forms, which duties, for how long, and why.

Pure and total: every combination of facts has exactly one answer; what the table does not know is refused.
"""

from dataclasses import asdict, dataclass

from marketplace.authorization.engine.table import DecisionTable
from marketplace.authorization.engine.vocabulary import (
    INPUTS,
    NO_SCENARIO,
    PURPOSE_UNSTATED,
    REFUSED,
    REGION_CROSS,
    REGION_SAME,
    REGION_UNKNOWN,
    SCENARIO_LEVEL,
    SCENARIO_LEVELS,
)

UNLISTED_INPUT = "unlisted_input"
"""Rule id of the refusal of a case that the table has no word for."""


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What decides an access. Codes as in the table's inputs; regions are division codes of any one scheme.

    `level` is the national level (GB/T 43697-2024); where two regions' schemes apply, the higher of the two.
    `scenario` is the code that the listing names, None for none.
    """

    origin: str
    sector: str
    level: str
    supply_mode: str
    scenario: str | None = None
    provider_region: str | None = None
    buyer_region: str | None = None
    purpose: str | None = None

    def inputs(self) -> tuple[str, ...]:
        """The case in the order of `INPUTS`, regions reduced to same, cross or unknown."""
        return (
            self.origin,
            self.sector,
            self.level,
            self.supply_mode,
            self.scenario or NO_SCENARIO,
            self._region(),
            self.purpose or PURPOSE_UNSTATED,
        )

    def _region(self) -> str:
        if not self.provider_region or not self.buyer_region:
            return REGION_UNKNOWN
        return REGION_SAME if self.provider_region == self.buyer_region else REGION_CROSS


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

    @property
    def refused(self) -> bool:
        """No request of this kind can be granted."""
        return self.mode == REFUSED

    def as_record(self) -> dict[str, object]:
        """The decision as JSON-ready data, to be stored and audited."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def decide(table: DecisionTable, facts: AccessFacts) -> Decision:
    """The table's answer to one case; a look-up, independent of the number of rows."""
    cell: list[int] = []
    for name, value, classes in zip(INPUTS, facts.inputs(), table.grid.classes, strict=True):
        known = table.inputs[name].read(value)
        if known is None:
            return _unlisted(table, name, value)
        cell.append(classes[known])
    row = table.rows[int(table.grid.hits[tuple(cell)])]
    return Decision(
        mode=row.mode,
        approvals=row.approvals,
        forms=table.forms_of(row, facts.supply_mode),
        obligations=row.obligations,
        longest_term_days=row.longest_term_days,
        rule_id=row.id,
        table_code=table.code,
        table_version=table.version,
        reason_en=row.reason_en,
        reason_zh=row.reason_zh,
    )


def _unlisted(table: DecisionTable, name: str, value: str) -> Decision:
    return Decision(
        mode=REFUSED,
        approvals=(),
        forms=(),
        obligations=(),
        longest_term_days=0,
        rule_id=UNLISTED_INPUT,
        table_code=table.code,
        table_version=table.version,
        reason_en=f"The decision table has no value “{value}” for {name}.",
        reason_zh=f"决策表的输入项 {name} 中没有取值“{value}”。",
    )


@dataclass(frozen=True, slots=True)
class Approver:
    """One step of a chain: exchange, sector_authority (of `sector`), or one `level` (from 1) of `scenario`."""

    kind: str
    sector: str | None = None
    scenario: str | None = None
    level: int | None = None


def approval_chain(decision: Decision, facts: AccessFacts, *, scenario_levels: int) -> tuple[Approver, ...]:
    """The decision's approvals as single steps in order; `scenario_levels` is how many levels the scenario has.

    Raises ValueError when the decision demands a scenario's approval and the scenario has no level:
    such a chain would be shorter than the row demands.
    """
    chain: list[Approver] = []
    for kind in decision.approvals:
        if kind == SCENARIO_LEVELS:
            if facts.scenario is None or scenario_levels < 1:
                raise ValueError(f"scenario {facts.scenario!r} has no approval level; give it at least one")
            chain += (
                Approver(SCENARIO_LEVEL, scenario=facts.scenario, level=level)
                for level in range(1, scenario_levels + 1)
            )
        else:
            chain.append(Approver(kind, sector=facts.sector if kind == "sector_authority" else None))
    return tuple(chain)
