"""Files of a draft that come in pieces: announced to the draft, sent to `foundation.uploads`, attached by a job."""

from collections.abc import Mapping
from typing import Any, Final

from foundation.actors import Actor, system
from foundation.jobs.services import Run
from foundation.uploads import services as uploads
from foundation.uploads.models import Upload
from foundation.uploads.taking import Take, take_upload
from foundation.vault.services import Incoming
from grading import services as grading
from grading.declaring.declaration import checked_table_schema
from marketplace.catalog import selectors
from marketplace.catalog.services.files import attach_file, require_accepted

TARGET: Final = "listing_version"
ACTOR: Final = system("catalog")


def begin_upload(
    *,
    actor: Actor,
    version_id: int,
    filename: str,
    length: int,
    title: str = "",
    metadata: str = "",
    sha256: str | None = None,
    table_schema: Mapping[str, Any] | None = None,
) -> Upload:
    """Announce a file of `length` bytes to a draft. What `add_file` would refuse is refused before a byte is sent."""
    name = require_accepted(actor, selectors.version(actor, version_id), filename, title)
    return uploads.begin_upload(
        actor=actor,
        target=(TARGET, version_id),
        filename=name,
        length=length,
        title=title.strip(),
        metadata=metadata,
        expected_sha256=grading.checked_digest(sha256) or "",
        declared={} if table_schema is None else {"table_schema": checked_table_schema(table_schema)},
    )


def attach_upload(run: Run, *, upload_id: int) -> Mapping[str, Any]:
    """Attach a received file to its draft, as whoever uploaded it may now; as attempt `run` of a job.

    All in one transaction with the end of the upload. A draft that does not take the file any longer ends the upload
    as `refused` with the reason; the job succeeds and says so. Tampered for a damaged piece: the upload waits.
    """
    return take_upload(run, upload_id=upload_id, target_type=TARGET, room=ACTOR, ready=_ready)


def _ready(actor: Actor, upload: Upload) -> Take:
    require_accepted(actor, selectors.version(actor, upload.target_id), upload.filename, upload.title)
    declared = upload.declared.get("table_schema")
    schema = None if declared is None else checked_table_schema(declared)

    def take(incoming: Incoming) -> Mapping[str, Any]:
        row = attach_file(
            actor=actor,
            version_id=upload.target_id,
            filename=upload.filename,
            incoming=incoming,
            title=upload.title,
            sha256=upload.expected_sha256 or None,
            table_schema=schema,
        )
        return {"distribution": row.pk, "asset": row.asset_id}

    return take
