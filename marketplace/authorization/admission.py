"""What the decision table would answer many buyers about one listing: the reverse of `prospects`.

Most answers do not depend on what a buyer is accredited for: they are settled for each region and purpose at once.
Where they do, the accreditations of all buyers are read in two queries, and equal cases are decided once.
"""

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone

from foundation.participants import selectors as participants
from foundation.participants.accreditation_kinds import DATA_SECURITY_TRAINING
from foundation.rulebooks.in_force import in_force
from grading.engine.ladders.library import Library
from grading.rules.level_schemes import schemes
from marketplace.authorization.engine.decide import AccessFacts, Unlisted, classified, decide
from marketplace.authorization.engine.table import DecisionTable
from marketplace.authorization.engine.vocabulary import SUPPLY_MODE
from marketplace.authorization.readings import province, read_across
from marketplace.authorization.rulebook import DECISION_TABLE

AccessKey = tuple[str, str, str]
"""The level as it is read, the buyer's province, and the purpose."""


class Buyer(NamedTuple):
    """An organisation of a `region` (six digits), asked for by a person, for one purpose (empty: not stated)."""

    organisation_id: int
    region: str
    person_id: int
    purpose: str


class Admission:
    """The answers about one listing, from what it says of itself: its level as decided, its region with six digits."""

    def __init__(self, listing: AccessFacts) -> None:
        self._listing = listing
        self._table: DecisionTable = in_force(DECISION_TABLE).rules
        self._levels: dict[str, str] = {}
        self._settled: dict[AccessKey, bool | None] = {}

    def refused(self, region: str, purpose: str) -> bool | None:
        """Whether buyers of a region are refused for a purpose, all or none of them; None: accreditations decide."""
        key = (self._level(region), province(region), purpose)
        if key not in self._settled:
            found = [self._reading_refused(reading) for reading in self._case(region, purpose).readings()]
            # what several readings leave together is asked case by case
            self._settled[key] = True if any(found) else found[0] if len(found) == 1 else None
        return self._settled[key]

    def refused_among(self, buyers: Collection[Buyer]) -> set[Buyer]:
        """Those of these buyers who are refused today."""
        today = timezone.localdate()
        held = participants.standing_accreditations_of({one.organisation_id for one in buyers}, on=today)
        trained = participants.trained_among({one.person_id for one in buyers}, on=today)
        answers: dict[tuple[str, str, frozenset[tuple[str, int]]], bool] = {}
        refused = set()
        for one in buyers:
            standing = {kind: 1 if level is None else level for kind, level in held[one.organisation_id].items()}
            if one.person_id in trained:
                standing[DATA_SECURITY_TRAINING] = 1
            key = (one.region, one.purpose, frozenset(standing.items()))
            if key not in answers:
                facts = replace(self._case(one.region, one.purpose), accreditations=standing)
                answers[key] = decide(self._table, facts).refused
            if answers[key]:
                refused.add(one)
        return refused

    def _case(self, region: str, purpose: str) -> AccessFacts:
        """What is asked for a buyer without accreditations."""
        return replace(
            self._listing,
            level=self._level(region),
            provider_region=province(self._listing.provider_region or "") or None,
            buyer_region=province(region),
            purpose=purpose or None,
            accreditations={},
        )

    def _level(self, region: str) -> str:
        if region not in self._levels:
            own = self._listing.provider_region or ""
            known = None if province(own) == province(region) else self._schemes
            self._levels[region] = read_across(
                self._listing.level, provider_region=own, buyer_region=region, known=known
            ).level
        return self._levels[region]

    @cached_property
    def _schemes(self) -> Library:
        return schemes()

    def _reading_refused(self, facts: AccessFacts) -> bool | None:
        table = self._table
        try:
            case = classified(table, facts)
        except Unlisted:
            return True
        first = len(table.accreditations)
        rows = table.diagram.reached(dict(enumerate(case[first:], start=first)))
        mode = table.inputs[SUPPLY_MODE].read(facts.supply_mode) or ""
        found = {(table.answers[row].get(facts.supply_mode) or table.answers[row][mode]).refused for row in rows}
        return found.pop() if len(found) == 1 else None
