"""Reading uploads: each person sees their own."""

from collections.abc import Iterator

from django.db import models

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.participants import selectors as participants
from foundation.uploads import states
from foundation.uploads.models import Upload
from foundation.vault import reading
from foundation.vault.errors import Tampered


def visible_uploads(actor: Actor) -> models.QuerySet[Upload]:
    """What the person began for the organisation that it acts for now; everything for the system."""
    if actor.is_system:
        return Upload.objects.all()
    if actor.user_id is None or actor.organisation_id is None:
        return Upload.objects.none()
    return Upload.objects.filter(user_id=actor.user_id, organisation_id=actor.organisation_id)


def upload(actor: Actor, upload_id: int) -> Upload:
    """One upload, or NotFound."""
    row = visible_uploads(actor).filter(pk=upload_id).first()
    if row is None:
        raise NotFound
    return row


def received(upload_id: int, *, target_type: str) -> Upload | None:
    """The upload, if all of it has arrived and it waits for the room of this kind of target to take it."""
    return Upload.objects.filter(pk=upload_id, state=states.RECEIVED, target_type=target_type).first()


def waits(upload_id: int) -> bool:
    """Whether the upload waits to be taken, held so until the caller's transaction ends."""
    return Upload.objects.select_for_update().filter(pk=upload_id, state=states.RECEIVED).exists()


def uploader(row: Upload) -> Actor | None:
    """Who began it, with the powers of this moment; None for somebody who no longer belongs to the organisation."""
    return participants.actor_for_member(user_id=row.user_id, organisation_id=row.organisation_id)


def content(row: Upload) -> Iterator[bytes]:
    """All bytes that have arrived, in pieces of at most 1 MiB. Tampered where one is damaged or missing."""
    position = 0
    for piece in row.pieces.select_related("blob").order_by("start"):
        if piece.start != position:
            break
        yield from reading.open_range(piece.blob)
        position += piece.blob.size
    if position != row.offset:
        raise Tampered
