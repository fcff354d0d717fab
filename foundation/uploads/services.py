"""Every write to uploads: begin, append, terminate, and how the room that takes the file ends one.

No transaction is open while bytes come in. What has arrived is committed at least every 64 MiB, so that a killed
process loses no more than that; each commit asks whether the upload still ends where this request began to add, so
that of two requests that write at once only one does. Each piece is encrypted under a key of its own (a key must not
meet two contents, and a piece that was cut off comes again with any content): the whole is assembled, under one more
key, by the room that takes it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import chain
from typing import Any, Final

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import DomainError, Forbidden, Gone, NotFound, TooLarge
from foundation.events import services as events
from foundation.participants.models import Organisation
from foundation.uploads import selectors, states
from foundation.uploads.arriving import Arriving, Checksum
from foundation.uploads.errors import OffsetMismatch, UploadQuota
from foundation.uploads.models import Piece, Upload
from foundation.vault import reading
from foundation.vault import services as vault
from foundation.vault.errors import Tampered
from foundation.vault.services import Incoming

SEGMENT: Final = 64 * 1024 * 1024
"""Most bytes that wait for a commit: what a killed process loses of a request without a checksum."""
REMEMBERED: Final = timedelta(days=30)
"""How long a client can ask what became of its upload."""
JOINED_BELOW: Final = 1024 * 1024
"""A last piece that is smaller is stored anew together with what follows: a client that sends little at a time makes
neither many files nor, rewriting at most this much each time, much work."""


@transaction.atomic
def begin_upload(
    *,
    actor: Actor,
    target: tuple[str, int],
    filename: str,
    length: int,
    title: str = "",
    metadata: str = "",
    expected_sha256: str = "",
    declared: Mapping[str, Any] | None = None,
) -> Upload:
    """Announce a file of `length` bytes for `target`, which the caller has checked. Records `upload.begun`.

    TooLarge above settings.UPLOAD_LIMIT_BYTES; UploadQuota where the organisation has too many or too large unfinished
    uploads; Forbidden for an actor that is no member of one. An empty file is complete at once.
    """
    if actor.user_id is None or actor.organisation_id is None:
        raise Forbidden(_("Only members of an organisation upload files."), rule="uploads.members_only")
    if length > settings.UPLOAD_LIMIT_BYTES:
        raise TooLarge(limit=settings.UPLOAD_LIMIT_BYTES)
    _require_quota(actor.organisation_id, length)
    row = Upload.objects.create(
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        state=states.UPLOAD.target("begin"),
        target_type=target[0],
        target_id=target[1],
        filename=filename,
        title=title,
        metadata=metadata,
        length=length,
        expected_sha256=expected_sha256,
        declared=dict(declared or {}),
        expires_at=_expiry(),
    )
    audit.record(
        actor=actor,
        action="upload.begun",
        subject=("upload", row.pk),
        data={"organisation": actor.organisation_id, "length": length, "target": f"{target[0]}:{target[1]}"},
    )
    if length == 0:
        _complete(actor, row)
    return row


def append(
    *, actor: Actor, upload_id: int, offset: int, chunks: Iterable[bytes], checksum: Checksum | None = None
) -> Upload:
    """Add the bytes of `chunks` at `offset`; the upload with its new offset. Call it outside of a transaction.

    What arrives before `chunks` fails is kept, then the error passes through; with a `checksum` of the request's bytes
    either all of them are kept or none. OffsetMismatch where the upload ends elsewhere, also when another request has
    added to it meanwhile; ChecksumMismatch; TooLarge for more bytes than were announced, whose last segment is
    dropped; Gone for an upload that was ended or has expired. With the last byte the upload is received.
    """
    row = selectors.upload(actor, upload_id)
    _require_open(row)
    arriving = Arriving(chunks, checksum)
    while not arriving.ended:
        if row.offset != offset:
            raise OffsetMismatch(offset=row.offset)
        row = _append_segment(actor, row, arriving)
        offset = row.offset
    if arriving.failure is not None:
        raise arriving.failure
    return row


@transaction.atomic
def terminate_upload(*, actor: Actor, upload_id: int) -> Upload:
    """End an unfinished upload and remove what has arrived (its uploader). Gone for one that is over."""
    row = _locked(selectors.visible_uploads(actor), upload_id)
    if row.state not in states.UNFINISHED:
        raise Gone(_("The upload has ended already."))
    return _end(actor, row, "terminate", "upload.terminated")


def attach(*, actor: Actor, upload_id: int, result: Mapping[str, Any]) -> Upload:
    """Say that the room took the file, in the transaction in which it did; `result` tells the client where it is."""
    return _finish(actor, upload_id, "attach", "upload.attached", result=dict(result))


def refuse(*, actor: Actor, upload_id: int, error: DomainError) -> Upload:
    """Say that the room did not take the file and why, in the caller's transaction; what arrived is removed."""
    return _finish(actor, upload_id, "refuse", "upload.refused", error_code=error.code, error_detail=str(error)[:4_000])


def forget_target(*, actor: Actor, target: tuple[str, int]) -> int:
    """Remove all that was sent, or is being sent, for `target`, whoever sent it; how many were unfinished.

    In the caller's transaction, which has checked that `actor` may. Unfinished uploads are terminated; of those that
    are over, the names that their clients gave them are removed. Call it with the target locked, before its file.
    """
    rows = Upload.objects.filter(target_type=target[0], target_id=target[1])
    unfinished = list(rows.filter(state__in=states.UNFINISHED).select_for_update().order_by("pk"))
    for row in unfinished:
        _end(actor, row, "terminate", "upload.terminated")
    rows.update(filename="", title="", metadata="", declared={})
    return len(unfinished)


