"""Where a scheme puts data: the level by the highest item (就高从严), the matrix cell behind it, reasons and flags.

Rules are thresholds, so more rows, columns, precision, coverage or graver groups never lower anything. Only the grade
of the sources holds derived data up, and only a stated reason lets it down again, as far as the scheme allows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from grading.engine.levels.conditions import columns_of, told_of
from grading.engine.levels.elements import (
    GENERAL_LEVELS,
    NATIONAL_LEVELS,
    Derivation,
    Elsewhere,
    Facts,
    Source,
)
from grading.engine.levels.rule import DEGREES, HARMED_OBJECTS, Rule
from grading.engine.levels.scheme import CELL_OF_FLAG, NO_HARM, Scheme
from grading.engine.sensitivity import ColumnVerdict

Params = Mapping[str, str | int | float]
#: The code of evidence that a column's cells are masked.
MASKED: Final = "masked_values"


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is a key of REASONS or the code of a scheme's rule; `params` fill its message.

    `element` of grading, `source` and `certainty` are those of the rule; empty where no rule says it.
    """

    code: str
    params: Params = field(default_factory=dict)
    element: str = ""
    source: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """`possibly_important` or `possibly_core`, with the matrix cell it rests on."""

    code: str
    harmed_object: str
    degree: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Place:
    """Level, the matrix cell behind it, why, and what people should look at.

    `level` is always the scheme's general level for `degree`; of several reasons of that degree the first named says
    who is harmed.
    """

    level: str
    flags: tuple[Flag, ...]
    harmed_object: str
    degree: str
    reasons: tuple[Reason, ...]


@dataclass
class _Standing:
    """The gravest harm found so far."""

    scheme: Scheme
    degree: str = NO_HARM
    harmed_object: str = "individual_rights"
    reasons: list[Reason] = field(default_factory=list)

    def raised(self, degree: str, harmed_object: str) -> None:
        order = (NO_HARM, *DEGREES)
        if order.index(degree) > order.index(self.degree):
            self.degree, self.harmed_object = degree, harmed_object


def place(*, verdicts: tuple[ColumnVerdict, ...], facts: Facts, scheme: Scheme) -> Place:
    """The level of data with these columns. Adding a sensitive column or rows never lowers it.

    Only verdicts with a sensitive type, personal or of some nature play a part: the others may be left out.
    """
    found = _Standing(scheme)
    for rule in scheme.rules:
        columns = columns_of(rule, verdicts, facts, scheme)
        if columns is not None:
            told: Params = {"columns": ", ".join(columns), "level": scheme.general_levels[rule.degree]}
            found.reasons.append(_reason(rule, {**told, **told_of(rule, verdicts, facts, scheme)}))
            found.raised(rule.degree, rule.harmed_object)
    _raise_to_floors(found, verdicts)
    if facts.derivation is not None:
        _hold_to_sources(found, facts.derivation)
    elsewhere = facts.graded_elsewhere
    if elsewhere is not None:
        _raise_to_elsewhere(found, elsewhere, verdicts)
    flags = tuple(_flags_of(verdicts, facts, scheme))
    if flags:
        _hold_flagged(found, verdicts)
    _name_masked(found, verdicts)
    level = scheme.general_levels[found.degree]
    if not found.reasons:
        found.reasons.append(Reason("nothing_sensitive", {"level": level}))
    return Place(level, flags, found.harmed_object, found.degree, tuple(found.reasons))


def _flags_of(verdicts: tuple[ColumnVerdict, ...], facts: Facts, scheme: Scheme) -> Iterator[Flag]:
    """What rules and another scheme say may be above general data."""
    for rule in scheme.flags:
        if columns_of(rule, verdicts, facts, scheme) is not None:
            reason = _reason(rule, told_of(rule, verdicts, facts, scheme))
            yield Flag(str(rule.flag), rule.harmed_object, rule.degree, reason)
    elsewhere = facts.graded_elsewhere
    if elsewhere is not None and (flag := _flag_of(elsewhere, scheme)) is not None:
        yield flag


def _hold_flagged(found: _Standing, verdicts: Iterable[ColumnVerdict]) -> None:
    """What may be important is not below the highest general level, until people decide what it is (就高从严).

    The flags name the cells above general data; the level's own cell is one that the matrix keeps general.
    """
    scheme = found.scheme
    degree = scheme.degree_reaching(len(GENERAL_LEVELS) - 1)
    found.raised(degree, _private(verdicts))
    told = {"level": scheme.general_levels[degree]}
    basis = scheme.flagged
    found.reasons.append(Reason("possibly_above_general", told, source=basis.source, certainty=basis.certainty))


def _name_masked(found: _Standing, verdicts: Iterable[ColumnVerdict]) -> None:
    """Masked columns count as what they are of: reviewers learn of them, and decide."""
    masked = [
        verdict.column
        for verdict in verdicts
        if verdict.personal and any(told.code == MASKED for told in verdict.evidence)
    ]
    if masked:
        found.reasons.append(Reason("masked_columns", {"columns": ", ".join(masked)}))


