"""Reading incidents: the exchange sees all, reporters their own, providers those of their listings.

Holders of grants do not: whoever may have leaked something is not told who has noticed. They see that their grant is
suspended, and why.
"""

from django.db import models

from foundation.actors import Actor
from foundation.errors import NotFound
from marketplace.incidents.models import Incident, IncidentSubject


def visible_incidents(actor: Actor) -> models.QuerySet[Incident]:
    """The incidents that `actor` may see, newest first."""
    concerned = IncidentSubject.objects.select_related("listing", "grant__listing", "delivery__grant__listing")
    rows = Incident.objects.select_related("organisation").prefetch_related(
        models.Prefetch("subjects", concerned.order_by("pk"))
    )
    if actor.is_system or actor.is_exchange:
        return rows
    if actor.organisation_id is None:
        return rows.none()
    own = IncidentSubject.objects.filter(
        models.Q(listing__organisation=actor.organisation_id)
        | models.Q(grant__listing__organisation=actor.organisation_id)
        | models.Q(delivery__grant__listing__organisation=actor.organisation_id),
        incident=models.OuterRef("pk"),
    )
    return rows.filter(models.Q(organisation=actor.organisation_id) | models.Exists(own))


def incident(actor: Actor, incident_id: int) -> Incident:
    """One incident, or NotFound."""
    row = visible_incidents(actor).filter(pk=incident_id).first()
    if row is None:
        raise NotFound
    return row


def shown_subjects(actor: Actor, row: Incident) -> list[IncidentSubject]:
    """What of it `actor` may know: a provider its own listings, grants and deliveries, not those of others."""
    subjects = list(row.subjects.all())
    if knows_all(actor, row):
        return subjects
    return [subject for subject in subjects if _provider_of(subject) == actor.organisation_id]


def knows_all(actor: Actor, row: Incident) -> bool:
    """The exchange, and who reported it. A provider may be the one that is accused: it is not told who has noticed."""
    return actor.is_system or actor.is_exchange or actor.organisation_id == row.organisation_id


def _provider_of(subject: IncidentSubject) -> int | None:
    if subject.listing is not None:
        return subject.listing.organisation_id
    grant = subject.grant if subject.delivery is None else subject.delivery.grant
    return None if grant is None else grant.listing.organisation_id


def parties(row: Incident) -> frozenset[int]:
    """The organisations that it concerns: providers of the listings, holders of the grants."""
    found = row.subjects.values_list(
        "listing__organisation",
        "grant__organisation",
        "grant__listing__organisation",
        "delivery__grant__organisation",
        "delivery__grant__listing__organisation",
    )
    return frozenset(pk for subject in found for pk in subject if pk is not None)
