"""Seals: settled events get positions without gaps, and each batch a Merkle root chained to the one before.

Each seal also says the root of the one tree over all positions so far (foundation.audit.merkle), grown on from the
frontier that the seal before it left; that frontier is believed only when the seal's code fits.

Writers take identifiers from a sequence and commit in any order, so the highest identifier says nothing about what
may still appear below it. Transactions do: once every transaction of this database below a horizon has ended, no event
of one of them can appear any more. The sealer takes events in the order (transaction, id) below that horizon and
remembers the horizon; it reads committed rows only and locks none, so that writers never wait for it.
"""

import hashlib
import itertools
import logging
from collections.abc import Iterator
from typing import Final

from django.db import connection, transaction
from django.db.models import BigIntegerField, Exists, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from foundation.audit import canonical, keys, merkle
from foundation.audit.models import Event, Seal, SealedPosition, TreeNode

BATCH: Final = 10_000
"""Most events under one seal: bounds the sealer's memory and what a broken root leaves in doubt."""
LOOKS: Final = 5
"""How often the sealer looks before it lets a transaction that it cannot see hold it back until the next run."""
_LOCK: Final = 0x61756469_7473656C
"""Advisory lock that makes the sealer single ("auditsel")."""

log = logging.getLogger(__name__)


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
        events = list(_settled(since=since, horizon=horizon, everything=everything)[:batch])
        if not events:
            return None
        if len(events) == batch:  # there may be more: what is left must stay above the horizon
            horizon = since if everything else min(horizon, events[-1].transaction)
        positions = list(_positions(events, previous.last + 1 if previous else 1))
        tree = _grown(previous)
        SealedPosition.objects.bulk_create(positions, batch_size=2_000)
        return _write(previous, positions, tree, horizon)


def _settled(*, since: int, horizon: int, everything: bool) -> QuerySet[Event]:
    """Unsealed events that no earlier one can join any more, in log order; `everything`: from the first, not `since`.

    With `everything` also those numbered beyond the newest transaction: a visible row like that was written in another
    cluster, before a restore, and its transaction is over.
    """
    settled = Q(transaction__gte=0 if everything else since, transaction__lt=horizon)
    if everything:
        settled |= Q(transaction__gte=_newest())
    sealed = SealedPosition.objects.filter(event_id=OuterRef("pk"))
    return Event.objects.filter(settled).exclude(Exists(sealed)).order_by("transaction", "pk")


def _newest() -> Cast:
    """The end of the snapshot of the very statement that uses it: by an older one a new row would look restored."""
    snapshot = Func(function="pg_current_snapshot")
    return Cast(Cast(Func(snapshot, function="pg_snapshot_xmax"), TextField()), BigIntegerField())


def _positions(events: list[Event], first: int) -> Iterator[SealedPosition]:
    version = keys.current_version()
    for position, event in enumerate(events, first):
        content = canonical.content(canonical.event_record(event))
        leaf = merkle.leaf(position, content, bytes(event.mac))
        mac = keys.mac(version, keys.POSITION, canonical.position_content(position, event.pk, leaf))
        yield SealedPosition(position=position, event_id=event.pk, leaf_hash=leaf, key_version=version, mac=mac)


def authentic(seal: Seal) -> bool:
    """Whether the exchange made this seal, as it is stored."""
    stored = bytes(seal.hash)
    return (
        hashlib.sha256(canonical.content(canonical.seal_record(seal))).digest() == stored
        and keys.fits(seal.key_version, keys.SEAL, stored, bytes(seal.mac))
    )  # fmt: skip


def _grown(previous: Seal | None) -> merkle.Tree:
    """The log's tree up to the previous seal: from what that seal left, else from all positions."""
    if previous is None:
        return merkle.Tree(remember=True)
    if previous.tree_root is not None and previous.frontier is not None and authentic(previous):
        try:
            tree = merkle.Tree.resumed(previous.last, bytes(previous.frontier))
        except ValueError:
            pass
        else:
            if tree.root() == bytes(previous.tree_root):
                return tree
    log.warning("the audit log's tree is built anew from all %s positions", previous.last)
    tree = merkle.Tree(remember=True)
    stored = SealedPosition.objects.filter(position__range=(1, previous.last)).order_by("position")
    for position, leaf_hash in stored.values_list("position", "leaf_hash").iterator(chunk_size=10_000):
        tree.extend(itertools.repeat(merkle.EMPTY, position - tree.size - 1))  # so that all others keep their place
        tree.add(bytes(leaf_hash))
    tree.extend(itertools.repeat(merkle.EMPTY, previous.last - tree.size))
    return tree


def _write(previous: Seal | None, positions: list[SealedPosition], log_tree: merkle.Tree, horizon: int) -> Seal:
    tree = merkle.Tree()
    for position in positions:
        tree.add(bytes(position.leaf_hash))
        log_tree.add(bytes(position.leaf_hash))
    nodes = [TreeNode(level=node.level, last=node.last, hash=node.hash) for node in log_tree.completed()]
    TreeNode.objects.bulk_create(nodes, batch_size=2_000, ignore_conflicts=True)
    seal = Seal(
        number=previous.number + 1 if previous else 1,
        first=positions[0].position,
        last=positions[-1].position,
        merkle_root=tree.root(),
        previous_hash=previous.hash if previous else merkle.EMPTY,
        key_version=keys.current_version(),
        sealed_at=timezone.now(),
        horizon=horizon,
        tree_root=log_tree.root(),
        frontier=log_tree.frontier,
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
    """(first transaction of this database that may still be running, first that has not begun).

    A snapshot counts the transactions of the whole cluster. One that is seen running in another database cannot write
    here and does not hold the horizon back; one that cannot be seen (prepared, of another role) does. One that ended
    between the two looks is in neither: look again. The horizon never passes the asking transaction itself, which its
    own snapshot does not count as running.
    """
    for _look in range(LOOKS):
        horizon, newest, unexplained = _look_once()
        if not unexplained:
            break
    return horizon, newest


def _look_once() -> tuple[int, int, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction the list of others is read only once
        cursor.execute("""
            WITH current AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot),
                 running AS MATERIALIZED (
                     SELECT running::text::bigint AS number, other.pid IS NULL AS unexplained,
                            coalesce(other.datname <> current_database(), false) AS elsewhere
                       FROM current, pg_snapshot_xip(snapshot) AS running
                       LEFT JOIN pg_stat_activity AS other ON other.backend_xid = running::xid)
            SELECT least((SELECT min(number) FROM running WHERE NOT elsewhere),
                         pg_current_xact_id_if_assigned()::text::bigint,
                         pg_snapshot_xmax(snapshot)::text::bigint),
                   pg_snapshot_xmax(snapshot)::text::bigint,
                   coalesce((SELECT bool_or(unexplained) FROM running), false)
              FROM current
        """)
        horizon, newest, unexplained = cursor.fetchone()
    return int(horizon), int(newest), bool(unexplained)
