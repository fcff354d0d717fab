"""Elements of grading (GB/T 43697-2024): field, group, region, precision, scale, depth, coverage, importance.

What is known of data beside what its columns hold. Providers declare what no machine can know; precision, scale and the
variety of what is said of persons are measured. All of it is an input that is stored with the recommendation.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.engine.levels.collected import Collected
from grading.engine.plain import from_plain
from grading.engine.sensitivity import ColumnVerdict

#: The elements in the order of the standard: 领域 群体 区域 精度 规模 深度 覆盖度 重要性.
ELEMENTS: Final = ("field", "group", "region", "precision", "scale", "depth", "coverage", "importance")
GENERAL_LEVELS: Final = ("general_1", "general_2", "general_3", "general_4")
ABOVE_GENERAL: Final = ("important", "core")
#: The six national levels, least first.
NATIONAL_LEVELS: Final = (*GENERAL_LEVELS, *ABOVE_GENERAL)
#: What providers declare in words; `source` and the like have fields of their own.
DECLARATIONS: Final = ("trade_secret", "not_public", "important_catalogue", "national_security")
#: Groups 群体 that the data is about; how grave harm to them is says the scheme.
GROUPS: Final = (
    "general_public", "customers", "employees", "students", "elderly", "officials", "minors", "patients",
    "persons_with_disabilities", "religious_believers", "offenders", "key_personnel", "military_personnel",
)  # fmt: skip
#: Kinds of area 区域 that the data describes; how grave harm there is says the scheme.
AREAS: Final = ("border", "government_premises", "critical_site", "defence_industry", "nuclear_site", "military")
#: Roles 重要性 of what the data describes.
IMPORTANCE: Final = (
    "critical_infrastructure", "lifeline_service", "emergency_response", "strategic_resource", "controlled_technology",
)  # fmt: skip
#: Depth 深度: what was made of the data. `model`: what models say of it, such as scores and portraits of persons.
DEPTHS: Final = ("raw", "processed", "statistical", "model")
#: How far coverage 覆盖度 reaches, the narrowest first.
EXTENTS: Final = ("site", "county", "city", "province", "several_provinces", "country")
#: How fine times are, the coarsest first.
TIME_UNITS: Final = ("day", "hour", "minute", "second")
#: What may be done to source data 衍生数据.
PROCESSING: Final = ("cleaned", "extracted", "masked", "labelled", "aggregated", "fused", "modelled")
#: Types of which each value stands for one person.
IDENTIFIERS: Final = frozenset(
    {
        "resident_id", "national_id", "passport", "other_document", "personal_number", "medical_record_number",
        "mobile_phone", "email", "device_id", "online_account", "financial_account", "bank_card",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of its field or region the data covers. `share` from 0 to 1 of what there is in `extent` (EXTENTS)."""

    extent: str | None = None
    share: float = 0.0
    area_km2: float = 0.0


@dataclass(frozen=True, slots=True)
class Precision:
    """How fine the values are, as far as a tenth of the cells go; None where there are none of the kind.

    `coordinates`: decimals of a degree (5: about a metre). `time`: one of TIME_UNITS. `amounts`: decimals of prices and
    incomes, below 0 where they are rounded (-3: to thousands).
    """

    coordinates: int | None = None
    time: str | None = None
    amounts: int | None = None


#: Nothing is finer: what rules say of this, they say at most.
FINEST: Final = Precision(7, TIME_UNITS[-1], 2)
#: Amounts are rounded to millions at the coarsest.
COARSEST_AMOUNT: Final = -6


@dataclass(frozen=True, slots=True)
class Source:
    """Data that others were derived from. `level` is general_1 … core, None where it has no grade yet.

    `asset` is its number on this exchange, else `name` says what it is; `decided`: people decided the level.
    """

    level: str | None
    asset: int | None = None
    name: str = ""
    decided: bool = False
    harmed_object: str = "individual_rights"


