"""Rounds of the allocation: who is allotted which exclusive right, over all open demands at once (P03).

What a round rests on is read, kept with its digest, and computed from; then it is written in one transaction that
locks what it awards, looks again whether each award is still possible, and passes over those that are not: an allotment
never overrides a licence, and nobody is allotted what somebody else has begun to ask for. A round is known by the
instant it was due at, so that a job that is run twice writes one.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import NotFound
from foundation.events import services as events
from foundation.jobs import services as jobs
from foundation.jobs.services import Run
from marketplace.authorization import services as authorization
from marketplace.authorization import states as authorization_states
from marketplace.authorization.allotments import free_of_licences, in_force, over_by
from marketplace.catalog.selectors import published_versions
from marketplace.matching.cadence import last_due
from marketplace.matching.engine.assignment import Allocation, Claim, allocate
from marketplace.matching.engine.assignment import Award as Awarded
from marketplace.matching.models import AllocationRound, Award, Demand, Match
from marketplace.matching.selectors import TRADING
from marketplace.matching.services.each import match_each
from marketplace.matching.services.rematching import PENDING, demands_for_exclusive, rematch_demand

ALLOCATE: Final = "matching.allocate"
BILLIONTHS: Final = 10**9
"""Scores become whole numbers of billionths, which the engine compares exactly."""


def queue_allocation(*, actor: Actor) -> bool:
    """Enqueue the round that is due and not computed yet; whether there was one. Rounds that were missed stay so."""
    due = last_due(timezone.now())
    if AllocationRound.objects.filter(due_at__gte=due).exists():
        return False
    with transaction.atomic():
        jobs.enqueue(kind=ALLOCATE, arguments={"due_at": due.isoformat()}, dedup_key=f"{ALLOCATE}:{due.isoformat()}")
    return True


def allocate_rights(run: Run, *, actor: Actor, due_at: datetime) -> dict[str, int]:
    """Compute and write the round of an instant, as attempt `run` of a job; nothing where it is written already.

    What lapses by now takes part: demands that it was kept from are matched again before it lapses, so that a worker
    that dies between leaves it to the next.
    """
    demands = demands_for_exclusive(over_by(timezone.now()))
    match_each(run, actor=actor, demands=demands, match=rematch_demand)
    authorization.lapse_allotments(actor=actor)
    claims = current_claims(settings.ALLOCATION_CANDIDATES)
    result = allocate(claims)
    with run.commit():
        return _write_round(actor, due_at, claims, result)


def current_claims(most: int) -> list[Claim]:
    """The open demands for exclusive licences, each with the best `most` of its matches that can be allotted.

    Candidates meet all constraints of the demand, are published, offer an exclusive licence, and are free of other
    licences. What was allotted to a demand is not offered to it again, nor to others of its buyer within
    settings.ALLOTMENT_PAUSE_DAYS: nobody keeps a right from everybody by letting it lapse again and again.
    """
    lately = Q(allotment__created_at__gt=timezone.now() - timedelta(days=settings.ALLOTMENT_PAUSE_DAYS))
    same_buyer = Q(demand__organisation=OuterRef("demand__organisation"))
    before = Award.objects.filter(
        Q(demand=OuterRef("demand")) | (same_buyer & lately), allotment__listing=OuterRef("listing")
    )
    rows = (
        _taking_part()
        .filter(version__in=published_versions().filter(exclusive_offered=True))
        .exclude(Exists(before))
        .order_by("demand_id", "-score", "listing_id")
        .values_list("demand_id", "demand__created_at", "listing_id", "score")
    )
    found = list(rows)
    free = free_of_licences({row[2] for row in found})
    return [
        Claim(demand_id, stated_at, tuple((listing_id, billionths(score)) for *_d, listing_id, score in best[:most]))
        for (demand_id, stated_at), offers in groupby(found, key=lambda row: row[:2])
        if (best := [offer for offer in offers if offer[2] in free])
    ]


def _taking_part() -> QuerySet[Match]:
    """Matches that meet all constraints of a demand that takes part: open, without a right that it was allotted.

    Rounds are held as days begin: a demand whose last day is over may not have been ended yet.
    """
    granted = Q(allotment__request__state=authorization_states.APPROVED)
    has = Award.objects.filter(Q(allotment__in=in_force()) | granted, demand=OuterRef("demand"))
    over = Q(demand__expires_on__lt=timezone.localdate())
    trading = Match.objects.filter(TRADING, demand__exclusive=True)
    return trading.filter(~over, ~Exists(has), state__in=PENDING, eligible=True)


def billionths(score: float) -> int:
    """A score as the engine's whole number, at least 1."""
    return max(1, round(score * BILLIONTHS))


def as_record(claims: Sequence[Claim]) -> list[list[Any]]:
    """The claims as JSON, in order of demands: number, when it was stated, and the candidates with their values."""
    return [
        [claim.demand, claim.opened_at.isoformat(), [list(candidate) for candidate in claim.candidates]]
        for claim in sorted(claims, key=lambda claim: claim.demand)
    ]


