"""The log in the database, read in its order from one snapshot with constant memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from foundation.audit import canonical
from foundation.audit.checking import Checker, Place
from foundation.audit.merkle import Node
from foundation.audit.models import Event, Seal, SealedPosition, TreeNode

_STEP: Final = 2_000

Item = Seal | tuple[SealedPosition, Event | None] | tuple[None, Event]


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the log throughout the block; within a caller's transaction the caller decides."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def read() -> Iterator[Item]:
    """The log in order: each seal after its positions, then positions under no seal, then the unsealed tail."""
    reached: int | None = None
    for seal in _seals():
        for place in _places(reached, seal.last):
            reached = place[0].position
            yield place
        yield seal
    yield from _places(reached, None)
    yield from _tail()


def _seals() -> Iterator[Seal]:
    ordered, after = Seal.objects.order_by("number"), None
    while seals := list((ordered if after is None else ordered.filter(number__gt=after))[:_STEP]):
        yield from seals
        after = seals[-1].number


def _places(after: int | None, last: int | None) -> Iterator[tuple[SealedPosition, Event | None]]:
    ordered = SealedPosition.objects.order_by("position")
    within = ordered if last is None else ordered.filter(position__lte=last)
    while places := list((within if after is None else within.filter(position__gt=after))[:_STEP]):
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


def has_nodes() -> bool:
    """Whether inner nodes are remembered: not in a log all of whose seals are older than the tree."""
    newest = Seal.objects.order_by("-number").first()
    return newest is not None and newest.tree_root is not None


def nodes() -> Iterator[Node]:
    """The remembered inner nodes of the log's tree, in the order in which positions complete them."""
    ordered, after = TreeNode.objects.order_by("last", "level"), (0, 0)
    while rows := list(ordered.filter(pk__gt=after).values_list("level", "last", "hash")[:_STEP]):
        yield from (Node(level, last, bytes(hashed)) for level, last, hashed in rows)
        after = (rows[-1][1], rows[-1][0])


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
