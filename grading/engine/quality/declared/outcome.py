"""What a check found, as measures of GB/T 36344-2018 and as findings: what the provider said is certain."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from grading.engine.quality.declared.check import Checked
from grading.engine.quality.declared.columns import EXAMPLES, Tally
from grading.engine.quality.measures import not_assessed, ratio
from grading.engine.quality.model import Finding, Measure

CERTAIN: Final = 1.0
OF_KIND: Final = 200
"""Findings of one kind."""
INDICATORS: Final = {
    "rule_type": ("conformance", "data_standards"),
    "rule_required": ("conformance", "business_rules"),
    "rule_range": ("conformance", "business_rules"),
    "rule_length": ("conformance", "business_rules"),
    "rule_pattern": ("conformance", "business_rules"),
    "rule_enum": ("conformance", "business_rules"),
    "rule_unique": ("accuracy", "uniqueness"),
    "primary_key": ("accuracy", "uniqueness"),
    "foreign_key": ("consistency", "related_data"),
}
"""Kind of rule → dimension and sub-indicator."""


def measured_with(measures: tuple[Measure, ...], checked: Checked | None) -> tuple[Measure, ...]:
    """The measures with those of the declared rules, in place of what was not assessed for want of them."""
    if checked is None:
        return measures
    found = list(_measures(checked))
    assessed = {(item.dimension, item.indicator) for item in found}
    # What is declared to be a key is no longer a matter of what looks like one.
    kept = [
        item
        for item in measures
        if (item.reason is None and item.metric != "implied_key") or (item.dimension, item.indicator) not in assessed
    ]
    return (*kept, *found)


def _measures(checked: Checked) -> Iterator[Measure]:
    if checked.names:
        wrong = min(len(checked.differences), checked.names)
        yield ratio("conformance", "data_model", "declared_fields", checked.names - wrong, checked.names)
    seen: set[tuple[str, str]] = set()
    for tally in checked.tallies:
        if tally.examined:
            seen.add(INDICATORS[tally.kind])
            yield ratio(
                *INDICATORS[tally.kind],
                tally.code,
                tally.examined - tally.broken,
                tally.examined,
                column=tally.columns[0] if len(tally.columns) == 1 else None,
            )
    for place in dict.fromkeys(INDICATORS[tally.kind] for tally in checked.tallies):
        if place not in seen:
            yield not_assessed(*place, "no_values")
    if checked.unchecked and not seen:
        yield not_assessed("conformance", "business_rules", "rules_not_checked")


def found_with(
    found: tuple[tuple[Finding, ...], dict[str, int]], checked: Checked | None
) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """The findings and their totals by kind with those of the declared rules."""
    findings, totals = findings_of(checked)
    return (*found[0], *findings), {**found[1], **totals}


def findings_of(checked: Checked | None) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """(at most OF_KIND findings of each kind, cells or rows concerned by kind)."""
    if checked is None:
        return (), {}
    broken = [tally for tally in checked.tallies if tally.broken]
    rules = Counter(tally.kind for tally in broken)
    kept: list[Finding] = []
    totals: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for difference in checked.differences:
        totals["rule_fields"] += 1
        if totals["rule_fields"] <= OF_KIND:
            column = str(difference.params["header"]) if "header" in difference.params else None
            kept.append(Finding(None, column, "rule_fields", CERTAIN, difference.code, difference.params, 1))
    for tally in broken:
        totals[tally.kind] += tally.broken
        most = max(1, min(EXAMPLES, OF_KIND // rules[tally.kind] - 1))
        for finding in _of_rule(tally, most):
            numbers[tally.kind] += 1
            if numbers[tally.kind] <= OF_KIND:
                kept.append(finding)
    for code in checked.unchecked:
        totals["rule_unchecked"] += 1
        kept.append(Finding(None, None, "rule_unchecked", CERTAIN, code, {}, 1))
    return tuple(kept), dict(sorted(totals.items()))


def _of_rule(tally: Tally, most: int) -> Iterator[Finding]:
    """A finding for each of the first values, or rows, that break the rule, and one for all others."""
    column = tally.columns[0] if len(tally.columns) == 1 else None
    examples = sorted(tally.examples.values(), key=lambda item: item.row)[:most]
    for item in examples:
        params: dict[str, str | int | float] = {**tally.params, "count": item.count, "row": item.row}
        if item.value is not None:
            params["value"] = item.value
        yield Finding(item.row, column, tally.kind, CERTAIN, tally.code, params, item.count)
    rest = tally.broken - sum(item.count for item in examples)
    if rest > 0:
        yield Finding(None, column, tally.kind, CERTAIN, "rule_more", {"count": rest}, rest)
