"""Reads of the audit log."""

from django.db.models import Model, QuerySet

from foundation.actors import Actor
from foundation.audit import policies
from foundation.audit.models import Event
from foundation.audit.services import subject_key
from foundation.errors import NotFound


def timeline(subject: tuple[str, object] | Model) -> QuerySet[Event]:
    """What happened to one subject, oldest first. For rooms that have already found that the actor sees the subject."""
    subject_type, subject_id = subject_key(subject)
    return Event.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("pk")


def visible_events(actor: Actor) -> QuerySet[Event]:
    """All events, newest first, for auditors and administrators of the exchange; none for anybody else."""
    return Event.objects.all() if policies.may_read(actor) else Event.objects.none()


def event_to_prove(actor: Actor, event_id: int) -> Event:
    """An event that the actor may take a proof of: any for who reads the log, else what its own organisation did.

    NotFound otherwise. A proof holds the whole event, the person included, so that seeing a request's history, which
    names no persons of other organisations, is not enough.
    """
    events = Event.objects.filter(pk=event_id)
    if not policies.may_read(actor):
        if actor.organisation_id is None:
            raise NotFound
        events = events.filter(actor_organisation_id=actor.organisation_id)
    event = events.first()
    if event is None:
        raise NotFound
    return event