def _raise_to_floors(found: _Standing, verdicts: Iterable[ColumnVerdict]) -> None:
    """Types of columns with a floor above what the rules say; each of them is named."""
    scheme, reached = found.scheme, found.scheme.rank(found.degree)
    above: dict[tuple[int, str, bool], list[str]] = {}
    for verdict in verdicts:
        if verdict.sensitive_type and verdict.floor - 1 > reached:
            above.setdefault((verdict.floor, verdict.sensitive_type, verdict.personal), []).append(verdict.column)
    for (floor, kind, personal), columns in above.items():
        degree = scheme.degree_reaching(floor - 1)
        found.raised(degree, "individual_rights" if personal else "organisation_rights")
        level = scheme.general_levels[degree]
        found.reasons.append(Reason("column_floor", {"columns": ", ".join(columns), "type": kind, "level": level}))


def _hold_to_sources(found: _Standing, derivation: Derivation) -> None:
    """Derived data is not below its gravest source but by a stated reason and as far as its processing allows."""
    scheme = found.scheme
    graded = [source for source in derivation.sources if source.level in NATIONAL_LEVELS]
    if len(graded) < len(derivation.sources):
        found.reasons.append(Reason("derived_from_ungraded"))
    if "fused" in derivation.processing:
        found.reasons.append(Reason("derived_by_fusion"))
    gravest = max(graded, key=_gravity_of, default=None)
    if gravest is None or _gravity_of(gravest) == 0:
        return
    bound = scheme.lowering(derivation.processing) if derivation.reason else None
    lowered = bound.lowers if bound else 0
    # steps count from the source, also from important or core data, which rules flag besides; what is left above the
    # highest general level is held to that: no machine recommends more
    rank = min(_gravity_of(gravest) - lowered, len(GENERAL_LEVELS) - 1)
    degree = scheme.degree_reaching(rank)
    found.raised(degree, _harmed(scheme, gravest.harmed_object, degree))
    if lowered:
        code = "derived_may_be_lower"
    else:
        code = "derived_is_not_lowered" if derivation.reason else "derived_without_reason"
    told: Params = {"source_level": str(gravest.level), "steps": lowered, "level": scheme.general_levels[degree]}
    found.reasons.append(
        Reason(
            code,
            {"processing": ", ".join(derivation.processing), **told},
            source=bound.source if bound else "",
            certainty=bound.certainty if bound else "",
        )
    )


def _raise_to_elsewhere(found: _Standing, elsewhere: Elsewhere, verdicts: Iterable[ColumnVerdict]) -> None:
    """Data is not below the national counterpart of the level that its owner named in another scheme."""
    if not elsewhere.known:
        found.reasons.append(Reason("unknown_level", {"scheme": elsewhere.scheme, "scheme_level": elsewhere.level}))
    if elsewhere.strictest is None or elsewhere.strictest == GENERAL_LEVELS[0]:
        return
    degree = found.scheme.degree_reaching(min(NATIONAL_LEVELS.index(elsewhere.strictest), len(GENERAL_LEVELS) - 1))
    found.raised(degree, _private(verdicts))
    found.reasons.append(_elsewhere_says("graded_elsewhere", elsewhere, {"level": found.scheme.general_levels[degree]}))


def _flag_of(elsewhere: Elsewhere, scheme: Scheme) -> Flag | None:
    """What people should look at where the counterpart is above general data; None where it is general or unknown."""
    code = f"possibly_{elsewhere.strictest}"
    if code not in CELL_OF_FLAG:
        return None
    # the other scheme does not say who is harmed: the widest public (public interest) where the matrix allows it
    harmed_object, degree = next(
        (
            (harmed, degree)
            for harmed in reversed(HARMED_OBJECTS)
            for degree in DEGREES
            if scheme.cell(harmed, degree) == CELL_OF_FLAG[code]
        ),
        (HARMED_OBJECTS[0], DEGREES[-1]),
    )
    return Flag(code, harmed_object, degree, _elsewhere_says("above_general_elsewhere", elsewhere, {}))


def _elsewhere_says(code: str, elsewhere: Elsewhere, params: Params) -> Reason:
    told = {"scheme": elsewhere.scheme, "scheme_level": elsewhere.level, "national_level": str(elsewhere.strictest)}
    return Reason(code, {**told, **params}, source=elsewhere.source, certainty=elsewhere.certainty)


def _gravity_of(source: Source) -> int:
    return NATIONAL_LEVELS.index(str(source.level))


def _harmed(scheme: Scheme, harmed_object: str, degree: str) -> str:
    """The object harmed by the source, where harm of this degree to it leaves data general; else persons."""
    if harmed_object in scheme.matrix and scheme.cell(harmed_object, degree) == "general":
        return harmed_object
    return "individual_rights"


def _private(verdicts: Iterable[ColumnVerdict]) -> str:
    """Of the objects whose harm leaves data general: persons where columns are about some, else organisations."""
    return "individual_rights" if any(verdict.personal for verdict in verdicts) else "organisation_rights"


def _reason(rule: Rule, params: Params) -> Reason:
    source = ", ".join(filter(None, (rule.source, rule.clause)))
    return Reason(rule.code, params, rule.element, source, rule.certainty)
