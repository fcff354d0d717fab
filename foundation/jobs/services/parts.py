"""Split jobs: parts are rows, written when the parent's attempt ends; the last one to succeed queues the merge.

Who holds a part's row may wait for the parent's; who holds the parent's never waits for a part's. So nobody waits in a
circle: a part that is being ended while its parent fails or is cancelled is passed over, and finds out by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import OperationalError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from foundation.errors import Conflict
from foundation.jobs import registry, states
from foundation.jobs.models import Job
from foundation.jobs.services.leases import Run, mean_of_parts
from foundation.jobs.services.queueing import requeue, send_all

PARTS_AT_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class PartResult:
    """What a part was given and what it returned; `number` counts from 1 in the order of `split`."""

    number: int
    arguments: Mapping[str, Any]
    result: Mapping[str, Any] | None


def split(run: Run, *, kind: str, parts: Sequence[Mapping[str, Any]], then: str) -> registry.Ended:
    """End the attempt by splitting the job: one job of `kind` for each of `parts` (its arguments), then the merge.

    The parent waits; when all parts have succeeded it is queued again, for the handler of `then`, which is called with
    the parent's own arguments and reads `results_of_parts(run)`. A part that fails for good fails the parent with its
    reason. All of it is one transaction, of which `run.commit()` around it makes more a part.

    Returns what the handler must return. KeyError for kinds that no room registered, ValueError for no parts, more
    than PARTS_AT_MOST, or a part that would be split.
    """
    if not 1 <= len(parts) <= PARTS_AT_MOST:
        raise ValueError(f"a job is split into 1 to {PARTS_AT_MOST} parts, not {len(parts)}")
    if run.parent_id is not None:
        raise ValueError("a part is not split again")
    work, merge = registry.kind(kind), registry.kind(then)
    with run.commit():
        row = Job.objects.get(pk=run.job_id)
        if row.merge_kind:
            raise ValueError("a merge does not split its job again")
        Job.objects.filter(pk=row.pk).update(
            state=states.JOB.target("split", row.state),
            merge_kind=merge.name,
            max_attempts=row.tries + merge.max_attempts,
            max_losses=row.losses + merge.max_losses,
            progress=0.0,
            progress_note="",
            lease_expires_at=None,
        )
        written = Job.objects.bulk_create(
            Job(
                kind=work.name,
                arguments=dict(arguments),
                state=states.JOB.target("enqueue"),
                subject_type="job",
                subject_id=row.pk,
                organisation_id=row.organisation_id,
                max_attempts=work.max_attempts,
                max_losses=work.max_losses,
                parent=row,
                part=number,
            )
            for number, arguments in enumerate(parts, start=1)
        )
        identifiers = [part.pk for part in written]
        transaction.on_commit(lambda: send_all(identifiers))
    return registry.Ended()


def results_of_parts(run: Run) -> list[PartResult]:
    """What the parts of the job that `run` merges returned, in order."""
    parts = Job.objects.filter(parent=run.job_id, state=states.SUCCEEDED).order_by("part")
    return [PartResult(part.part or 0, part.arguments, part.result) for part in parts]


def part_succeeded(parent_id: int) -> None:
    """In the transaction that ends a part: its parent's progress, and the merge when no part is left.

    The parent's row is locked first, so that of parts that end together each sees those before it: one is the last.
    """
    parent = Job.objects.select_for_update().filter(pk=parent_id, state=states.WAITING).first()
    if parent is None:
        return
    if Job.objects.filter(parent=parent).exclude(state=states.SUCCEEDED).exists():
        Job.objects.filter(pk=parent.pk).update(progress=mean_of_parts())
        return
    _queue_merge(parent)


def _queue_merge(parent: Job) -> None:
    state = states.JOB.target("join", parent.state)
    Job.objects.filter(pk=parent.pk).update(state=state, progress=1.0, run_after=Now(), sent_at=Now(), finished_at=None)
    transaction.on_commit(lambda: send_all([parent.pk]))


def part_failed(part: Job, parent_id: int, *, code: str, detail: str) -> None:
    """In the transaction that ends a part for good: its parent fails with its reason, the other parts are cancelled."""
    parent = Job.objects.select_for_update().filter(pk=parent_id, state=states.WAITING).first()
    if parent is None:
        return
    Job.objects.filter(pk=parent.pk).update(
        state=states.JOB.target("fail", parent.state),
        error_code=code,
        error_detail=f"Part {part.part}: {detail}"[:4000],
        finished_at=Now(),
    )
    cancel_parts(parent.pk)


def cancel_parts(parent_id: int) -> None:
    """Cancel the unfinished parts of a locked parent that waits no longer; those that somebody holds are passed over.

    They end by themselves: their next write is refused, and the sweep cancels what is left.
    """
    free = Job.objects.filter(parent=parent_id, state__in=states.UNFINISHED).select_for_update(skip_locked=True)
    to_cancel = [pk for pk, state in free.values_list("pk", "state") if states.JOB.allows("cancel", state)]
    Job.objects.filter(pk__in=to_cancel).update(state=states.CANCELLED, finished_at=Now(), lease_expires_at=None)


def resume(parent: Job) -> None:
    """Queue a locked, failed parent again: its merge if all parts have succeeded, else the parts that have not.

    Conflict while a part is just being ended by its worker: the parent must not wait for that.
    """
    unsuccessful = Job.objects.filter(parent=parent).exclude(state=states.SUCCEEDED).order_by("part")
    try:
        with transaction.atomic():  # in one statement: a part that ends between two would be seen by neither
            rows = list(unsuccessful.select_for_update(nowait=True))
    except OperationalError as busy:
        raise Conflict(_("A part of this job is just ending: try again in a moment.")) from busy
    if not rows:
        requeue(parent, pause=timedelta(0))
        return
    left = [part for part in rows if part.state in (states.FAILED, states.CANCELLED)]
    for part in left:
        event = "retry" if part.state == states.FAILED else "resume"
        Job.objects.filter(pk=part.pk).update(
            state=states.JOB.target(event, part.state),
            max_attempts=max(part.max_attempts, part.tries + 1),
            max_losses=max(part.max_losses, part.losses + 1),
            run_after=Now(),
            sent_at=Now(),
            finished_at=None,
        )
    Job.objects.filter(pk=parent.pk).update(
        state=states.JOB.target("resume", parent.state), progress=mean_of_parts(), finished_at=None
    )
    identifiers = [part.pk for part in left]
    transaction.on_commit(lambda: send_all(identifiers))
