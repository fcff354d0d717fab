"""Examining a data asset: the job reads the file once, then writes all results in one transaction."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import InvalidInput, present
from foundation.jobs.models import Job
from foundation.jobs.services import Outcome, Run
from grading import policies, selectors
from grading.declaring.declaration import checked_declaration
from grading.engine import ENGINE_VERSION, confined
from grading.engine.readers import UnreadableFile
from grading.models import Cause, DataAsset
from grading.origins import require_references
from grading.services.parts import split_examination
from grading.services.receive import enqueue_examination
from grading.services.recommend import Why
from grading.services.results import GONE, write_problem
from grading.services.whole import Examined, Subject, ask, write

MOST_AT_ONCE: Final = 1_000
"""Examinations that one request queues."""


def examine_asset(run: Run, *, asset_id: int, why: Why) -> Outcome:
    """Run the examination as attempt `run` of a job: profile, quality, sensitive columns, recommended grade.

    The file is read in a confined child. One that is no table, or that asks for more than a file may, makes the asset
    `unreadable` with the problem's code; the job succeeds and says so.
    A long one is split: its parts are jobs, and a merge writes the results (`services.parts`).
    Results are written with the end of the job, in one transaction that only the current attempt can enter.
    Tampered for a damaged file.
    """
    asset = DataAsset.objects.select_related("blob").filter(pk=asset_id).first()
    if asset is None:  # taken back by its owner before the job began
        return GONE
    with run.commit():
        DataAsset.objects.filter(pk=asset_id).update(tried_by=ENGINE_VERSION)
    subject, size = Subject.of(asset), asset.blob.size
    try:
        answer = ask(run, subject, part_bytes=settings.EXAMINE_PART_BYTES)
        pieces = confined.pieces(answer["pieces"], size) if "pieces" in answer else ()
    except UnreadableFile as problem:
        return write_problem(run, asset_id, problem)
    if pieces:
        return split_examination(run, asset, pieces)
    return write(run, asset, lambda: Examined(subject, confined.result(answer), {}), why=why)


@transaction.atomic
def reexamine(*, actor: Actor, asset_id: int, declared: Mapping[str, Any] | None = None) -> Job:
    """Have an asset examined again, under today's rules; the owner may declare anew. The owner or the exchange.

    What is declared takes the place of what was; the Table Schema stays unless it is named, None: none.
    One job waits at most; a decided grade stays, an undecided one is replaced when the job ends.
    """
    organisation_id = selectors.asset(actor, asset_id).organisation_id
    policies.require_owner_or_exchange(actor, organisation_id)
    anew: dict[str, Any] = {}
    if declared is not None:
        policies.require_owner(actor, organisation_id)
        anew = checked_declaration(declared)  # takes long where it holds a Table Schema: before the lock
    asset = present(DataAsset.objects.select_for_update(no_key=True).filter(pk=asset_id).first())
    if declared is not None:
        require_references(actor, anew, at="/declared", asset=asset)
        kept = {} if "table_schema" in declared else asset.declared
        asset.declared = {name: value for name, value in kept.items() if name == "table_schema"} | anew
        asset.save(update_fields=["declared"])
    return _requested(actor, asset, declared_anew=declared is not None)


@transaction.atomic
def redeclare(*, actor: Actor, asset_id: int, said: Mapping[str, Any]) -> Job | None:
    """Declare some names anew, empty ones taken back, and have the asset examined; None if nothing changes. The owner.

    All else stays as it stands when the row is held, whoever declared it meanwhile. Sources and levels of other schemes
    are declared by `declare_elements`. InvalidInput below /declared.
    """
    seen = selectors.asset(actor, asset_id)
    policies.require_owner(actor, seen.organisation_id)
    anew = checked_declaration(said)
    if _with(seen.declared, said, anew) == seen.declared:
        return None
    asset = present(DataAsset.objects.select_for_update(no_key=True).filter(pk=asset_id).first())
    asset.declared = _with(asset.declared, said, anew)
    asset.save(update_fields=["declared"])
    return _requested(actor, asset, declared_anew=True)


def _with(declared: Mapping[str, Any], said: Mapping[str, Any], anew: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in declared.items() if name not in said}
    return {**kept, **anew}


def _requested(actor: Actor, asset: DataAsset, *, declared_anew: bool) -> Job:
    job = enqueue_examination(asset, Why(Cause.DECLARED if declared_anew else Cause.REQUESTED))
    audit.record(
        actor=actor,
        action="data_asset.examination_requested",
        subject=("data_asset", asset.pk),
        data={"job": job.pk, "declared_anew": declared_anew},
    )
    return job


@transaction.atomic
def reexamine_outdated(*, actor: Actor, limit: int = 100) -> tuple[list[Job], int]:
    """Have files examined again that an older engine examined, the longest known first (the exchange's operators).

    At most `limit` (1 to MOST_AT_ONCE, InvalidInput) at a time, without those whose examination waits already: asked
    again, it goes on. Each is tried once: one that this engine cannot read, or whose job failed, is not queued again.
    Returns the jobs, and how many files are left.
    """
    policies.require_operator(actor)
    if not 1 <= limit <= MOST_AT_ONCE:
        raise InvalidInput.of("/limit", _("Give a number from 1 to %(limit)s."), limit=MOST_AT_ONCE)
    waiting = selectors.outdated_assets().order_by("pk")
    jobs = [_examine_anew(actor, asset) for asset in waiting.select_for_update(of=("self",))[:limit]]
    return jobs, waiting.count()


def _examine_anew(actor: Actor, asset: DataAsset) -> Job:
    job = enqueue_examination(asset, Why(Cause.ENGINE))
    audit.record(
        actor=actor,
        action="data_asset.examination_requested",
        subject=("data_asset", asset.pk),
        data={"job": job.pk, "declared_anew": False, "engine": ENGINE_VERSION},
    )
    return job


@transaction.atomic
def declare_table_schema(*, actor: Actor, asset_id: int, table_schema: Mapping[str, Any] | None) -> Job:
    """Declare which rules an asset keeps to, None: none, and have it examined by them. The owner.

    `table_schema` is one that `checked_table_schema` took: that takes long, and here the asset is locked. Records
    `data_asset.table_schema_declared` with how many fields have rules.
    """
    policies.require_owner(actor, selectors.asset(actor, asset_id).organisation_id)
    said = {} if table_schema is None else {"table_schema": table_schema}
    asset = present(DataAsset.objects.select_for_update().filter(pk=asset_id).first())
    asset.declared = {name: value for name, value in asset.declared.items() if name != "table_schema"} | said
    asset.save(update_fields=["declared"])
    job = enqueue_examination(asset, Why(Cause.DECLARED))
    audit.record(
        actor=actor,
        action="data_asset.table_schema_declared",
        subject=("data_asset", asset.pk),
        data={"job": job.pk, "fields": 0 if table_schema is None else len(table_schema["fields"])},
    )
    return job
