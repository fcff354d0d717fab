"""Reads of the audit log."""

from django.db.models import Model, QuerySet

from foundation.actors import Actor
from foundation.audit import policies
from foundation.audit.models import Event
from foundation.audit.services import subject_key


def timeline(subject: tuple[str, object] | Model) -> QuerySet[Event]:
    """What happened to one subject, oldest first. For rooms that have already found that the actor sees the subject."""
    subject_type, subject_id = subject_key(subject)
    return Event.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("pk")


def visible_events(actor: Actor) -> QuerySet[Event]:
    """All events, newest first, for auditors and administrators of the exchange; none for anybody else."""
    return Event.objects.all() if policies.may_read(actor) else Event.objects.none()
