"""Reading demands and matches: the buyer sees its own, the exchange sees all."""

from collections.abc import Collection
from typing import Any, Final

from django.db import models
from django.db.models import Exists, OuterRef

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.jobs.models import Job
from foundation.participants.models import Accreditation
from foundation.participants.states import VERIFIED
from grading.models import Grade, QualityAssessment
from marketplace.authorization.models import Allotment
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.selectors import published_versions
from marketplace.matching import policies, states
from marketplace.matching.models import Award, Demand, DemandSample, Match

SHOWN = (states.PROPOSED, states.ACCEPTED, states.CONVERTED)
"""States of the matches that a buyer is shown unless it asks for others."""
TRADING: Final = models.Q(demand__state=states.OPEN, demand__organisation__state=VERIFIED)
"""Of matches: those whose demand is open, and whose buyer may trade."""


def visible_demands(actor: Actor) -> models.QuerySet[Demand]:
    """The demands that `actor` may see."""
    return Demand.objects.filter(policies.visible(actor)).select_related("organisation")


def demand(actor: Actor, demand_id: int) -> Demand:
    """One demand, or NotFound."""
    row = visible_demands(actor).filter(pk=demand_id).first()
    if row is None:
        raise NotFound
    return row


def sample(actor: Actor, demand_id: int) -> DemandSample:
    """The sample of a demand; NotFound where it has none, and for a demand that the actor may not see."""
    rows = DemandSample.objects.filter(policies.visible(actor, "demand__")).select_related("demand")
    row = rows.filter(demand=demand_id).first()
    if row is None:
        raise NotFound
    return row


def latest_sample_job(sample_id: int) -> Job | None:
    """The newest job that reads a sample."""
    return Job.objects.filter(subject_type="demand_sample", subject_id=sample_id).order_by("-pk").first()


def visible_matches(actor: Actor) -> models.QuerySet[Match]:
    """The matches that `actor` may see, in every state, with the listing versions they propose."""
    rows = Match.objects.filter(policies.visible(actor, "demand__"))
    return rows.select_related("demand", "version__listing__organisation")


def match(actor: Actor, match_id: int) -> Match:
    """One match, or NotFound."""
    row = visible_matches(actor).filter(pk=match_id).first()
    if row is None:
        raise NotFound
    return row


def matches_of(actor: Actor, demand_id: int, *, state: str = "") -> models.QuerySet[Match]:
    """The matches of one demand in the order of their ranks: those in `state`, else all but dismissed and lapsed ones.

    NotFound for a demand that the actor may not see.
    """
    found = visible_matches(actor).filter(demand=demand(actor, demand_id))
    return (found.filter(state=state) if state else found.filter(state__in=SHOWN)).order_by("rank", "pk")


def listings_of_version(version_id: int) -> list[int]:
    """The listing that a version belongs to, whatever its state; empty when there is no such version."""
    return list(ListingVersion.objects.filter(pk=version_id).values_list("listing_id", flat=True))


def demands_losing_to(round_id: int) -> list[int]:
    """The open demands that were proposed an exclusive right which a round of the allocation gave to another buyer."""
    awards = Award.objects.filter(round=round_id)
    own = awards.filter(allotment__listing=OuterRef("listing"), demand__organisation=OuterRef("demand__organisation"))
    pending = Match.objects.filter(state__in=(states.PROPOSED, states.ACCEPTED))
    lost = pending.filter(listing__in=awards.values("allotment__listing")).exclude(Exists(own))
    found = Demand.objects.filter(state=states.OPEN, exclusive=True, pk__in=lost.values("demand_id"))
    return list(found.order_by("pk").values_list("pk", flat=True))


def listings_of_allotment(**which: int) -> list[int]:
    """The listing of the allotment with this `pk`, or taken up with this `request`; empty when there is none."""
    return list(Allotment.objects.filter(**which).values_list("listing_id", flat=True))


def wanting_exclusive(demand_ids: Collection[int]) -> list[int]:
    """Those of these demands that are open and ask for an exclusive licence."""
    found = Demand.objects.filter(pk__in=demand_ids, state=states.OPEN, exclusive=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def demands_of_holder(accreditation_id: int) -> list[int]:
    """The open demands of the organisation, or of the person, that holds an accreditation."""
    row = Accreditation.objects.filter(pk=accreditation_id).first()
    if row is None:
        return []
    holder = {"created_by": row.user_id} if row.organisation_id is None else {"organisation": row.organisation_id}
    found = Demand.objects.filter(state=states.OPEN, **holder)
    return list(found.order_by("pk").values_list("pk", flat=True))


def open_demands_of(organisation_id: int) -> list[int]:
    """The open demands of an organisation."""
    found = Demand.objects.filter(state=states.OPEN, organisation=organisation_id)
    return list(found.order_by("pk").values_list("pk", flat=True))


def open_demands_of_match(match_id: int) -> list[int]:
    """The demand of a match, if it is open."""
    return list(Demand.objects.filter(state=states.OPEN, matches=match_id).values_list("pk", flat=True))


def published_listings_of_grade(grade_id: int) -> list[int]:
    """The listings whose published version has the file that was graded."""
    return _published_with(Grade.objects.filter(pk=grade_id).values("asset_id"))


def published_listings_of_assessment(assessment_id: int) -> list[int]:
    """The listings whose published version has the file that was assessed."""
    return _published_with(QualityAssessment.objects.filter(pk=assessment_id).values("asset_id"))


def _published_with(asset_ids: Any) -> list[int]:
    found = published_versions().filter(distributions__asset_id__in=asset_ids)
    return list(found.order_by("listing_id").values_list("listing_id", flat=True).distinct())
