"""From verdicts and facts to a recommended category and level, with every reason (GB/T 43697-2024).

The highest item decides (就高从严). The machine recommends within general 1 to 4; that data is important or core it
only flags: people decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grading.engine.levels.categories import Categories, Category, categorise
from grading.engine.levels.scheme import DEGREES, GENERAL_LEVELS, Rule, Scheme
from grading.engine.plain import from_plain, to_plain
from grading.engine.sensitivity import ColumnVerdict

#: Codes of reasons with their English message templates.
REASONS: Mapping[str, str] = {
    "sensitive_personal": "%(columns)s: sensitive personal information, at least %(level)s.",
    "ordinary_personal": "%(columns)s: personal information, at least %(level)s.",
    "declared_trade_secret": "The provider declares a trade secret, at least %(level)s.",
    "declared_not_public": "The provider declares that the data is not public, at least %(level)s.",
    "many_persons": "Personal information in %(rows)s rows, at least %(level)s.",
    "nothing_sensitive": "No column was found to hold personal or business secrets: %(level)s.",
    "column_floor": "%(columns)s: type %(type)s, at least %(level)s.",
    "personal_at_large_scale": "Personal information in %(rows)s rows may be important data; people must decide.",
    "sensitive_personal_at_scale": "Sensitive personal information in %(rows)s rows may be important data.",
    "declared_in_important_catalogue": "The provider names a catalogue of important data.",
    "declared_national_security": "The provider declares a relation to national security: may be core data.",
    "precise_geography_at_scale": "Precise coordinates in %(rows)s rows may be important data.",
}
DECLARATIONS = ("trade_secret", "not_public", "important_catalogue", "national_security")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the listing says about the data. `rows` of the whole data; `subjects`: number of persons if declared.

    `declared` holds words of DECLARATIONS; unknown ones have no effect.
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


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is a key of REASONS or the code of a scheme's rule; `params` fill its message."""

    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """`possibly_important` or `possibly_core`, with the matrix cell it rests on."""

    code: str
    harmed_object: str
    degree: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A recommended category and level with what they rest on.

    `level` is general_1 … general_4; `harmed_object` and `degree` (none, general, serious, especially_serious)
    name the matrix cell behind it.
    """

    category: Category
    level: str
    flags: tuple[Flag, ...]
    harmed_object: str
    degree: str
    reasons: tuple[Reason, ...]
    scheme_code: str
    scheme_version: str
    categories_version: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe plain data."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Recommendation":
        """The recommendation that `to_dict` came from."""
        return from_plain(cls, data)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scheme puts data: level, the matrix cell behind it, why, and what people should look at."""

    level: str
    flags: tuple[Flag, ...]
    harmed_object: str
    degree: str
    reasons: tuple[Reason, ...]


def place(*, verdicts: tuple[ColumnVerdict, ...], facts: Facts, scheme: Scheme) -> Place:
    """The level of data with these columns. Adding a sensitive column or rows never lowers it.

    Only verdicts with a sensitive type, personal or of some nature play a part: the others may be left out.
    """
    persons = max(facts.rows, facts.subjects or 0)
    degree, harmed = "none", "individual_rights"
    reasons: list[Reason] = []
    for rule in scheme.rules:
        columns = _columns_of(rule, verdicts, facts)
        if columns is None or persons < rule.rows_at_least:
            continue
        level = scheme.general_levels[rule.degree]
        reasons.append(Reason(rule.code, {"columns": ", ".join(columns), "rows": persons, "level": level}))
        if _graver(rule.degree, degree):
            degree, harmed = rule.degree, rule.harmed_object
    rank = GENERAL_LEVELS.index(scheme.general_levels[degree])
    for verdict in verdicts:
        if verdict.sensitive_type and verdict.floor - 1 > rank:
            rank = verdict.floor - 1
            harmed = "individual_rights" if verdict.personal else "organisation_rights"
            degree = next(name for name in ("none", *DEGREES) if _rank(scheme, name) >= rank)
            level = GENERAL_LEVELS[rank]
            told = {"columns": verdict.column, "type": verdict.sensitive_type, "level": level}
            reasons.append(Reason("column_floor", told))
    level = GENERAL_LEVELS[rank]
    if not reasons:
        reasons.append(Reason("nothing_sensitive", {"level": level}))
    flags = tuple(
        Flag(str(rule.flag), rule.harmed_object, rule.degree, Reason(rule.code, {"rows": persons}))
        for rule in scheme.flags
        if persons >= rule.rows_at_least and _columns_of(rule, verdicts, facts) is not None
    )
    return Place(level, flags, harmed, degree, tuple(reasons))


def recommend(
    *,
    verdicts: tuple[ColumnVerdict, ...],
    facts: Facts,
    scheme: Scheme,
    categories: Categories,
) -> Recommendation:
    """Category and level."""
    found = place(verdicts=verdicts, facts=facts, scheme=scheme)
    category = categorise(
        categories,
        columns=[verdict.column for verdict in verdicts],
        texts=[text for text in (facts.title, facts.description, *facts.keywords) if text],
        sector=facts.sector,
        verdicts=verdicts,
    )
    return Recommendation(
        category=category,
        level=found.level,
        flags=found.flags,
        harmed_object=found.harmed_object,
        degree=found.degree,
        reasons=found.reasons,
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        categories_version=categories.version,
    )


def _graver(one: str, other: str) -> bool:
    order = ("none", *DEGREES)
    return order.index(one) > order.index(other)


def _rank(scheme: Scheme, degree: str) -> int:
    return GENERAL_LEVELS.index(scheme.general_levels[degree])


def _columns_of(rule: Rule, verdicts: tuple[ColumnVerdict, ...], facts: Facts) -> list[str] | None:
    """The columns for which the rule's condition holds; an empty list for declarations; None where it does not."""
    kind, _, word = rule.when.partition(":")
    if kind == "declared":
        return [] if word in facts.declared else None
    if kind == "type":
        columns = [verdict.column for verdict in verdicts if verdict.sensitive_type == word]
    elif kind == "personal":
        columns = [verdict.column for verdict in verdicts if verdict.personal]
    elif kind == "sensitive_personal":
        columns = [verdict.column for verdict in verdicts if verdict.sensitive_personal]
    else:
        columns = [verdict.column for verdict in verdicts if verdict.nature == kind]
    return columns or None
