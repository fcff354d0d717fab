"""Files of a draft: streamed into the vault first, kept and attached in one short transaction afterwards."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.jobs.models import Job
from foundation.vault import services as vault
from foundation.vault.services import Incoming
from grading import services as grading
from grading.declaring.declaration import checked_table_schema, safe_filename
from grading.models import Cause
from marketplace.catalog import policies, selectors
from marketplace.catalog.models import Distribution, ListingVersion
from marketplace.catalog.services._rows import locked_version, require_revision
from marketplace.catalog.services.collecting import collect
from marketplace.catalog.services.declaring import declared_of
from marketplace.catalog.services.drafting import require_draft

MEDIA_TYPES: Final = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PACKINGS: Final = {".gz": "application/gzip", ".zst": "application/zstd"}
"""RFC 6713, RFC 8878. A workbook is packed already."""
ACCEPTED: Final = {
    **MEDIA_TYPES,
    **{name + packing: kind for packing, kind in PACKINGS.items() for name in MEDIA_TYPES if name != ".xlsx"},
}
"""Accepted ends of names; whether the content is what the name says is judged by the examination."""
MOST_FILES: Final = 100
LONGEST_TITLE: Final = 300


def add_file(
    *,
    actor: Actor,
    version_id: int,
    filename: str,
    chunks: Iterable[bytes],
    title: str = "",
    sha256: str | None = None,
    table_schema: Mapping[str, Any] | None = None,
) -> Distribution:
    """Add a file to a draft; its examination is enqueued. Call it outside of a transaction: none is open meanwhile.

    Everything that can be refused is refused before the first byte is read, and again when all have arrived, since
    the draft may have been submitted meanwhile; then the stored file is removed. `sha256` (hex) is compared with
    what arrived. TooLarge above settings.UPLOAD_LIMIT_BYTES. On any error nothing stays.
    `table_schema` declares rules that the file keeps to: InvalidInput below /table_schema.
    """
    version = selectors.version(actor, version_id)
    require_accepted(actor, version, filename, title)
    grading.checked_digest(sha256)
    checked = None if table_schema is None else checked_table_schema(table_schema)
    with vault.receive(chunks=chunks) as incoming, transaction.atomic():
        return attach_file(
            actor=actor,
            version_id=version_id,
            filename=filename,
            incoming=incoming,
            title=title,
            sha256=sha256,
            table_schema=checked,
        )


def attach_file(
    *,
    actor: Actor,
    version_id: int,
    filename: str,
    incoming: Incoming,
    title: str = "",
    sha256: str | None = None,
    table_schema: Mapping[str, Any] | None = None,
) -> Distribution:
    """What `add_file` does once all bytes are there, in the caller's transaction: asset, examination, distribution.

    `table_schema` is one that `checked_table_schema` took: that takes long, and here the draft is locked.
    """
    version = locked_version(actor, version_id)
    name = require_accepted(actor, version, filename, title)
    asset = grading.keep_file(
        actor=actor,
        organisation_id=version.listing.organisation_id,
        filename=name,
        incoming=incoming,
        declared=declared_of(version),
        table_schema=table_schema,
        expected_sha256=sha256,
        cause=Cause.FIRST if version.number == 1 else Cause.REPLACED,
    )
    row = Distribution.objects.create(
        version=version,
        asset=asset,
        title=title.strip() or name,
        media_type=ACCEPTED[_kind(name)],
    )
    version.revision += 1
    version.save(update_fields=["revision"])
    audit.record(
        actor=actor,
        action="listing.file_added",
        subject=("listing_version", version.pk),
        data={"distribution": row.pk, "asset": asset.pk},
    )
    collect(version.listing_id)
    return row


def declare_table_schema(
    *,
    actor: Actor,
    version_id: int,
    distribution_id: int,
    table_schema: Mapping[str, Any] | None,
    expected_revision: int | None = None,
) -> tuple[Job, int]:
    """Declare which rules a file keeps to, None: none, and have it examined by them (its provider).

    In every state of the version: what is known of a file may become more. InvalidInput below /table_schema;
    StaleVersion when another revision of the version was read. Every version with this file has a new revision, so
    that nobody publishes or declares what they have not read. Returns the job and the version's revision.
    """
    policies.require_provider(
        actor, selectors.file_of(actor, version_id, distribution_id).version.listing.organisation_id
    )
    checked = None if table_schema is None else checked_table_schema(table_schema)  # takes long: before the locks
    with transaction.atomic():
        version = locked_version(actor, version_id)
        require_revision(version, expected_revision)
        row = selectors.file_of(actor, version_id, distribution_id)
        ListingVersion.objects.filter(distributions__asset_id=row.asset_id).update(revision=F("revision") + 1)
        job = grading.declare_table_schema(actor=actor, asset_id=row.asset_id, table_schema=checked)
        return job, version.revision + 1


@transaction.atomic
def remove_file(*, actor: Actor, version_id: int, distribution_id: int) -> None:
    """Take a file out of a draft. What no version of the listing holds any longer is removed from the vault."""
    version = locked_version(actor, version_id)
    policies.require_provider(actor, version.listing.organisation_id)
    require_draft(version)
    row = version.distributions.filter(pk=distribution_id).first()
    if row is None:
        raise NotFound
    row.delete()
    version.revision += 1
    version.save(update_fields=["revision"])
    audit.record(
        actor=actor,
        action="listing.file_removed",
        subject=("listing_version", version.pk),
        data={"distribution": distribution_id, "asset": row.asset_id},
    )
    if not Distribution.objects.filter(asset_id=row.asset_id).exists():
        grading.discard_asset(actor=actor, asset_id=row.asset_id)
    collect(version.listing_id)


def require_accepted(actor: Actor, version: ListingVersion, filename: str, title: str = "") -> str:
    """The file's name as it is stored, if the draft takes a file of this name from this actor now; else the reason."""
    policies.require_provider(actor, version.listing.organisation_id)
    require_draft(version)
    if len(title) > LONGEST_TITLE or "\x00" in title:
        raise InvalidInput.of("/title", _("Use at most %(limit)s characters."), limit=LONGEST_TITLE)
    name = accepted_filename(filename)
    names = version.distributions.values_list("asset__filename", flat=True)
    if name in names:
        raise Conflict(_("The version has a file called %(name)s already: remove it first."), name=name)
    if len(names) >= MOST_FILES:
        raise Conflict(_("A version has at most %(limit)s files."), limit=MOST_FILES)
    return name


def accepted_filename(filename: str) -> str:
    """The name as it is stored, of a kind of file that is read. InvalidInput at /filename."""
    name = safe_filename(filename)
    if _kind(name) not in ACCEPTED:
        raise InvalidInput.of(
            "/filename",
            _("Files of these kinds are accepted: %(known)s. The name must say which."),
            known=", ".join(ACCEPTED),
        )
    return name


def _kind(name: str) -> str:
    """The suffix in lower case; of a packed file the two last ones."""
    path = PurePosixPath(name.lower())
    return PurePosixPath(path.stem).suffix + path.suffix if path.suffix in PACKINGS else path.suffix
