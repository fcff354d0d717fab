"""Asking the engine with the facts of the database: the decision table before a grant, the decision point after it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from foundation.participants import selectors as participants
from foundation.participants import states as participant_states
from foundation.participants.accreditation_kinds import DATA_SECURITY_TRAINING
from foundation.participants.models import Organisation
from foundation.rulebooks.in_force import InForce, in_force
from marketplace.authorization.engine import decide as table_engine
from marketplace.authorization.engine import pdp
from marketplace.authorization.engine.table import Decision
from marketplace.authorization.engine.vocabulary import MASKED, ORIGINAL
from marketplace.authorization.listed import facts_of_listing
from marketplace.authorization.models import Grant
from marketplace.authorization.readings import Readings, province, read_across
from marketplace.authorization.rulebook import DECISION_TABLE
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion

DELIVERABLE = (ORIGINAL, MASKED)
"""Forms that can be handed over today; the others of a decision wait for their ways of delivery."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision with the facts and the rules it rests on, and how both regions read the level."""

    rulebook: InForce
    facts: table_engine.AccessFacts
    decision: Decision
    readings: Readings

    @property
    def possible_forms(self) -> tuple[str, ...]:
        """The decision's forms that can be delivered now; never the original where masking is a duty."""
        masked_only = "masking" in self.decision.obligations
        return tuple(
            form for form in self.decision.forms if form in DELIVERABLE and not (masked_only and form == ORIGINAL)
        )

    def as_record(self) -> dict[str, Any]:
        """Rules, inputs, both sides' readings of the level, row and answer as JSON-ready data."""
        return {
            "rulebook": self.rulebook.as_record(),
            "inputs": asdict(self.facts),
            "readings": self.readings.as_record(),
            **self.decision.as_record(),
        }


def rule_on(
    version: ListingVersion, *, level: str, buyer: Organisation, purpose: str | None, person_id: int | None
) -> Ruling:
    """What the table in force says about access to `version`, whose decided national level is `level`, today.

    `person_id` is who asks: training is a person's. Across regions the level counts as the stricter side reads it.
    """
    readings = read_across(level, provider_region=version.region, buyer_region=buyer.region)
    facts = replace(
        facts_of_listing(version, level=readings.level),
        buyer_region=province(buyer.region),
        purpose=purpose,
        accreditations=_accreditations(buyer, person_id),
    )
    rulebook = in_force(DECISION_TABLE)
    return Ruling(rulebook, facts, table_engine.decide(rulebook.rules, facts), readings)


def _accreditations(buyer: Organisation, person_id: int | None) -> dict[str, int]:
    """Kind → level of what stands today; 1 for kinds without levels, training among them."""
    today = timezone.localdate()
    held = participants.standing_accreditations(buyer.pk, on=today)
    found = {kind: 1 if level is None else level for kind, level in held.items()}
    if person_id is not None and participants.trained(person_id, on=today):
        found[DATA_SECURITY_TRAINING] = 1
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision point's verdict on one hand-over, with all it was asked with."""

    facts: pdp.GrantFacts
    verdict: pdp.Verdict
    asked: Mapping[str, Any]

    @property
    def allowed(self) -> bool:
        """Whether the hand-over may take place."""
        return self.verdict.allowed

    def as_record(self) -> dict[str, Any]:
        """Inputs and verdict as JSON-ready data, for the audit log."""
        facts = {name: _plain(value) for name, value in asdict(self.facts).items()}
        reasons = [{"code": reason.code, **reason.params} for reason in self.verdict.reasons]
        return {"asked": dict(self.asked), "facts": facts, "allowed": self.allowed, "reasons": reasons}


def permit(
    grant: Grant, *, now: datetime, form: str, asker_id: int, wanted_bytes: int = 0, own_downloads: int = 0
) -> Answer:
    """Whether organisation `asker_id` may receive `form` under `grant` at `now`, and why not.

    Everything but `grant` is read anew. `own_downloads` of those counted are the asker's running ones, so that a
    download that was counted when it began does not refuse itself later.
    """
    version = ListingVersion.objects.select_related("listing__organisation").get(pk=grant.version_id)
    holder, provider = Organisation.objects.get(pk=grant.organisation_id), version.listing.organisation
    facts = pdp.GrantFacts(
        state=grant.state,
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        forms=tuple(grant.forms),
        granted_level=grant.level,
        listing_level=catalog.level_of(version),
        listing_state=version.state,
        holder=grant.organisation_id,
        holder_verified=holder.state == participant_states.VERIFIED,
        provider=provider.pk,
        provider_verified=provider.state == participant_states.VERIFIED,
        max_downloads=grant.download_limit,
        used_downloads=grant.downloads_used - own_downloads,
        used_bytes=grant.bytes_sent,
    )
    verdict = pdp.permit(facts, now=now, wanted_form=form, asker=asker_id, wanted_bytes=wanted_bytes)
    asked = {"now": now.isoformat(), "form": form, "asker": asker_id, "bytes": wanted_bytes}
    return Answer(facts, verdict, asked)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
