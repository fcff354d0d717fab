"""The log in the database, read in its order from one snapshot with constant memory."""

from collections.abc import Iterator
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from foundation.audit import canonical
from foundation.audit.checking import Checker, Place
from foundation.audit.models import Event, Seal, SealedPosition

_STEP: Final = 2_000

Item = Seal | tuple[SealedPosition, Event | None] | tuple[None, Event]


def read() -> Iterator[Item]:
    """The log in order: each seal after its positions, then positions under no seal, then the unsealed tail."""
    with transaction.atomic():
        _one_snapshot()
        reached = 0
        for seal in _seals():
            for place in _places(reached, seal.last):
                reached = place[0].position
                yield place
            yield seal
        yield from _places(reached, None)
        yield from _tail()


def _one_snapshot() -> None:
    """See one state of the log throughout; within a caller's transaction the caller decides."""
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _seals() -> Iterator[Seal]:
    number: int | None = None
    while seals := list(
        Seal.objects.order_by("number").filter(**{} if number is None else {"number__gt": number})[:_STEP]
    ):
        yield from seals
        number = seals[-1].number


def _places(after: int, last: int | None) -> Iterator[tuple[SealedPosition, Event | None]]:
    until = {} if last is None else {"position__lte": last}
    while places := list(SealedPosition.objects.order_by("position").filter(position__gt=after, **until)[:_STEP]):
        events = Event.objects.in_bulk([place.event_id for place in places])
        for place in places:
            yield place, events.get(place.event_id)
        after = places[-1].position


def _tail() -> Iterator[tuple[None, Event]]:
    after: int | None = None
    unsealed = Event.objects.exclude(Exists(SealedPosition.objects.filter(event_id=OuterRef("pk")))).order_by("pk")
    while events := list((unsealed if after is None else unsealed.filter(pk__gt=after))[:_STEP]):
        for event in events:
            yield None, event
        after = events[-1].pk


def feed(checker: Checker, item: Item) -> None:
    """Give one item of `read` to the checker."""
    match item:
        case Seal():
            checker.seal(canonical.seal_record(item), bytes(item.hash), bytes(item.mac))
        case (None, Event() as event):
            checker.unsealed(canonical.event_record(event), bytes(event.mac))
        case (SealedPosition() as stored, event):
            place = Place(
                position=stored.position,
                event_id=stored.event_id,
                leaf_hash=bytes(stored.leaf_hash),
                key_version=stored.key_version,
                mac=bytes(stored.mac),
            )
            record, mac = (canonical.event_record(event), bytes(event.mac)) if event else (None, b"")
            checker.sealed(place, record, mac)
