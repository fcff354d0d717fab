"""What the decision table would answer one buyer about many listings: for matching, which asks before anybody does.

The table in force, the buyer's accreditations and its region are read once; listings that say the same are asked of
once. An answer is that of `decisions.rule_on` on the same day.
"""

from dataclasses import replace
from functools import cached_property
from typing import Final

from foundation.participants.models import Organisation
from foundation.rulebooks.in_force import in_force
from grading.engine.ladders.library import Library
from grading.rules.level_schemes import schemes
from marketplace.authorization.decisions import accreditations_of
from marketplace.authorization.engine.decide import AccessFacts, decide
from marketplace.authorization.engine.table import Decision, DecisionTable
from marketplace.authorization.engine.vocabulary import LEVEL, LEVELS, NOT_ACCREDITED, PURPOSE
from marketplace.authorization.engine.vocabulary import PURPOSE_UNSTATED as UNSTATED
from marketplace.authorization.readings import province, read_across
from marketplace.authorization.rulebook import DECISION_TABLE

_BUYER_REGION: Final = "buyer_region"


class Prospects:
    """The answers to one buyer, who is asked for by `person_id`, for one purpose (None: not stated)."""

    def __init__(self, buyer: Organisation, *, person_id: int | None, purpose: str | None) -> None:
        self.rulebook = in_force(DECISION_TABLE)
        self._table: DecisionTable = self.rulebook.rules
        self._region = buyer.region
        self._purpose = purpose
        self._accreditations = accreditations_of(buyer, person_id)
        self._answers: dict[tuple[object, ...], Decision] = {}
        self._levels: dict[tuple[str, str], str] = {}

    def answer(self, listing: AccessFacts) -> Decision:
        """The decision on a listing, from what it says of itself: its level as decided, its region with six digits."""
        region = listing.provider_region or ""
        level = self._read(listing.level, region)
        reviewed = tuple((name, tuple(values)) for name, values in sorted(listing.reviewed.items()))
        key = (
            listing.origin, listing.sector, level, listing.supply_mode, listing.scenario, province(region),
            listing.category, listing.consent_basis, reviewed,
        )  # fmt: skip
        if key not in self._answers:
            facts = replace(
                listing,
                level=level,
                provider_region=province(region) or None,
                buyer_region=province(self._region),
                purpose=self._purpose,
                accreditations=self._accreditations,
            )
            self._answers[key] = decide(self._table, facts)
        return self._answers[key]

    def levels(self) -> tuple[str, ...]:
        """The decided levels at which anything may be had, whatever else a listing says; lowest first.

        Across regions a level may count as a stricter one: all up to the strictest that is possible stay in.
        """
        possible = [place for place, level in enumerate(LEVELS) if self._possible(level)]
        return LEVELS[: max(possible, default=-1) + 1]

    def _read(self, level: str, region: str) -> str:
        key = (level, region)
        if key not in self._levels:
            known = None if province(region) == province(self._region) else self._schemes
            self._levels[key] = read_across(level, provider_region=region, buyer_region=self._region, known=known).level
        return self._levels[key]

    @cached_property
    def _schemes(self) -> Library:
        """Read once, like the table, and where regions differ only."""
        return schemes()

    def _possible(self, level: str) -> bool:
        table = self._table
        said = {kind: str(self._accreditations.get(kind, NOT_ACCREDITED)) for kind in table.accreditations}
        said |= {LEVEL: level, PURPOSE: self._purpose or UNSTATED, _BUYER_REGION: province(self._region)}
        fixed = {}
        for place, (name, spec) in enumerate(table.inputs.items()):
            value = spec.read(said[name]) if name in said else None
            if value is not None:  # what the table has no word for is refused when it is asked; here it stays open
                fixed[place] = table.diagram.classes[place][value]
        rows = table.diagram.reached(fixed)
        return any(not decision.refused for row in rows for decision in table.answers[row].values())
