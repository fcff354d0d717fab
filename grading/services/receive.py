"""Receiving a data file: streamed into the vault, then a row and a job in one short transaction."""

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import InvalidInput
from foundation.jobs import services as jobs
from foundation.jobs import states as job_states
from foundation.jobs.models import Job
from foundation.vault import services as vault
from foundation.vault.services import Incoming
from grading import policies, selectors, states
from grading.declaring.declaration import checked_declaration, safe_filename
from grading.models import Cause, DataAsset
from grading.origins import require_references
from grading.selectors import EXAMINE
from grading.services.recommend import Why


def receive_file(
    *,
    actor: Actor,
    organisation_id: int,
    filename: str,
    chunks: Iterable[bytes],
    declared: Mapping[str, Any],
    expected_sha256: str | None = None,
    limit: int | None = None,
) -> DataAsset:
    """Store a file of the actor's organisation and have it examined; the new asset is in state `received`.

    No transaction is open while the bytes come in: call it outside of one. `expected_sha256` (hex) is compared with
    what arrived: InvalidInput at /content-digest. TooLarge above `limit` bytes (None: the exchange's limit).
    InvalidInput at /filename or below /declared before anything is read. On any error nothing stays.
    """
    policies.require_owner(actor, organisation_id)
    safe_filename(filename)
    require_references(actor, checked_declaration(declared), at="/declared")
    checked_digest(expected_sha256)
    with vault.receive(chunks=chunks, limit=limit) as incoming, transaction.atomic():
        return keep_file(
            actor=actor,
            organisation_id=organisation_id,
            filename=filename,
            incoming=incoming,
            declared=declared,
            expected_sha256=expected_sha256,
        )


def keep_file(
    *,
    actor: Actor,
    organisation_id: int,
    filename: str,
    incoming: Incoming,
    declared: Mapping[str, Any],
    expected_sha256: str | None = None,
    table_schema: Mapping[str, Any] | None = None,
    cause: str = Cause.FIRST,
) -> DataAsset:
    """What `receive_file` does once all bytes are there, in the caller's transaction: with it, all of it or nothing.

    `table_schema` is one that `checked_table_schema` took, and is not checked again. `cause` is why it is graded.
    """
    policies.require_owner(actor, organisation_id)
    require_digest(incoming, expected_sha256)
    said = checked_declaration(declared)
    require_references(actor, said, at="/declared")
    asset = DataAsset.objects.create(
        organisation_id=organisation_id,
        blob=vault.keep(actor=actor, incoming=incoming),
        filename=safe_filename(filename),
        sha256=incoming.sha256,
        byte_size=incoming.size,
        declared=said | ({} if table_schema is None else {"table_schema": table_schema}),
        state=states.ASSET.target("receive"),
    )
    audit.record(
        actor=actor,
        action="data_asset.received",
        subject=("data_asset", asset.pk),
        data={"organisation": organisation_id, "size": asset.byte_size, "sha256": asset.sha256},
    )
    enqueue_examination(asset, Why(cause))
    return asset


def enqueue_examination(asset: DataAsset, why: Why) -> Job:
    """One waiting job an asset, followed by its owner; in the caller's transaction.

    The job that waits already serves whoever comes later, and keeps its cause. What came with a note has a job of its
    own: the note stands with the grade that it led to.
    """
    cause, noted = why.cause, {"note": why.note} if why.note else {}
    if not noted:
        waiting = selectors.examinations().filter(subject_id=asset.pk, state=job_states.QUEUED, attempt=0)
        held = waiting.exclude(dedup_key="").select_for_update(skip_locked=True).order_by("pk").first()
        cause = cause if held is None else held.arguments.get("cause", cause)
    return jobs.enqueue(
        kind=EXAMINE,
        arguments={"subject_id": asset.pk, "cause": cause, **noted},
        subject=("data_asset", asset.pk),
        organisation_id=asset.organisation_id,
        dedup_key="" if noted else f"{EXAMINE}:{asset.pk}:{cause}",
    )


def checked_digest(expected: str | None) -> str | None:
    """The SHA-256 in lower case; InvalidInput at /content-digest for what is none."""
    if expected is None:
        return None
    if not re.fullmatch(r"[0-9a-fA-F]{64}", expected):
        raise InvalidInput.of("/content-digest", _("Give a SHA-256 as 64 hexadecimal digits."))
    return expected.lower()


def require_digest(incoming: Incoming, expected: str | None) -> None:
    """InvalidInput at /content-digest where what arrived has another SHA-256 than `expected` (hex), if that is said."""
    wanted = checked_digest(expected)
    if wanted is not None and not hmac.compare_digest(wanted, incoming.sha256):
        raise InvalidInput.of(
            "/content-digest",
            _("The bytes that arrived have another SHA-256 (%(found)s): send the file again."),
            found=incoming.sha256,
        )
