"""Whom another decision table would touch before anybody asks: every published listing, for every kind of buyer."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final

from foundation.rulebooks import registry
from foundation.rulebooks.comparison import Comparison
from grading.engine.ladders.crosswalk import stricter
from grading.engine.ladders.library import Library
from grading.rules.level_schemes import schemes
from marketplace.authorization.engine.decide import AccessFacts, Decision, decide
from marketplace.authorization.engine.table import ANY, DecisionTable
from marketplace.authorization.listed import facts_of_listing
from marketplace.authorization.readings import province, read_across
from marketplace.catalog import selectors as catalog

COMPARED: Final = ("mode", "approvals", "quorum", "together", "forms", "obligations", "longest_term_days")
"""What a holder or an approver would notice; another row with the same answer is no change."""
BATCH: Final = 200
ELSEWHERE: Final = "other"
"""A province that no table lists."""

Outcome = tuple[str, str, dict[str, tuple[Any, Any]]]


def compare_listings(now: DecisionTable, then: DecisionTable, report: registry.Report) -> Comparison:
    """What each kind of buyer would be told of each published listing, by the table in force and by another.

    Kinds of buyers: every purpose; near, elsewhere, and in each region that a table names or that has a grading scheme
    of its own, where the level counts as both sides read it; with every accreditation that one of the tables asks for.
    A listing counts under the mode that a buyer of its own province meets with who holds everything and states no
    purpose. Changes name what that buyer would be told otherwise, and `kinds_of_buyers`: of how many, how many would
    be. A listing without a decided level is undecidable.
    """
    found = Comparison()
    known: dict[tuple[Any, ...], Outcome] = {}
    regional = schemes()
    ids = list(catalog.published_versions().order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), BATCH):
        for row in catalog.facts(catalog.published_versions().filter(pk__in=ids[first : first + BATCH]).order_by("pk")):
            if row.level is None:
                found.add_undecidable()
                continue
            categories = {file.category for file in row.files if file.category}
            listing = facts_of_listing(row.version, level=row.level, categories=categories)
            key = (row.version.region, *listing.inputs(), *sorted(listing.reviewed.items()))
            if key not in known:
                buyers = _buyers(listing, _placed(row.version.region, row.level, regional, now, then), now, then)
                known[key] = _outcome([(decide(now, one), decide(then, one)) for one in buyers])
            before, after, changes = known[key]
            found.add(("listing_version", row.version.pk), before=before, after=after, changes=changes)
        report(min(first + BATCH, len(ids)) / len(ids))
    return found


def _placed(region: str, level: str, known: Library, *tables: DecisionTable) -> dict[str, str]:
    """Where a buyer may sit, the listing's own province first → the level that counts there."""
    listed = [value for table in tables for value in table.inputs["buyer_region"].values if value != ANY]
    made_for = [code for scheme in known.schemes.values() for code in scheme.regions]
    made_for += [code for regions in known.unusable.values() for code in regions or ()]
    codes = dict.fromkeys([region, ELSEWHERE, *listed, *(code.ljust(6, "0") for code in made_for)])
    found: dict[str, str] = {}
    for code in codes:
        place = province(code) if code.isdecimal() else code
        read = read_across(level, provider_region=region, buyer_region=code, known=known).level
        # of the cities of a province the one counts that reads the data most strictly
        found[place] = read if place not in found or place == province(region) else stricter(found[place], read)
    return found


def _buyers(listing: AccessFacts, placed: dict[str, str], *tables: DecisionTable) -> Iterator[AccessFacts]:
    """The most able buyer first."""
    purposes = list(dict.fromkeys(value for table in tables for value in table.inputs["purpose"].values))
    kinds = list(dict.fromkeys(kind for table in tables for kind in table.accreditations))
    levels = [
        sorted({_level(value) for table in tables if kind in table.inputs for value in table.inputs[kind].values})[::-1]
        for kind in kinds
    ]
    for held in product(*levels):
        named = {kind: level for kind, level in zip(kinds, held, strict=True) if level}
        for (region, level), purpose in product(placed.items(), purposes):
            yield replace(listing, level=level, buyer_region=region, purpose=purpose, accreditations=named)


def _level(value: str) -> int:
    return int(value) if value.isdecimal() else 0


def _outcome(pairs: list[tuple[Decision, Decision]]) -> Outcome:
    before, after = pairs[0]
    differing = sum(1 for one, other in pairs if _told(one) != _told(other))
    changes = _differences(before, after)
    if differing:
        changes["kinds_of_buyers"] = (len(pairs), differing)
    return before.mode, after.mode, changes


def _told(decision: Decision) -> tuple[object, ...]:
    plain = (decision.mode, decision.approvals, decision.together, decision.longest_term_days)
    return (*plain, frozenset(decision.quorum.items()), frozenset(decision.forms), frozenset(decision.obligations))


def _differences(one: Decision, other: Decision) -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    for name in COMPARED:
        mine, theirs = one.as_record()[name], other.as_record()[name]
        if said(name, mine) != said(name, theirs):
            found[name] = (mine, theirs)
    return found


def said(name: str, value: Any) -> object:
    """Approvals follow each other; of forms and obligations the order says nothing.

    What was stored before tables spoke of it says nothing of quorum and of asking together.
    """
    if name in ("quorum", "together"):
        return value or None
    return frozenset(value) if name in ("forms", "obligations") and isinstance(value, list) else value
