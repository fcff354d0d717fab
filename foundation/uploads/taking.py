"""A received upload taken by the room that it is for, as attempt of a job: all of it with the end of the upload."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import DomainError, Forbidden, Unavailable
from foundation.jobs.services import Run
from foundation.uploads import selectors, services
from foundation.uploads.models import Upload
from foundation.vault import services as vault
from foundation.vault.errors import Tampered
from foundation.vault.services import Incoming

Take = Callable[[Incoming], Mapping[str, Any]]
"""Keeps the assembled file in the transaction that it is called in; what it returns tells the client where it is."""


def take_upload(
    run: Run, *, upload_id: int, target_type: str, room: Actor, ready: Callable[[Actor, Upload], Take]
) -> Mapping[str, Any]:
    """Have the room `target_type` take an upload, as whoever began it may now; what became of it, for the job.

    `ready` refuses what can be refused before the pieces are put together, and returns how the file is kept; both are
    called as the uploader. What they refuse ends the upload as `refused` with the reason, in the name of `room` where
    the uploader is gone; the job succeeds and says so. Tampered for a damaged piece: the upload waits.
    """
    upload = selectors.received(upload_id, target_type=target_type)
    if upload is None:  # of another room, or an earlier attempt ended before its report, or it was terminated
        return {"state": "over"}
    try:
        return _taken(run, upload, ready)
    except (Tampered, Unavailable):
        raise
    except DomainError as error:
        with run.commit():
            if not selectors.waits(upload_id):  # ended while it was put together: there is nothing to refuse
                return {"state": "over"}
            services.refuse(actor=selectors.uploader(upload) or room, upload_id=upload_id, error=error)
        return {"state": "refused", "error": error.code}


def _taken(run: Run, upload: Upload, ready: Callable[[Actor, Upload], Take]) -> Mapping[str, Any]:
    actor = selectors.uploader(upload)
    if actor is None:
        raise Forbidden(
            _("Whoever began the upload no longer belongs to the organisation."), rule="uploads.member_left"
        )
    take = ready(actor, upload)
    run.progress(0.1, "assembling")
    content = selectors.content(upload)
    with run.heartbeat(), vault.receive(chunks=content, limit=upload.length) as incoming, run.commit():
        result = take(incoming)
        services.attach(actor=actor, upload_id=upload.pk, result=result)
    return {"state": "attached", **result}