def from_record(record: Sequence[Sequence[Any]]) -> Iterator[Claim]:
    """The claims of a record."""
    for demand, stated_at, candidates in record:
        yield Claim(demand, datetime.fromisoformat(stated_at), tuple((listing, value) for listing, value in candidates))


def digest(record: Sequence[Sequence[Any]]) -> str:
    """SHA-256 of the record as compact JSON."""
    return hashlib.sha256(json.dumps(record, separators=(",", ":")).encode()).hexdigest()


def differences(round_id: int) -> list[str]:
    """What of a round does not follow from the inputs that it keeps, in words; empty where all does. NotFound.

    Awards that were passed over when the round was written may be missing, none may be another.
    """
    row = AllocationRound.objects.filter(pk=round_id).first()
    if row is None:
        raise NotFound
    found = [] if digest(row.inputs) == row.inputs_sha256 else ["the inputs do not have their digest"]
    computed = {
        (one.demand, one.listing, one.value, one.next_demand, one.others_lose)
        for one in allocate(from_record(row.inputs)).awards
    }
    fields = ("demand", "allotment__listing", "value", "next_demand", "others_lose")
    kept = set(row.awards.values_list(*fields))
    found += [f"demand {demand} was awarded listing {listing}" for demand, listing, *_rest in sorted(kept - computed)]
    if len(computed) != len(kept) + row.passed_over:
        found.append(f"{len(computed)} awards follow; {len(kept)} are kept and {row.passed_over} were passed over")
    return found


def _write_round(actor: Actor, due_at: datetime, claims: Sequence[Claim], result: Allocation) -> dict[str, int]:
    if AllocationRound.objects.filter(due_at__gte=due_at).exists():
        return {}
    still = _still_possible(result.awards)
    record = as_record(claims)
    row = AllocationRound.objects.create(
        due_at=due_at,
        claims=len(claims),
        candidates=sum(len(claim.candidates) for claim in claims),
        awarded=len(still),
        passed_over=len(result.awards) - len(still),
        total=sum(award.value for award, *_which in still),
        candidates_each=settings.ALLOCATION_CANDIDATES,
        days=settings.ALLOTMENT_DAYS,
        inputs=record,
        inputs_sha256=digest(record),
    )
    ends_at = timezone.now() + timedelta(days=row.days)
    for award, buyer_id, version_id in still:
        allotment = authorization.propose_allotment(
            actor=actor, listing_id=award.listing, organisation_id=buyer_id, ends_at=ends_at
        )
        _keep(actor, row, award, allotment.pk, version_id)
    counts = {"claims": row.claims, "awarded": row.awarded, "passed_over": row.passed_over}
    data = {**counts, "total": row.total, "inputs_sha256": row.inputs_sha256, "due_at": due_at.isoformat()}
    audit.record(actor=actor, action="allocation.computed", subject=("allocation_round", row.pk), data=data)
    events.emit(name="allocation.computed", subject=("allocation_round", row.pk))
    return counts


def _still_possible(awards: Sequence[Awarded]) -> list[tuple[Awarded, int, int]]:
    """The awards that nothing has come in the way of since they were computed, each with the buyer and the version.

    Demands are locked, then the published versions, as everybody does who closes the one, or decides on its matches,
    or asks for the other.
    """
    demands = Demand.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    wanting = demands.filter(pk__in=[award.demand for award in awards])
    buyers = dict(wanting.values_list("pk", "organisation_id"))
    matches = _taking_part().filter(demand__in=buyers, listing__in=[award.listing for award in awards])
    pending = set(matches.values_list("demand_id", "listing_id"))
    offered = published_versions().filter(listing_id__in=[award.listing for award in awards], exclusive_offered=True)
    versions = offered.select_related(None).select_for_update(of=("self",), no_key=True).order_by("pk")
    current = dict(versions.values_list("listing_id", "pk"))
    free = free_of_licences(current)
    return [
        (award, buyers[award.demand], current[award.listing])
        for award in awards
        if (award.demand, award.listing) in pending and award.listing in free
    ]


def _keep(actor: Actor, row: AllocationRound, award: Awarded, allotment_id: int, version_id: int) -> None:
    Award.objects.create(
        round=row,
        demand_id=award.demand,
        allotment_id=allotment_id,
        version_id=version_id,
        value=award.value,
        next_demand_id=award.next_demand,
        others_lose=award.others_lose,
    )
    data = {
        "round": row.pk,
        "allotment": allotment_id,
        "listing": award.listing,
        "value": award.value,
        "next_demand": award.next_demand,
        "others_lose": award.others_lose,
    }
    audit.record(actor=actor, action="demand.awarded", subject=("demand", award.demand), data=data)
