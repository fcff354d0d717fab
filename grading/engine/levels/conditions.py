"""Whether a rule of a scheme holds for data, for which columns, and what of the facts made it hold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from grading.engine.levels.collected import ALWAYS, Collected, Held, conditions_met
from grading.engine.levels.elements import TIME_UNITS, Coverage, Facts, Precision, personal_types
from grading.engine.levels.rule import CONDITIONS, OF_PERSONS, Rule
from grading.engine.levels.scheme import Scheme
from grading.engine.sensitivity import ColumnVerdict


def columns_of(rule: Rule, verdicts: tuple[ColumnVerdict, ...], facts: Facts, scheme: Scheme) -> list[str] | None:
    """The columns for which the rule holds; an empty list where it asks for none; None where it does not hold."""
    columns = _looked_at(rule, verdicts, facts)
    return columns if columns is not None and _asked_besides(rule, verdicts, facts, scheme) else None


def told_of(
    rule: Rule, verdicts: tuple[ColumnVerdict, ...], facts: Facts, scheme: Scheme
) -> dict[str, str | int | float]:
    """What of the facts made the rule hold, beside columns: parameters of its sentence."""
    told: dict[str, str | int | float] = {"rows": facts.rows, "persons": facts.persons}
    if not _large_enough(rule, facts, Held()):  # by itself it would not be
        beside = _beside(rule, facts)
        told = {
            "rows": facts.rows + beside.rows,
            "persons": facts.persons + beside.persons,
            "other_files": beside.files,
        }
    precision = facts.precision or Precision()
    if rule.group_at_least:
        told["groups"] = ", ".join(_of_gravity(facts.groups, scheme.groups, rule.group_at_least))
    if rule.area_at_least:
        told["areas"] = ", ".join(_of_gravity(facts.areas, scheme.areas, rule.area_at_least))
    if rule.coordinates_at_least is not None and precision.coordinates is not None:
        told["decimals"] = precision.coordinates
    if rule.time_at_least and precision.time:
        told["unit"] = precision.time
    if rule.extent_at_least and facts.coverage.extent:
        told["extent"] = facts.coverage.extent
    if rule.share_at_least:
        told["percent"] = _short(100 * facts.coverage.share)
    if rule.area_km2_at_least:
        told["area_km2"] = _short(scheme.extents.area_km2(facts.coverage))
    if rule.types_at_least:
        told["types"] = len(personal_types(verdicts))
    return told


def _looked_at(rule: Rule, verdicts: Iterable[ColumnVerdict], facts: Facts) -> list[str] | None:
    kind, _, word = rule.when.partition(":")
    if kind in (*CONDITIONS, "type"):
        return [verdict.column for verdict in verdicts if rule.when in _conditions_of(verdict)] or None
    if kind == ALWAYS:
        return []
    said: dict[str, Iterable[str | None]] = {
        "declared": facts.declared,
        "group": facts.groups,
        "area": facts.areas,
        "importance": facts.importance,
        "depth": (facts.depth,),
        "field": (facts.sector,),
        "source": [source.level for source in facts.derivation.sources] if facts.derivation else (),
    }
    return [] if word in said[kind] else None


def _conditions_of(verdict: ColumnVerdict) -> Iterator[str]:
    return conditions_met(
        sensitive_type=verdict.sensitive_type,
        personal=verdict.personal,
        sensitive_personal=verdict.sensitive_personal,
        nature=verdict.nature,
    )


def crosses(scheme: Scheme, facts: Facts, collected: Collected) -> bool:
    """Whether the data is on the other side of a threshold of scale with these other files beside it."""
    changed = replace(facts, collected=collected)
    return any(
        _large_enough(rule, facts, _beside(rule, facts)) != _large_enough(rule, changed, _beside(rule, changed))
        for rule in (*scheme.rules, *scheme.flags)
    )


def _beside(rule: Rule, facts: Facts) -> Held:
    """What other files add to a rule: those with columns that it asks for; to one about a group, persons."""
    kind = rule.when.partition(":")[0]
    of_columns = kind in (*CONDITIONS, "type")
    others = OF_PERSONS[0] if kind in OF_PERSONS else ALWAYS
    return facts.collected.get(rule.when if of_columns else others, Held())


def _large_enough(rule: Rule, facts: Facts, beside: Held) -> bool:
    return facts.rows + beside.rows >= rule.rows_at_least and facts.persons + beside.persons >= rule.persons_at_least


def _asked_besides(rule: Rule, verdicts: tuple[ColumnVerdict, ...], facts: Facts, scheme: Scheme) -> bool:
    """Whether all thresholds of the rule are reached."""
    return (
        _large_enough(rule, facts, _beside(rule, facts))
        and (not rule.group_at_least or bool(_of_gravity(facts.groups, scheme.groups, rule.group_at_least)))
        and (not rule.area_at_least or bool(_of_gravity(facts.areas, scheme.areas, rule.area_at_least)))
        and _fine_enough(rule, facts.precision or Precision())
        and _covers(rule, facts.coverage, scheme)
        and len(personal_types(verdicts)) >= rule.types_at_least
        and (not rule.depth or facts.depth == rule.depth)
        and (not rule.fields or facts.sector in rule.fields)
    )


def _of_gravity(words: Iterable[str], gravity: Mapping[str, int], least: int) -> list[str]:
    return [word for word in words if gravity.get(word, 0) >= least]


def _fine_enough(rule: Rule, precision: Precision) -> bool:
    """Whether what was measured is at least as fine as the rule asks; what there is not is not fine."""
    asked: tuple[tuple[int | None, int | None], ...] = (
        (rule.coordinates_at_least, precision.coordinates),
        (_place_in(TIME_UNITS, rule.time_at_least), _place_in(TIME_UNITS, precision.time)),
        (rule.amounts_at_least, precision.amounts),
    )
    return all(least is None or (found is not None and found >= least) for least, found in asked)


def _covers(rule: Rule, coverage: Coverage, scheme: Scheme) -> bool:
    """Whether as much is covered, in share and in area, as the rule asks."""
    extents = scheme.extents
    return (
        extents.reached(coverage, least=rule.extent_at_least, share=rule.share_at_least)
        and extents.area_km2(coverage) >= rule.area_km2_at_least
    )


def _place_in(order: tuple[str, ...], word: str | None) -> int | None:
    return order.index(word) if word in order else None


def _short(number: float) -> int | float:
    """For people: one decimal at most, and none where it is nought."""
    short = round(float(number), 1)
    return int(short) if short.is_integer() else short
