"""Emitting events: a lower floor says what happened, the subscriptions table says which job of which room follows.

An event and the jobs of its listeners are rows of one transaction, so no relay stands between them that could lose or
double one. A listener is given the subject and reads how it is now, under no promise of order: however many events
there were, and whichever job runs first, the last one to run sees what all of them changed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.events.models import Event
from foundation.jobs import policies
from foundation.jobs import services as jobs

BATCH: Final = 1_000


@cache
def subscriptions() -> Mapping[str, Sequence[str]]:
    """Event name → job kinds, from the table that settings name."""
    table: Mapping[str, Sequence[str]] = import_string(settings.SUBSCRIPTIONS)
    return table


@cache
def followers(name: str) -> Sequence[Callable[[int], object]]:
    """What is done at once when this event happens, from the table that settings name: no job, and no other way."""
    return [import_string(path) for path in import_string(settings.DONE_AT_ONCE).get(name, ())]


def emit(
    *, name: str, subject: tuple[str, int], data: Mapping[str, Any] | None = None, organisation_id: int | None = None
) -> Event:
    """Write the event and one job for each subscriber, in the caller's transaction; what follows at once is done first.

    A subscriber's handler gets `subject_id`; a waiting job of the same kind and subject that nobody holds is
    used again: it sees what all callers changed. `organisation_id` names the organisation that may follow the jobs.
    KeyError when the subscriptions table does not list `name`: an event that nobody knows of is a typing error.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("emit() belongs into the transaction of the change it tells of")
    kinds = subscriptions()[name]
    for follow in followers(name):
        follow(subject[1])
    event = Event.objects.create(name=name, subject_type=subject[0], subject_id=subject[1], data=dict(data or {}))
    _tell(event, kinds, organisation_id)
    return event


def _tell(event: Event, kinds: Iterable[str], organisation_id: int | None) -> int:
    """A job for each listener; how many."""
    told = 0
    for kind in kinds:
        jobs.enqueue(
            kind=kind,
            arguments={"subject_id": event.subject_id},
            subject=(event.subject_type, event.subject_id),
            organisation_id=organisation_id,
            dedup_key=f"{kind}:{event.subject_type}:{event.subject_id}",
        )
        told += 1
    return told


def of_participants(name: str, subject: tuple[str, int], organisation_id: int | None) -> None:
    """What `foundation.participants` tells (`happenings`), as an event."""
    emit(name=name, subject=subject, organisation_id=organisation_id)


@transaction.atomic
def replay(*, actor: Actor, event_ids: Iterable[int]) -> int:
    """Tell today's listeners of these events again, oldest first; how many were told. Operators of the exchange.

    For a listener that was added or mended after the event. Events that no table knows any longer tell nobody.
    """
    policies.require_operator(actor)
    told = 0
    for event in Event.objects.filter(pk__in=list(event_ids)).order_by("pk"):
        told += _tell(event, subscriptions().get(event.name, ()), None)
        audit.record(actor=actor, action="event.replayed", subject=("event", event.pk), data={"name": event.name})
    return told


def prune() -> int:
    """Remove events older than EVENT_RETENTION_DAYS; how many. The audit log keeps what must be kept."""
    old = Event.objects.filter(created_at__lt=Now() - timedelta(days=settings.EVENT_RETENTION_DAYS)).order_by("pk")
    removed = 0
    while identifiers := list(old.values_list("pk", flat=True)[:BATCH]):
        removed += Event.objects.filter(pk__in=identifiers).delete()[0]
    return removed
