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
    rows = Incident.objects.select_related("organisation").prefetch_related("subjects")
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