def expire_uploads(*, actor: Actor) -> int:
    """End every unfinished upload whose time is over, each in a transaction of its own; how many."""
    due = Upload.objects.filter(state__in=states.UNFINISHED, expires_at__lte=timezone.now())
    ended = 0
    for upload_id in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            row = due.select_for_update(skip_locked=True).filter(pk=upload_id).first()
            if row is not None:
                _end(actor, row, "expire", "upload.expired")
                ended += 1
    return ended


def forget_uploads() -> int:
    """Remove the rows of uploads that ended long ago, names of files with them; how many. The audit log keeps all."""
    over = Upload.objects.exclude(state__in=states.UNFINISHED)
    return over.filter(finished_at__lt=timezone.now() - REMEMBERED).delete()[0]


def _append_segment(actor: Actor, row: Upload, arriving: Arriving) -> Upload:
    """Receive and commit what comes next, at most a segment: all of it where a checksum decides over the whole."""
    last = row.pieces.select_related("blob").order_by("start").last()
    joined = last if last is not None and last.blob.size < JOINED_BELOW else None
    before = _read(row, joined)
    segment = arriving.all() if arriving.checksum else arriving.next(SEGMENT)
    try:
        with vault.receive(chunks=chain([before], segment), limit=len(before) + row.length - row.offset) as incoming:
            arriving.verify()
            if incoming.size == len(before):
                return row
            return _commit(actor, row, joined, incoming, gained=incoming.size - len(before))
    except TooLarge as error:
        raise TooLarge(_("More bytes came than the %(length)s that were announced."), length=row.length) from error


def _read(row: Upload, piece: Piece | None) -> bytes:
    if piece is None:
        return b""
    try:
        return b"".join(reading.open_range(piece.blob))
    except Tampered:
        now = Upload.objects.get(pk=row.pk)
        if now.offset != row.offset:  # not damaged: another request has joined it with its own bytes
            raise OffsetMismatch(offset=now.offset) from None
        raise


@transaction.atomic
def _commit(actor: Actor, seen: Upload, joined: Piece | None, incoming: Incoming, *, gained: int) -> Upload:
    row = _locked(Upload.objects.all(), seen.pk)
    _require_open(row)
    if row.offset != seen.offset:
        raise OffsetMismatch(offset=row.offset)
    start = row.offset
    if joined is not None:
        start = joined.start
        _remove(actor, [joined])
    Piece.objects.create(upload=row, start=start, blob=vault.keep(actor=actor, incoming=incoming))
    row.offset += gained
    row.expires_at = _expiry()
    row.save(update_fields=["offset", "expires_at"])
    if row.offset == row.length:
        _complete(actor, row)
    return row


def _complete(actor: Actor, row: Upload) -> None:
    row.state = states.UPLOAD.target("complete", row.state)
    row.save(update_fields=["state"])
    audit.record(actor=actor, action="upload.received", subject=("upload", row.pk), data={"length": row.length})
    events.emit(name="upload.received", subject=("upload", row.pk), organisation_id=row.organisation_id)


def _finish(actor: Actor, upload_id: int, event: str, action: str, **fields: Any) -> Upload:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an upload ends in the transaction of the change that its file makes")
    row = _locked(Upload.objects.all(), upload_id)
    for name, value in fields.items():
        setattr(row, name, value)
    return _end(actor, row, event, action, *fields)


def _end(actor: Actor, row: Upload, event: str, action: str, *also: str) -> Upload:
    row.state = states.UPLOAD.target(event, row.state)
    row.finished_at = timezone.now()
    row.save(update_fields=["state", "finished_at", *also])
    _remove(actor, row.pieces.select_related("blob"))
    audit.record(
        actor=actor, action=action, subject=("upload", row.pk), data={"offset": row.offset, "error": row.error_code}
    )
    return row


def _remove(actor: Actor, pieces: Iterable[Piece]) -> None:
    for piece in list(pieces):
        piece.delete()
        vault.delete(actor=actor, blob=piece.blob)


def _locked(rows: models.QuerySet[Upload], upload_id: int) -> Upload:
    row = rows.select_for_update().filter(pk=upload_id).first()
    if row is None:
        raise NotFound
    return row


def _require_open(row: Upload) -> None:
    if row.state != states.RECEIVING or row.expires_at <= timezone.now():
        raise Gone(_("The upload has ended; nothing can be added to it."))


def _require_quota(organisation_id: int, length: int) -> None:
    """Counted while the organisation's row is held, so that of two that begin at once only one takes the last place."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    unfinished = Upload.objects.filter(
        organisation_id=organisation_id, state__in=states.UNFINISHED, expires_at__gt=Now()
    ).aggregate(count=models.Count("pk"), bytes=models.Sum("length", default=0))
    most, limit = settings.UPLOAD_UNFINISHED_MOST, settings.UPLOAD_UNFINISHED_BYTES
    if unfinished["count"] >= most or unfinished["bytes"] + length > limit:
        raise UploadQuota(most=most, limit=limit, **unfinished)


def _expiry() -> Any:
    return timezone.now() + timedelta(seconds=settings.UPLOAD_IDLE_SECONDS)
