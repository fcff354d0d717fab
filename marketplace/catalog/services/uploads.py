"""Files of a draft that come in pieces: announced to the draft, sent to `foundation.uploads`, attached by a job."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor, system
from foundation.errors import DomainError, Forbidden, Unavailable
from foundation.jobs.services import Run
from foundation.uploads import selectors as arrived
from foundation.uploads import services as uploads
from foundation.uploads.models import Upload
from foundation.vault import services as vault
from foundation.vault.errors import Tampered
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
    upload = arrived.received(upload_id, target_type=TARGET)
    if upload is None:  # an earlier attempt ended between its commit and its report, or the upload was terminated
        return {"state": "over"}
    try:
        return _attach(run, upload)
    except (Tampered, Unavailable):
        raise
    except DomainError as error:
        with run.commit():
            uploads.refuse(actor=arrived.uploader(upload) or ACTOR, upload_id=upload_id, error=error)
        return {"state": "refused", "error": error.code}


def _attach(run: Run, upload: Upload) -> Mapping[str, Any]:
    actor = arrived.uploader(upload)
    if actor is None:
        raise Forbidden(
            _("Whoever began the upload no longer belongs to the organisation."), rule="uploads.member_left"
        )
    require_accepted(actor, selectors.version(actor, upload.target_id), upload.filename, upload.title)
    declared = upload.declared.get("table_schema")
    schema = None if declared is None else checked_table_schema(declared)
    run.progress(0.1, "assembling")
    with run.heartbeat(), vault.receive(chunks=arrived.content(upload), limit=upload.length) as incoming, run.commit():
        row = attach_file(
            actor=actor,
            version_id=upload.target_id,
            filename=upload.filename,
            incoming=incoming,
            title=upload.title,
            sha256=upload.expected_sha256 or None,
            table_schema=schema,
        )
        uploads.attach(actor=actor, upload_id=upload.pk, result={"distribution": row.pk, "asset": row.asset_id})
    return {"state": "attached", "distribution": row.pk}
