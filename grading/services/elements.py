"""Elements of grading and sources of derived data: declared by owners, followed when the grade of a source rises."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import InvalidInput, present
from foundation.jobs import states as job_states
from foundation.jobs.models import Job
from foundation.jobs.services import Run
from grading import policies, selectors
from grading.declaring.elements import (
    checked_derivation,
    checked_elements,
    checked_level_elsewhere,
    source_assets,
    unknown_names,
)
from grading.models import Cause, DataAsset, Grade, Level
from grading.origins import counted_sources, require_references
from grading.services.receive import enqueue_examination
from grading.services.recommend import ACTOR, Why

REGRADE_DERIVED: Final = "grading.regrade_derived"
BATCH: Final = 200
"""Derived assets that are looked at in one transaction."""
CHECKS: Final = {
    "elements": checked_elements, "derivation": checked_derivation, "graded_elsewhere": checked_level_elsewhere
}  # fmt: skip


@transaction.atomic
def declare_elements(*, actor: Actor, asset_id: int, declared: Mapping[str, Any]) -> Job:
    """Declare elements of grading, what data is derived from, or its level in another scheme. The owner.

    `declared` has some of `elements`, `derivation`, `graded_elsewhere`: each takes the place of what was said before,
    None takes it back; all else stays. The asset is examined. InvalidInput below the pointers of these names; Conflict
    where the other scheme cannot be used. Records `data_asset.elements_declared`.
    """
    policies.require_owner(actor, selectors.asset(actor, asset_id).organisation_id)
    if unknown := unknown_names(declared, CHECKS, ""):
        raise InvalidInput(unknown)
    if not declared:
        raise InvalidInput.of("/elements", _("Declare elements, a derivation, or the level in another scheme."))
    said = {name: {} if value is None else CHECKS[name](value, f"/{name}") for name, value in declared.items()}
    asset = present(DataAsset.objects.select_for_update(no_key=True).filter(pk=asset_id).first())
    require_references(actor, said, at="", asset=asset)
    kept = {name: value for name, value in asset.declared.items() if name not in said}
    asset.declared = kept | {name: value for name, value in said.items() if value}
    asset.save(update_fields=["declared"])
    job = enqueue_examination(asset, Why(Cause.DECLARED))
    audit.record(
        actor=actor,
        action="data_asset.elements_declared",
        subject=("data_asset", asset.pk),
        data={"job": job.pk, "sources": [source for _at, source in source_assets(said)], **_told(said)},
    )
    return job


def regrade_derived(run: Run, *, grade_id: int) -> dict[str, Any]:
    """Examine anew what was derived from an asset whose grade was decided higher than it counted with.

    As attempt `run` of a job, BATCH at a time in a transaction. What is being examined already is examined once more:
    it may have begun before. The job's result: how many.
    """
    source = Grade.objects.filter(pk=grade_id).values_list("asset_id", flat=True).first()
    standing = None if source is None else selectors.source_grades([source]).get(source)
    if source is None or standing is None:
        return {"regraded": 0}
    derived = list(selectors.derived_assets(source).order_by("pk").values_list("pk", flat=True))
    regraded = 0
    for start in range(0, len(derived), BATCH):
        with run.commit():
            waiting = _counting_less(derived[start : start + BATCH], source, str(standing.level))
            for asset in waiting:
                job = enqueue_examination(asset, Why(Cause.SOURCES))
                audit.record(
                    actor=ACTOR,
                    action="data_asset.examination_requested",
                    subject=("data_asset", asset.pk),
                    data={"job": job.pk, "declared_anew": False, "source": source},
                )
        regraded += len(waiting)
        run.progress(min(start + BATCH, len(derived)) / len(derived))
    return {"regraded": regraded}


def _counting_less(derived: Sequence[int], source: int, level: str) -> list[DataAsset]:
    """Those of the derived assets whose newest grade rests on a lower level of this source, or may soon."""
    under_way = selectors.examinations().filter(subject_id__in=derived, state__in=job_states.UNFINISHED)
    begun = set(under_way.values_list("subject_id", flat=True))
    newest = Grade.objects.filter(asset__in=derived).order_by("asset_id", "-pk").distinct("asset_id")
    counted = {row.asset_id: counted_sources(row).get(source) for row in newest.only("asset_id", "recommendation")}
    order = Level.values.index

    def counts_less(asset: DataAsset) -> bool:
        known = counted.get(asset.pk)
        return asset.pk in begun or known is None or order(known) < order(level)

    return [asset for asset in DataAsset.objects.filter(pk__in=derived).order_by("pk") if counts_less(asset)]


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    """For the audit: codes and numbers, never words of people."""
    derivation = said.get("derivation") or {}
    return {
        "declared": sorted(said),
        "elements": sorted(said.get("elements") or {}),
        "processing": derivation.get("processing", []),
        "reason_given": bool(derivation.get("reason")),
        **{name: said[name] for name in ("graded_elsewhere",) if name in said},
    }
