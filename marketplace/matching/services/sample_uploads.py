"""Samples that come in pieces: announced to the demand, sent to `foundation.uploads`, attached by a job."""

from collections.abc import Mapping
from typing import Any, Final

from foundation.actors import Actor
from foundation.jobs.services import Run
from foundation.uploads import services as uploads
from foundation.uploads.models import Upload
from foundation.uploads.taking import Take, take_upload
from foundation.vault.services import Incoming
from grading import services as grading
from marketplace.matching import selectors
from marketplace.matching.services.samples import keep_sample, require_taken

TARGET: Final = "demand"


def begin_sample_upload(
    *, actor: Actor, demand_id: int, filename: str, length: int, metadata: str = "", sha256: str | None = None
) -> Upload:
    """Announce a sample of `length` bytes. What `attach_sample` would refuse is refused before a byte is sent."""
    name = require_taken(actor, selectors.demand(actor, demand_id), filename)
    return uploads.begin_upload(
        actor=actor,
        target=(TARGET, demand_id),
        filename=name,
        length=length,
        metadata=metadata,
        expected_sha256=grading.checked_digest(sha256) or "",
    )


def attach_sample_upload(run: Run, *, actor: Actor, upload_id: int) -> Mapping[str, Any]:
    """Attach a received file to its demand, as whoever uploaded it may now; as attempt `run` of a job.

    A demand that does not take it any longer ends the upload as `refused` with the reason, in the name of `actor` where
    the uploader is gone. Tampered for a damaged piece: the upload waits.
    """
    return take_upload(run, upload_id=upload_id, target_type=TARGET, room=actor, ready=_ready)


def _ready(actor: Actor, upload: Upload) -> Take:
    require_taken(actor, selectors.demand(actor, upload.target_id), upload.filename)

    def take(incoming: Incoming) -> Mapping[str, Any]:
        sample = keep_sample(
            actor=actor,
            demand_id=upload.target_id,
            filename=upload.filename,
            incoming=incoming,
            sha256=upload.expected_sha256 or None,
        )
        return {"sample": sample.pk}

    return take
