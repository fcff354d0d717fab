"""Every write to the vault: receive and keep a file, delete it, re-wrap keys, sweep what killed processes left.

A long upload must not hold a transaction open. Either call `store` outside of one, or receive first and keep the file
in the transaction that makes the row pointing at it:

    with services.receive(chunks=request_body, limit=settings.UPLOAD_LIMIT_BYTES) as incoming:
        with transaction.atomic():
            blob = services.keep(actor=actor, incoming=incoming)
            DataAsset.objects.create(blob=blob, …)
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import NotFound, TooLarge, _
from foundation.vault import codec, holding, keys, reading, storage
from foundation.vault.errors import Tampered
from foundation.vault.models import Blob

ORPHAN_SECONDS: Final = 24 * 3600
"""Age from which a file without a row was left by a killed process: no upload pauses for a day."""
SWEPT: Final = 1_000
"""Files that the sweep looks up at once."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A received and encrypted file that no row points at yet; `sha256` is of the plaintext, in hex."""

    uid: uuid.UUID
    size: int
    sha256: str
    data_key: bytes


@contextmanager
def receive(*, chunks: Iterable[bytes], limit: int | None = None) -> Iterator[Incoming]:
    """Encrypt `chunks` to disk with constant memory; what is not kept by the end of the block is removed.

    TooLarge above `limit` bytes (None: settings.UPLOAD_LIMIT_BYTES), as soon as they are exceeded. Whatever the
    iterator or the block raises passes through, and nothing stays: neither what was received nor what was kept in a
    transaction that this error rolled back.
    """
    uid, data_key, digest = uuid.uuid4(), codec.new_key(), hashlib.sha256()
    try:
        with storage.create_incoming(uid) as file:
            size = codec.encrypt(_measured(chunks, digest.update, _limit(limit)), file, key=data_key, uid=uid)
            storage.flush(file)
        yield Incoming(uid=uid, size=size, sha256=digest.hexdigest(), data_key=data_key)
    except BaseException:
        _forget(uid)
        raise
    finally:
        storage.discard(storage.incoming_path(uid))


def keep(*, actor: Actor, incoming: Incoming) -> Blob:
    """Give a received file its place and its row, in the caller's transaction if there is one.

    The file is in place before the row commits, so a row never points at nothing; if the transaction rolls back,
    `receive` removes the file, or `sweep_orphans` where the process was killed. Records `blob.stored`.
    """
    version = keys.newest_version()
    address = keys.address(bytes.fromhex(incoming.sha256))
    blob = Blob(
        uid=incoming.uid,
        address=address,
        size=incoming.size,
        master_key_version=version,
        wrapped_key=keys.wrap(
            incoming.data_key, version=version, uid=incoming.uid, size=incoming.size, address=address
        ),
    )
    try:
        storage.admit(incoming.uid)
        with transaction.atomic():
            blob.save(force_insert=True)
            audit.record(actor=actor, action="blob.stored", subject=blob, data={"size": blob.size, "address": address})
    except BaseException:
        storage.discard(storage.blob_path(incoming.uid))
        raise
    blob.sha256 = incoming.sha256
    return blob


def store(*, actor: Actor, chunks: Iterable[bytes], limit: int | None = None) -> Blob:
    """Receive and keep: the stored file, with `blob.sha256` of the plaintext in hex.

    TooLarge above `limit` bytes (None: settings.UPLOAD_LIMIT_BYTES). On any error nothing stays, neither file nor row.
    """
    with receive(chunks=chunks, limit=limit) as incoming:
        return keep(actor=actor, incoming=incoming)


def delete(*, actor: Actor, blob: Blob) -> None:
    """Remove the row, and with it the only key to the file; the file follows when the transaction commits.

    While a backup copies, the file stays until the sweep. Raises ProtectedError while another room points at it.
    Records `blob.deleted`.
    """
    with transaction.atomic():
        held = Blob.objects.select_for_update().filter(pk=blob.pk).first()
        if held is None:
            raise NotFound()
        audit.record(actor=actor, action="blob.deleted", subject=held, data={"size": held.size})
        held.delete()
        transaction.on_commit(partial(_remove_file, held.uid))


