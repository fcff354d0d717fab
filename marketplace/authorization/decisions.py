"""Asking the engine with the facts of the database: the decision table before a grant, the decision point after it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from foundation.audit.canonical import digest
from foundation.participants import selectors as participants
from foundation.participants import states as participant_states
from foundation.participants.accreditation_kinds import DATA_SECURITY_TRAINING
from foundation.participants.models import Organisation
from foundation.rulebooks.in_force import InForce, in_force, recalled
from marketplace.authorization.engine import decide as table_engine
from marketplace.authorization.engine import pdp
from marketplace.authorization.engine.demanded import demanded_accreditations
from marketplace.authorization.engine.stricter import Held, stricter
from marketplace.authorization.engine.table import Decision
from marketplace.authorization.engine.vocabulary import MASKED, ORIGINAL
from marketplace.authorization.listed import facts_of_listing
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.readings import Readings, province, read_across
from marketplace.authorization.rulebook import DECISION_TABLE
from marketplace.catalog import selectors as catalog
from marketplace.catalog import states as catalog_states
from marketplace.catalog.models import ListingVersion

DELIVERABLE = (ORIGINAL, MASKED)
"""Forms that can be handed over today; the others of a decision wait for their ways of delivery."""
MOST_RECORDED = 50
"""Columns that the record of a decision names one by one."""


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
        accreditations=accreditations_of(buyer, person_id),
    )
    rulebook = in_force(DECISION_TABLE)
    return Ruling(rulebook, facts, table_engine.decide(rulebook.rules, facts), readings)


def rule_on_request(request: AccessRequest, *, level: str) -> Ruling:
    """The same of what a request asks for, by the table and with the accreditations of today."""
    return rule_on(
        request.version,
        level=level,
        buyer=request.organisation,
        purpose=request.purpose,
        person_id=request.requested_by_id,
    )


def accreditations_of(buyer: Organisation, person_id: int | None) -> dict[str, int]:
    """Kind → level of what stands today; 1 for kinds without levels, training among them."""
    today = timezone.localdate()
    held = participants.standing_accreditations(buyer.pk, on=today)
    found = {kind: 1 if level is None else level for kind, level in held.items()}
    if person_id is not None and participants.trained(person_id, on=today):
        found[DATA_SECURITY_TRAINING] = 1
    return found


def demanded_by(rulebook: InForce, facts: table_engine.AccessFacts, held: Held) -> list[dict[str, int]]:
    """The least accreditations under which these rules still bear what is held, all else equal; each entry suffices."""
    found = demanded_accreditations(rulebook.rules, facts, lambda decision: not stricter(held, decision))
    return [dict(entry) for entry in found]


def demanded_of(request: AccessRequest, held: Held, level: str) -> list[dict[str, int]]:
    """The same by the rules and on the inputs that the request was answered by.

    Where this version of the exchange cannot read them any longer, by the rules in force at the decided `level`.
    """
    try:
        facts = table_engine.AccessFacts(**request.decision["inputs"])
        rulebook = recalled(request.decision["rulebook"])
    except (KeyError, TypeError):
        ruling = rule_on_request(request, level=level)
        return demanded_by(ruling.rulebook, ruling.facts, held)
    return demanded_by(rulebook or in_force(DECISION_TABLE), facts, held)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What person `person_id` of organisation `asker_id` is to receive: `form`, with which `columns` (empty: all).

    `bytes` and `rows` are what would leave now; `rows` None where nobody has counted them. `own_downloads` of those
    that are counted already are this one, so that a download that was counted when it began does not refuse itself.
    """

    form: str
    asker_id: int
    person_id: int | None
    columns: frozenset[str] = frozenset()
    bytes: int = 0
    rows: int | None = 0
    own_downloads: int = 0


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


def permit(grant: Grant, wanted: HandOver, *, now: datetime) -> Answer:
    """Whether what is `wanted` may be handed over under `grant` at `now`, and why not.

    Everything but `grant` is read anew: listing, level, both parties; accreditations where the grant rests on them.
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
        listing_state=_state(version),
        holder=grant.organisation_id,
        holder_verified=holder.state == participant_states.VERIFIED,
        provider=provider.pk,
        provider_verified=provider.state == participant_states.VERIFIED,
        terms_accepted=grant.accepted_at is not None,
        obligations=tuple(grant.obligations),
        columns=frozenset(grant.columns),
        demanded=tuple(grant.demanded or ()),
        accredited=accreditations_of(holder, wanted.person_id) if grant.demanded else {},
        max_downloads=grant.download_limit,
        used_downloads=grant.downloads_used - wanted.own_downloads,
        max_rows=grant.row_limit,
        used_rows=grant.rows_sent,
        max_bytes=grant.byte_limit,
        used_bytes=grant.bytes_sent,
    )
    asked = pdp.Wanted(wanted.form, wanted.asker_id, wanted.columns, wanted.bytes, wanted.rows)
    verdict = pdp.permit(facts, asked, now=now)
    record = {
        "now": now.isoformat(),
        "form": wanted.form,
        "asker": wanted.asker_id,
        "person": wanted.person_id,
        "columns": _plain(wanted.columns),
        "bytes": wanted.bytes,
        "rows": wanted.rows,
    }
    return Answer(facts, verdict, record)


def _state(version: ListingVersion) -> str:
    """The version's own; of a superseded one the suspension of what took its place, where nothing is published.

    What stops a listing is about its data, of which a former version has most.
    """
    if version.state == catalog_states.SUPERSEDED:
        others = ListingVersion.objects.filter(listing=version.listing_id).values_list("state", flat=True)
        found = set(others)
        if catalog_states.SUSPENDED in found and catalog_states.PUBLISHED not in found:
            return catalog_states.SUSPENDED
    return version.state


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        names = sorted(value)
        # an event of the log holds no long documents: a table may have thousands of columns
        return names if len(names) <= MOST_RECORDED else {"count": len(names), "sha256": _digest(names)}
    return list(value) if isinstance(value, tuple) else value


def _digest(names: list[str]) -> str:
    return digest({"columns": names}).hex()
