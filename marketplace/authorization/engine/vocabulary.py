"""Codes that the decision table and the decision point share. Stored codes are lower_snake.

Levels follow GB/T 43697-2024 (general data in four levels, important, core), lowest first.
Modes follow the papers' section 4.2: 集中统一授权, 分行业分领域授权, 依场景多层次分散授权.
"""

from collections.abc import Mapping
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

LEVEL: Final = "level"
CATEGORY: Final = "category"
SCENARIO: Final = "scenario"
SUPPLY_MODE: Final = "supply_mode"
CONSENT_BASIS: Final = "consent_basis"
PURPOSE: Final = "purpose"
NEEDED_INPUTS: Final = ("origin", "sector", LEVEL, SUPPLY_MODE, SCENARIO, "region", PURPOSE)
"""Columns that every decision table has."""
INPUTS: Final = (
    CATEGORY,
    LEVEL,
    PURPOSE,
    "provider_region",
    "buyer_region",
    "region",
    "origin",
    CONSENT_BASIS,
    "sector",
    SCENARIO,
    SUPPLY_MODE,
)
"""All columns in the order in which a case is read, after the accreditations that a table asks for.

Of the orders tried this one keeps the diagrams of large tables smallest: what most exceptions look at comes first.
"""

NO_SCENARIO: Final = "none"
REGION_SAME: Final = "same"
REGION_CROSS: Final = "cross"
REGION_UNKNOWN: Final = "unknown"
PURPOSE_UNSTATED: Final = "unstated"
UNCATEGORISED: Final = "none"
SEVERAL_CATEGORIES: Final = "several"
NO_CONSENT_BASIS: Final = "none"
STATED: Final = "stated"
"""A consent basis that is stated in words, without its kind."""
NOT_ACCREDITED: Final = "none"

PERSONAL: Final = "personal"
"""The origin whose data needs a consent basis."""

ACCREDITATION: Final = "accreditation"
FORM: Final = "form"
TERM: Final = "term_days"
BUYER: Final = "buyer"
PROVIDER: Final = "provider"
CHANGED_BY: Final[Mapping[str, str]] = {
    FORM: BUYER,
    TERM: BUYER,
    PURPOSE: BUYER,
    ACCREDITATION: BUYER,
    CONSENT_BASIS: PROVIDER,
    SCENARIO: PROVIDER,
    SUPPLY_MODE: PROVIDER,
}
"""What people can change, and who, the easiest first: a wish at once, an accreditation in time, then the listing."""


def level_rank(level: str | None) -> int | None:
    """Rank of a national level (0 lowest), or None when it is not one."""
    return LEVELS.index(level) if level in LEVELS else None