def rotate_keys(*, actor: Actor, batch: int = 500, report: Callable[[int], object] = int) -> int:
    """Re-wrap every data key that is not under the newest master key; how many were. `report` hears of each batch.

    A transaction a batch: safe to interrupt and to repeat, readers and writers go on meanwhile. Files are not touched.
    Records `vault.keys_rotated` a batch. Rows that are not what was stored stay as they are; Tampered names the first
    of them when all others are done. What a process that does not know the newest key yet stores meanwhile is left to
    the next run; `selectors.key_use` tells.
    """
    version, after, done = keys.newest_version(), 0, 0
    damaged: list[int] = []
    while blobs := _rotate_batch(actor, version, after, batch, damaged):
        after = blobs[-1].pk
        done += len(blobs)
        report(done - len(damaged))
    if damaged:
        raise Tampered(
            _("%(count)s keys do not fit their files, the first that of file %(blob)s; %(done)s keys are rotated."),
            count=len(damaged),
            blob=damaged[0],
            done=done - len(damaged),
        )
    return done


def sweep_orphans(*, actor: Actor, older_than: float = ORPHAN_SECONDS) -> int:
    """Remove files that no row points at and nobody wrote to for `older_than` seconds; how many. Records them.

    Nothing while a backup copies: it may need the file of a row that was removed after its snapshot.
    """
    removed, old = 0, storage.older_than(older_than)
    while found := list(islice(old, SWEPT)):
        uids = [uid for uid, _path in found]
        known = set(Blob.objects.filter(uid__in=uids).values_list("uid", flat=True))  # nearly all, in one question
        for uid, path in found:
            if path == storage.blob_path(uid) and uid in known:
                continue
            with transaction.atomic(), connection.cursor() as cursor:
                if not holding.may_remove_files(cursor):
                    return removed
                if path == storage.blob_path(uid) and Blob.objects.filter(uid=uid).exists():
                    continue
                audit.record(actor=actor, action="vault.orphan_removed", subject=("vault.file", uid))
                storage.discard(path)
            removed += 1
    return removed


def _rotate_batch(actor: Actor, version: int, after: int, batch: int, damaged: list[int]) -> list[Blob]:
    """The next blobs under another key than `version`, re-wrapped but for those appended to `damaged`."""
    with transaction.atomic():
        stale = Blob.objects.exclude(master_key_version=version).filter(pk__gt=after).order_by("pk")
        blobs = list(stale.select_for_update(no_key=True)[:batch])  # rows pointing at a blob are not kept waiting
        rotated = []
        for blob in blobs:
            try:
                data_key = reading.data_key_of(blob)
            except Tampered:
                damaged.append(blob.pk)
                continue
            blob.wrapped_key = keys.wrap(data_key, version=version, uid=blob.uid, size=blob.size, address=blob.address)
            blob.master_key_version = version
            rotated.append(blob)
        Blob.objects.bulk_update(rotated, ["wrapped_key", "master_key_version"])
        if rotated:
            audit.record(
                actor=actor,
                action="vault.keys_rotated",
                subject=("vault.master_key", version),
                data={"first": rotated[0].pk, "last": rotated[-1].pk, "count": len(rotated)},
            )
    return blobs


def _remove_file(uid: uuid.UUID) -> None:
    """Remove the file of a removed row, unless a backup copies; where that cannot be known now, the sweep will see."""
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        if holding.may_remove_files(cursor):
            storage.discard(storage.blob_path(uid))


def _forget(uid: uuid.UUID) -> None:
    """Remove a kept file whose row was rolled back; where that cannot be known now, the sweep will see to it."""
    if connection.in_atomic_block:
        return
    with suppress(DatabaseError):
        if not Blob.objects.filter(uid=uid).exists():
            storage.discard(storage.blob_path(uid))


def _limit(limit: int | None) -> int:
    return int(settings.UPLOAD_LIMIT_BYTES) if limit is None else limit


def _measured(chunks: Iterable[bytes], update: Callable[[bytes], object], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit=limit)
        update(chunk)
        yield chunk
