"""Codes that the decision table and the decision point share. Stored codes are lower_snake.

Levels follow GB/T 43697-2024 (general data in four levels, important, core), lowest first.
Modes follow the papers' section 4.2: 集中统一授权, 分行业分领域授权, 依场景多层次分散授权.
"""

from typing import Final

LEVELS: Final = ("general_1", "general_2", "general_3", "general_4", "important", "core")
"""Lowest first; the position is the rank."""

OPEN: Final = "open"
CENTRALIZED_UNIFIED: Final = "centralized_unified"
BY_SECTOR: Final = "by_sector"
BY_SCENARIO: Final = "by_scenario"
REFUSED: Final = "refused"
MODES: Final = (OPEN, CENTRALIZED_UNIFIED, BY_SECTOR, BY_SCENARIO, REFUSED)

EXCHANGE: Final = "exchange"
SECTOR_AUTHORITY: Final = "sector_authority"
SCENARIO_LEVELS: Final = "scenario_levels"
SCENARIO_LEVEL: Final = "scenario_level"
APPROVALS: Final = (SCENARIO_LEVELS, SECTOR_AUTHORITY, EXCHANGE)
"""What a row may demand; `scenario_levels` stands for every level of the listing's scenario, lowest first."""

ORIGINAL: Final = "original"
MASKED: Final = "masked"
AGGREGATE: Final = "aggregate"
QUERY: Final = "query"
FORMS: Final = (ORIGINAL, MASKED, AGGREGATE, QUERY)
"""`query` is a call answered by the exchange: the answer leaves, the table stays."""
ROW_FORMS: Final = frozenset({ORIGINAL, MASKED, QUERY})
"""Forms in which single rows can leave; forbidden to important data."""

MASKING: Final = "masking"
OBLIGATIONS: Final = (
    "purpose_limit",
    "no_onward_transfer",
    "fingerprint",
    "retention",
    MASKING,
    "deletion_report",
)

INPUTS: Final = ("origin", "sector", "level", "supply_mode", "scenario", "region", "purpose")
"""Columns of a decision table, in this order."""

NO_SCENARIO: Final = "none"
REGION_SAME: Final = "same"
REGION_CROSS: Final = "cross"
REGION_UNKNOWN: Final = "unknown"
PURPOSE_UNSTATED: Final = "unstated"


def level_rank(level: str | None) -> int | None:
    """Rank of a national level (0 lowest), or None when it is not one."""
    return LEVELS.index(level) if level in LEVELS else None
