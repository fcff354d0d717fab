"""What has files graded anew beside their owners: other rules, time that has passed, an incident.

A file that only its level depends on is placed anew from what was found in it; it is read again where that does not
suffice. What comes of it is a recommendation: a decided grade stays until reviewers decide otherwise.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import InvalidInput, present
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.jobs.services import Outcome, Run, succeed
from foundation.participants.policies import require_system
from foundation.rulebooks import selectors as rulebooks
from foundation.rulebooks.in_force import InForce, in_force
from grading import policies, selectors, states
from grading.engine import ENGINE_VERSION
from grading.engine.levels import Place
from grading.engine.plain import to_plain
from grading.models import Cause, DataAsset, Grade
from grading.rulebook import SCHEME, UNDECIDABLE, placed_again
from grading.rules.level_schemes import LEVEL_SCHEME
from grading.scoring_rules import wait_for_writers
from grading.services.receive import enqueue_examination
from grading.services.recommend import ACTOR, Recommended, Why, recommend_grade
from grading.services.rescore import BATCH, locked

REGRADE: Final = "grading.regrade"
REQUESTABLE: Final = (Cause.INCIDENT.value, Cause.SCALE.value, Cause.REQUESTED.value)
NOTE_LENGTH: Final = 4000
RETRY_DAYS: Final = 7
MOST_DUE: Final = 1_000
"""Files that one run of beat has examined; the next takes those that are left, the longest overdue first."""


@transaction.atomic
def request_regrading(*, actor: Actor, asset_id: int, cause: str, note: str) -> Job:
    """Have an asset examined and graded again for a reason of the exchange's (its reviewers and operators).

    `cause` is one of REQUESTABLE: an incident; files that only together cross a threshold of scale; or another, which
    `note` says (at most NOTE_LENGTH characters; it stands with the new grade, and the owner reads it). It has a job of
    its own, whatever waits already. Records `data_asset.regrading_requested`.
    """
    selectors.asset(actor, asset_id)
    policies.require_exchange_people(actor)
    if cause not in REQUESTABLE:
        raise InvalidInput.of("/cause", _("Choose one of: %(known)s."), known=", ".join(REQUESTABLE))
    note = note.strip()
    if not note or len(note) > NOTE_LENGTH or "\x00" in note:
        raise InvalidInput.of("/note", _("Say why, in at most %(limit)s characters."), limit=NOTE_LENGTH)
    asset = present(DataAsset.objects.select_for_update().filter(pk=asset_id).first())
    job = enqueue_examination(asset, Why(cause, note))
    audit.record(
        actor=actor,
        action="data_asset.regrading_requested",
        subject=("data_asset", asset.pk),
        data={"job": job.pk, "cause": cause},
    )
    return job


@transaction.atomic
def queue_regrading(*, actor: Actor) -> Job:
    """Queue the placing of every file that was graded by another scheme than the one in force (the exchange itself).

    For an upgrade whose shipped scheme is another one: a release queues it by itself.
    """
    require_system(actor)
    return jobs.enqueue(kind=REGRADE, arguments={}, dedup_key=REGRADE)


def regrade_under_rules(run: Run, *, version_id: int | None = None) -> Outcome:
    """Recommend grades anew after a grading scheme, or a scheme that owners grade by, has come in force.

    As attempt `run` of a job, in batches: a killed job goes on where it stopped. `version_id`: the rules that came in
    force; nothing to do for other kinds. The result counts files that were `placed` from what was found before, and
    those that wait to be `examined`. What was returned to its owner waits for the owner.
    """
    kind = SCHEME if version_id is None else rulebooks.kind_of(version_id)
    if kind == LEVEL_SCHEME and version_id is not None:
        return _examine_graded_elsewhere(run, version_id)
    if kind != SCHEME:
        return {}
    wait_for_writers()
    wanted = list(_newest_but_of(in_force(SCHEME)).values_list("asset_id", flat=True))
    counts = {"placed": 0, "examined": 0}
    for start in range(0, len(wanted), BATCH):
        with run.commit():
            scheme = in_force(SCHEME)
            held = {asset.pk: asset for asset in locked(wanted[start : start + BATCH])}
            rows = _newest_but_of(scheme, held).select_related("profile").defer("profile__data")
            for row in rows.prefetch_related("profile__sensitivity", "profile__assessments"):
                row.asset = held[row.asset_id]
                counts["placed" if _placed(row, scheme) else "examined"] += 1
        run.progress(min(start + BATCH, len(wanted)) / len(wanted))
    with run.commit():
        return succeed(run, counts)


@transaction.atomic
def queue_due_reviews(*, actor: Actor, today: date | None = None) -> int:
    """Have files examined again whose decided grade is due for review (beat); how many, at most MOST_DUE.

    Each is asked for again after RETRY_DAYS until an examination agrees or people decide: one may fail. What
    waits for reviewers anyhow is left to them.
    """
    require_system(actor)
    today = today or timezone.localdate()
    due = Grade.objects.filter(state=states.DECIDED, review_due_on__lte=today)
    due = due.exclude(asset__grades__state__in=states.OPEN).order_by("review_due_on", "pk")
    held = locked(due.values_list("asset_id", flat=True)[:MOST_DUE])
    rows = list(Grade.objects.filter(asset__in=held, state=states.DECIDED, review_due_on__lte=today).order_by("pk"))
    assets = {asset.pk: asset for asset in held}
    for row in rows:
        job = enqueue_examination(assets[row.asset_id], Why(Cause.TIME))
        audit.record(
            actor=actor,
            action="grade.review_due",
            subject=("grade", row.pk),
            data={"job": job.pk, "due": str(row.review_due_on)},
        )
        row.review_due_on = today + timedelta(days=RETRY_DAYS)
        row.save(update_fields=["review_due_on"])
    return len(rows)


def _newest_but_of(scheme: InForce, asset_ids: Iterable[int] | None = None) -> QuerySet[Grade]:
    """Of every asset, or of these, the newest grade that counts and is not returned, where other rules made it."""
    made_by = "recommendation__rulebook__sha256"
    others = Q(**{f"{made_by}__isnull": True}) | ~Q(**{made_by: scheme.content.sha256})
    return selectors.newest_grades(asset_ids).filter(others).order_by("asset_id")


def _placed(row: Grade, scheme: InForce) -> bool:
    """Recommend what the scheme says of what was found; where it cannot say, have the file examined."""
    try:
        found = placed_again(row, scheme.rules)
    except UNDECIDABLE:
        found = None
    if found is None:
        enqueue_examination(row.asset, Why(Cause.RULES))
        return False
    recommend_placed(row, found, scheme, Why(Cause.RULES))
    return True


def recommend_placed(row: Grade, found: Place, scheme: InForce, why: Why) -> Grade:
    """Recommend what a grade of before recommended, but for its place and what stands beside; its asset is locked."""
    rules, plain = scheme.rules, to_plain(found)
    flags = [{**flag, "matrix_cell": rules.cell(flag["harmed_object"], flag["degree"])} for flag in plain["flags"]]
    recommendation = {
        **row.recommendation,
        **plain,
        "flags": flags,
        "scheme_code": rules.code,
        "scheme_version": rules.version,
        "matrix_cell": rules.cell(found.harmed_object, found.degree),
        "rulebook": scheme.as_record(),
        "placed_from": row.pk,
    }
    if elements := row.recommendation.get("elements"):
        recommendation["elements"] = {**elements, "collected": row.asset.collected}
    said = Recommended(
        profile=row.profile,
        level=found.level,
        category=row.recommended_category,
        recommendation=recommendation,
        engine_version=ENGINE_VERSION,
        scheme_code=rules.code,
        scheme_version=rules.version,
    )
    return recommend_grade(row.asset, said, why, actor=ACTOR)


def _examine_graded_elsewhere(run: Run, version_id: int) -> Outcome:
    """The files whose owner gave them a level of the scheme that has another version now."""
    code = rulebooks.scope_of(version_id)
    wanted = DataAsset.objects.filter(declared__graded_elsewhere__scheme=code).order_by("pk")
    with run.commit():
        for asset in wanted.select_for_update(no_key=True):
            enqueue_examination(asset, Why(Cause.RULES))
        return succeed(run, {"placed": 0, "examined": len(wanted)})
