"""Seals: settled events get positions without gaps, and each batch a Merkle root chained to the one before.

Writers take identifiers from a sequence and commit in any order, so the highest identifier says nothing about what
may still appear below it. Transactions do: once every transaction below `pg_snapshot_xmin` has ended, no event of one
of them can appear any more. The sealer takes events in the order (transaction, id) below that horizon and remembers
the horizon; it reads committed rows only and locks none, so that writers never wait for it.
"""

from collections.abc import Iterator
from typing import Final

from django.db import connection, transaction
from django.db.models import BigIntegerField, Exists, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from foundation.audit import canonical, keys, merkle
from foundation.audit.models import Event, Seal, SealedPosition

BATCH: Final = 10_000
"""Most events under one seal: bounds the sealer's memory and what a broken root leaves in doubt."""
_LOCK: Final = 0x61756469_7473656C
"""Advisory lock that makes the sealer single ("auditsel")."""


def seal_batch(*, thorough: bool = False, batch: int = BATCH) -> Seal | None:
    """Seal the next settled events, at most `batch`; None where there are none or another process is sealing.

    `thorough` looks for unsealed events below the last horizon too. That is never needed within one database cluster;
    a log restored into another one may have a tail whose transaction numbers mean nothing there.
    """
    with transaction.atomic():
        if not _lock():
            return None
        previous = Seal.objects.order_by("-number").first()
        since = previous.horizon if previous else 0
        horizon, newest = _snapshot()
        everything = thorough or since > newest  # beyond the newest: the last seal was made in another cluster
        events = list((_settled(everything=True) if everything else _settled(since=since))[:batch])
        if not events:
            return None
        if len(events) == batch:  # there may be more: what is left must stay above the horizon
            horizon = since if everything else min(horizon, events[-1].transaction)
        positions = list(_positions(events, previous.last + 1 if previous else 1))
        SealedPosition.objects.bulk_create(positions, batch_size=2_000)
        return _write(previous, positions, horizon)


def _settled(*, since: int = 0, everything: bool = False) -> QuerySet[Event]:
    """Unsealed events that no earlier one can join any more, in log order.

    With `everything` also those numbered beyond the newest transaction: a visible row like that was written in another
    cluster, before a restore, and its transaction is over.
    """
    settled = Q(transaction__gte=since, transaction__lt=_bound("pg_snapshot_xmin"))
    if everything:
        settled |= Q(transaction__gte=_bound("pg_snapshot_xmax"))
    sealed = SealedPosition.objects.filter(event_id=OuterRef("pk"))
    return Event.objects.filter(settled).exclude(Exists(sealed)).order_by("transaction", "pk")


def _bound(function: str) -> Cast:
    """A bound of the snapshot of the very statement that uses it: an older one could call a new row settled."""
    return Cast(Cast(Func(Func(function="pg_current_snapshot"), function=function), TextField()), BigIntegerField())


def _positions(events: list[Event], first: int) -> Iterator[SealedPosition]:
    version = keys.current_version()
    for position, event in enumerate(events, first):
        content = canonical.content(canonical.event_record(event))
        leaf = merkle.leaf(position, content, bytes(event.mac))
        mac = keys.mac(version, keys.POSITION, canonical.position_content(position, event.pk, leaf))
        yield SealedPosition(position=position, event_id=event.pk, leaf_hash=leaf, key_version=version, mac=mac)


def _write(previous: Seal | None, positions: list[SealedPosition], horizon: int) -> Seal:
    tree = merkle.Tree()
    for position in positions:
        tree.add(bytes(position.leaf_hash))
    seal = Seal(
        number=previous.number + 1 if previous else 1,
        first=positions[0].position,
        last=positions[-1].position,
        merkle_root=tree.root(),
        previous_hash=previous.hash if previous else merkle.EMPTY,
        key_version=keys.current_version(),
        sealed_at=timezone.now(),
        horizon=horizon,
    )
    seal.hash = canonical.digest(canonical.seal_record(seal))
    seal.mac = keys.mac(seal.key_version, keys.SEAL, seal.hash)
    seal.save(force_insert=True)
    return seal


def _lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _snapshot() -> tuple[int, int]:
    """(first transaction that may still be running, first that has not begun)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint"
            " FROM pg_current_snapshot() AS s"
        )
        horizon, newest = cursor.fetchone()
    return int(horizon), int(newest)
