"""Asking a decision table: which mode, whose approval, which forms, which duties, for how long, and why.

Pure and total: every combination of facts has exactly one answer; what the table does not know is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from marketplace.authorization.engine.diagram import row_of
from marketplace.authorization.engine.strictest import strictest
from marketplace.authorization.engine.table import Decision, DecisionTable
from marketplace.authorization.engine.vocabulary import (
    NO_CONSENT_BASIS,
    NO_SCENARIO,
    NOT_ACCREDITED,
    PURPOSE_UNSTATED,
    REFUSED,
    REGION_CROSS,
    REGION_SAME,
    REGION_UNKNOWN,
    SCENARIO_LEVEL,
    SCENARIO_LEVELS,
    SECTOR_AUTHORITY,
    SUPPLY_MODE,
    UNCATEGORISED,
)

__all__ = [
    "UNLISTED_INPUT",
    "AccessFacts",
    "Approver",
    "Decision",
    "Unlisted",
    "approval_chain",
    "authorities",
    "classified",
    "decide",
]

UNLISTED_INPUT = "unlisted_input"
"""Rule id of the refusal of a case that the table has no word for."""


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What decides an access. Codes as in the table's inputs; regions are division codes of any one scheme.

    `level` is the national level (GB/T 43697-2024); where two regions' schemes apply, the stricter of the two.
    `scenario` is the code that the listing names, None for none. `category` is the reviewers' classification as a path
    (`health/clinical_records`), None for none, `several` where files differ. `consent_basis` is asked of personal data.
    `accreditations` are the buyer's that stand: kind → level, 1 for a kind without levels.
    `reviewed` is what reviewers say beside what was declared, of `sector` and `origin`: input → values. The case is
    decided for the declared value and for each of these, and the stricter answer counts.
    """

    origin: str
    sector: str
    level: str
    supply_mode: str
    scenario: str | None = None
    provider_region: str | None = None
    buyer_region: str | None = None
    purpose: str | None = None
    category: str | None = None
    consent_basis: str | None = None
    accreditations: Mapping[str, int] = field(default_factory=dict)
    reviewed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def readings(self) -> tuple["AccessFacts", ...]:
        """The case as declared, then in each other way that reviewers' words let it be read."""
        if not self.reviewed:
            return (self,)
        said = [[(name, value) for value in (getattr(self, name), *more)] for name, more in self.reviewed.items()]
        return tuple(replace(self, reviewed={}, **dict(one)) for one in product(*said))

    def inputs(self, kinds: Iterable[str] = ()) -> tuple[str, ...]:
        """The case: the level of each of these kinds of accreditation, then the values in the order of `INPUTS`."""
        held = self.accreditations
        return (
            *[str(held[kind]) if kind in held else NOT_ACCREDITED for kind in kinds],
            self.category or UNCATEGORISED,
            self.level,
            self.purpose or PURPOSE_UNSTATED,
            self.provider_region or REGION_UNKNOWN,
            self.buyer_region or REGION_UNKNOWN,
            self._region(),
            self.origin,
            self.consent_basis or NO_CONSENT_BASIS,
            self.sector,
            self.scenario or NO_SCENARIO,
            self.supply_mode,
        )

    def _region(self) -> str:
        if not self.provider_region or not self.buyer_region:
            return REGION_UNKNOWN
        return REGION_SAME if self.provider_region == self.buyer_region else REGION_CROSS


class Unlisted(LookupError):
    """A fact that the table has no word for."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value
        super().__init__(f"{name} {value!r}")


def classified(table: DecisionTable, facts: AccessFacts) -> list[int]:
    """The classes of a case, input by input. Unlisted for a value that the table has no word for."""
    case = []
    values = facts.inputs(table.accreditations)
    for (name, spec), value, classes in zip(table.inputs.items(), values, table.diagram.classes, strict=True):
        place = classes.get(value)
        if place is None:
            known = spec.read(value)
            if known is None:
                raise Unlisted(name, value)
            place = classes[known]
        case.append(place)
    return case


def decide(table: DecisionTable, facts: AccessFacts) -> Decision:
    """The table's answer to one case, the strictest of its readings: a step an input, however many rows there are."""
    if facts.reviewed:
        return strictest([_decided(table, reading) for reading in facts.readings()])
    return _decided(table, facts)


def authorities(table: DecisionTable, facts: AccessFacts) -> tuple[str, ...]:
    """The sectors whose authorities have to approve: of each reading that asks for its sector's, the declared first."""
    asking = (one.sector for one in facts.readings() if SECTOR_AUTHORITY in _decided(table, one).approvals)
    return tuple(dict.fromkeys(asking))


def _decided(table: DecisionTable, facts: AccessFacts) -> Decision:
    try:
        case = classified(table, facts)
    except Unlisted as unlisted:
        return _refusal(table, unlisted.name, unlisted.value)
    answers = table.answers[row_of(table.diagram.decide(case))]
    return answers.get(facts.supply_mode) or answers[table.inputs[SUPPLY_MODE].read(facts.supply_mode) or ""]


def _refusal(table: DecisionTable, name: str, value: str) -> Decision:
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


def approval_chain(
    decision: Decision, facts: AccessFacts, *, scenario_levels: int, sectors: Sequence[str] = ()
) -> tuple[Approver, ...]:
    """The decision's approvals as single steps in order; `scenario_levels` is how many levels the scenario has.

    `sectors` are those of `authorities`; without any the declared one's approves.

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
        elif kind == SECTOR_AUTHORITY:
            chain += (Approver(kind, sector=sector) for sector in sectors or (facts.sector,))
        else:
            chain.append(Approver(kind))
    return tuple(chain)
