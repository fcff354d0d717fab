"""Listings in each mode, and requests for them, by the real services."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.participants.models import Accreditation
from foundation.participants.selectors import member_actor
from grading.models import Grade
from marketplace.authorization import services
from marketplace.authorization.agreement import terms_digest
from marketplace.authorization.models import AccessRequest, ApprovalStep, Grant, Scenario
from marketplace.catalog.models import ListingVersion
from tests.factories import Party, World, decided, examined, published_listing

OPEN = {"level": "general_1", "supply_mode": "open", "sector": "statistics", "origin": "public", "price": Decimal(0)}
UNIFIED = {"level": "general_1", "sector": "transport"}
BY_SECTOR = {
    "level": "general_4",
    "sector": "health",
    "origin": "personal",
    "consent_kind": "separate_consent",
    "consent_basis": "written consent to provision for research, 2024",
}
DEMANDING = ("general_4", "important")
"""Levels that ask for accreditations."""
BY_SCENARIO = {"level": "general_1", "sector": "meteorology", "scenario": "winter_roads"}


def listing(world: World, kind: dict[str, Any], **changes: Any) -> ListingVersion:
    """A published version that the default table treats as `kind` says."""
    said = {**kind, **changes}
    if said["level"] in DEMANDING:
        for party in (world.buyer, world.other_buyer):
            accredit(party)
    return published_listing(world, **said)


def accredit(party: Party, **levels: int | None) -> None:
    """Certificates that count today, as the exchange would have confirmed them; by default all that data asks for."""
    whole = {"data_security_capability": 3, "classified_protection": 3, "data_security_training": None}
    days = {"valid_from": timezone.localdate(), "valid_until": timezone.localdate()}
    rows = [
        Accreditation(
            kind=kind, level=level, claimed_via_id=party.organisation_id, issuer="Body", number="1", **days,
            **({"user": party.user} if kind.endswith("training") else {"organisation_id": party.organisation_id}),
        )
        for kind, level in (levels or whole).items()
        if not Accreditation.objects.filter(kind=kind, claimed_via=party.organisation_id).exists()
    ]  # fmt: skip
    made = Accreditation.objects.bulk_create(rows)
    Accreditation.objects.filter(pk__in=[row.pk for row in made]).update(state="confirmed")


def regrade(world: World, version: ListingVersion, level: str) -> None:
    """Reviewers decide anew on the version's file."""
    asset = version.distributions.get().asset
    Grade.objects.filter(asset=asset).update(state="superseded")
    decided(examined(asset), world, level=level, category=version.sector)


def ask(world: World, version: ListingVersion, buyer: Party | None = None, **changes: Any) -> AccessRequest:
    """A request for research by the world's buyer, for the form that the level allows."""
    wish: dict[str, Any] = {"purpose": "research", "form": "original", "term_days": 30}
    return services.request_access(
        actor=(buyer or world.buyer).actor, listing_id=version.listing_id, **{**wish, **changes}
    )


def scenario_parties(world: World) -> list[tuple[Party, Party]]:
    """Two authorities: of each its administrator and an approver."""
    parties = []
    for name in ("City Traffic Office", "Province Traffic Department"):
        first = world.organisation(name, "scenario_authority", kind="authority")
        parties.append((first, world.colleague(first, "approver")))
    return parties


def winter_roads(world: World, *organisations: int) -> Scenario:
    """The scenario that `BY_SCENARIO` listings name, its levels in this order."""
    return services.create_scenario(
        actor=world.exchange.actor,
        code="winter_roads",
        name="Winter road safety",
        name_zh="冬季道路安全",
        levels=[services.Level(f"Level {place}", pk) for place, pk in enumerate(organisations, start=1)],
    )


def steps(request: AccessRequest) -> list[ApprovalStep]:
    """The chain as it is now."""
    return list(ApprovalStep.objects.filter(request=request).order_by("position"))


def states(request: AccessRequest) -> tuple[str, list[str], int]:
    """State of the request, states of its steps, number of grants: what refused calls must leave as it was."""
    request.refresh_from_db()
    return request.state, [step.state for step in steps(request)], Grant.objects.filter(request=request).count()


def accepted(grant: Grant) -> Grant:
    """The grant, its terms accepted by the person who asked for it."""
    person = grant.request.requested_by
    actor = member_actor(user_id=person.pk, organisation_id=grant.organisation_id)
    assert actor is not None
    return services.accept_terms(actor=actor, grant_id=grant.pk, sha256=terms_digest(grant.agreement))


def granted(world: World, **changes: Any) -> Grant:
    """A grant for an open listing, at once, its terms accepted."""
    listed = {name: changes.pop(name) for name in ("content", "filename", "columns") if name in changes}
    return accepted(Grant.objects.get(request=ask(world, listing(world, OPEN, **listed), **changes)))