@dataclass(frozen=True, slots=True)
class Derivation:
    """Where derived data comes from, what was done (PROCESSING), and why it may be below its sources, if it may."""

    sources: tuple[Source, ...]
    processing: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The level that the owner says data has in a scheme of its own: a region's, a sector's, a company's.

    `lowest` and `strictest` are the national levels that it may be, None where nobody knows; `rationale`, `source` and
    `certainty` are those of the crosswalk's row. Not `known`: scheme or level are gone, and it counts as it did last.
    """

    scheme: str
    level: str
    version: str = ""
    lowest: str | None = None
    strictest: str | None = None
    rationale: str = ""
    rationale_zh: str = ""
    source: str = ""
    certainty: str = ""
    known: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the data beside its columns' verdicts.

    `rows` of the whole data; `subjects`: number of persons if declared; `columns` of the table. `sector` is the field
    领域, `region` a code of divisions. `declared` holds words of DECLARATIONS, `groups`, `areas`, `importance` those of
    GROUPS, AREAS, IMPORTANCE, `depth` one of DEPTHS: unknown words have no effect. `precision` is None where it was not
    measured. `persons_found`: different values in the columns that identify persons. `collected`: what other files of
    the same publication hold.
    """

    rows: int = 0
    origin: str | None = None
    sector: str | None = None
    region: str | None = None
    subjects: int | None = None
    declared: tuple[str, ...] = ()
    title: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    importance: tuple[str, ...] = ()
    depth: str | None = None
    coverage: Coverage = Coverage()
    derivation: Derivation | None = None
    graded_elsewhere: Elsewhere | None = None
    columns: int = 0
    precision: Precision | None = None
    persons_found: int | None = None
    collected: Collected = dataclasses.field(default_factory=dict)

    @property
    def persons(self) -> int:
        """Scale 规模: no fewer persons than this are assumed where columns are personal."""
        return max(self.rows, self.subjects or 0)


@dataclass(frozen=True, slots=True)
class Elements:
    """The elements as a recommendation rests on them, to be stored with it.

    `sensitive_share` of the columns are of a sensitive type; no rule asks for it, since harmless columns beside
    sensitive ones would lower it. `personal_types`: how many kinds of personal information stand side by side.
    """

    field: str | None
    region: str | None
    groups: tuple[str, ...]
    areas: tuple[str, ...]
    precision: Precision | None
    rows: int
    subjects: int | None
    persons_found: int | None
    columns: int
    personal_columns: int
    sensitive_columns: int
    sensitive_share: float
    personal_types: int
    depth: str | None
    coverage: Coverage
    importance: tuple[str, ...]
    declared: tuple[str, ...]
    derivation: Derivation | None
    graded_elsewhere: Elsewhere | None = None
    collected: Collected = dataclasses.field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Elements":
        """The elements that `to_plain` was given. TypeError where some are missing."""
        return from_plain(cls, data)


def elements_of(facts: Facts, verdicts: Iterable[ColumnVerdict]) -> Elements:
    """The elements that a recommendation for these columns rests on."""
    held = [verdict for verdict in verdicts if verdict.sensitive_type is not None]
    columns = max(facts.columns, len(held))
    return Elements(
        field=facts.sector,
        region=facts.region,
        groups=facts.groups,
        areas=facts.areas,
        precision=facts.precision,
        rows=facts.rows,
        subjects=facts.subjects,
        persons_found=facts.persons_found,
        columns=columns,
        personal_columns=sum(verdict.personal for verdict in held),
        sensitive_columns=len(held),
        sensitive_share=round(len(held) / columns, 4) if columns else 0.0,
        personal_types=len(personal_types(held)),
        depth=facts.depth,
        coverage=facts.coverage,
        importance=facts.importance,
        declared=facts.declared,
        derivation=facts.derivation,
        graded_elsewhere=facts.graded_elsewhere,
        collected=facts.collected,
    )


def personal_types(verdicts: Iterable[ColumnVerdict]) -> set[str]:
    """The different kinds of personal information among the columns."""
    return {verdict.sensitive_type for verdict in verdicts if verdict.personal and verdict.sensitive_type}
