"""Emitting events: a lower floor says what happened, the subscriptions table says which job of which room follows."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from foundation.events.models import Event
from foundation.jobs import services as jobs


@cache
def subscriptions() -> Mapping[str, Sequence[str]]:
    """Event name → job kinds, from the table that settings name."""
    table: Mapping[str, Sequence[str]] = import_string(settings.SUBSCRIPTIONS)
    return table


def emit(
    *, name: str, subject: tuple[str, int], data: Mapping[str, Any] | None = None, organisation_id: int | None = None
) -> Event:
    """Write the event and one job for each subscriber, in the caller's transaction.

    A subscriber's handler gets `subject_id`; jobs of the same kind and subject that have not begun are one job, which
    sees what all callers changed. `organisation_id` names the organisation that may follow the jobs.
    KeyError when the subscriptions table does not list `name`: an event that nobody knows of is a typing error.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("emit() belongs into the transaction of the change it tells of")
    kinds = subscriptions()[name]
    event = Event.objects.create(name=name, subject_type=subject[0], subject_id=subject[1], data=dict(data or {}))
    for kind in kinds:
        jobs.enqueue(
            kind=kind,
            arguments={"subject_id": subject[1]},
            subject=subject,
            organisation_id=organisation_id,
            dedup_key=f"{kind}:{subject[0]}:{subject[1]}",
        )
    return event


def of_participants(name: str, subject: tuple[str, int], organisation_id: int | None) -> None:
    """What `foundation.participants` tells (`happenings`), as an event."""
    emit(name=name, subject=subject, organisation_id=organisation_id)
