"""Somebody with full access to the database, but without the secrets of the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from foundation.audit import canonical, merkle
from foundation.audit.models import Event, Seal, SealedPosition

TABLES = ("audit_event", "audit_sealedposition", "audit_seal", "audit_treenode")


class _Undo(Exception):
    pass


@contextmanager
def attacker() -> Iterator[None]:
    """The append-only triggers are off inside the block; everything done there is undone after it."""
    try:
        with transaction.atomic():
            for table in TABLES:
                sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            raise _Undo
    except _Undo:
        pass


def sql(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Run one statement; the rows it returns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def rehash() -> None:
    """Recompute all that needs no secret: leaf hashes, roots, the log's tree and its nodes, seal hashes, the chain."""
    for place in SealedPosition.objects.all():
        event = Event.objects.filter(pk=place.event_id).first()
        if event:
            content = canonical.content(canonical.event_record(event))
            leaf = merkle.leaf(place.position, content, bytes(event.mac))
            sql("UPDATE audit_sealedposition SET leaf_hash = %s WHERE position = %s", leaf, place.position)
    previous, whole = merkle.EMPTY, merkle.Tree(remember=True)
    for seal in Seal.objects.order_by("number"):
        tree = merkle.Tree()
        for place in SealedPosition.objects.filter(position__range=(seal.first, seal.last)).order_by("position"):
            tree.add(bytes(place.leaf_hash))
            whole.add(bytes(place.leaf_hash))
        seal.merkle_root, seal.previous_hash = tree.root(), previous
        seal.tree_root, seal.frontier = whole.root(), whole.frontier
        previous = canonical.digest(canonical.seal_record(seal))
        sql(
            "UPDATE audit_seal SET merkle_root = %s, previous_hash = %s, hash = %s, tree_root = %s, frontier = %s"
            " WHERE number = %s",
            seal.merkle_root, seal.previous_hash, previous, seal.tree_root, seal.frontier, seal.number,
        )  # fmt: skip
    sql("DELETE FROM audit_treenode")
    for node in whole.completed():
        sql("INSERT INTO audit_treenode (level, last, hash) VALUES (%s, %s, %s)", *node)
