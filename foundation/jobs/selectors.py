"""Reading jobs: each organisation sees its own, the exchange sees all."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.jobs import states
from foundation.jobs.models import Job, State

RECENT: Final = timedelta(days=1)
FORESEEABLE: Final = 0.05
"""Below this share nothing can be said about the time that is left."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Jobs that have not ended and those that ended recently: counts of each kind and of all, in the order of `states`.

    `oldest_waiting` is how long the job that has been due for the longest time waits for a worker; None if none does.
    """

    states: Sequence[State]
    kinds: Sequence[tuple[str, Sequence[int]]]
    totals: Sequence[int]
    oldest_waiting: timedelta | None


def visible_jobs(actor: Actor) -> models.QuerySet[Job]:
    """The jobs that `actor` may follow."""
    if actor.is_system or actor.is_exchange:
        return Job.objects.all()
    if actor.organisation_id is None:
        return Job.objects.none()
    return Job.objects.filter(organisation_id=actor.organisation_id)


def job(actor: Actor, job_id: int) -> Job:
    """One job, or NotFound."""
    row = visible_jobs(actor).filter(pk=job_id).first()
    if row is None:
        raise NotFound
    return row


def with_parts(jobs: models.QuerySet[Job]) -> models.QuerySet[Job]:
    """The same jobs with `parts_total` and `parts_succeeded`."""
    parts = Job.objects.filter(parent=OuterRef("pk")).order_by().values("parent")
    succeeded = parts.filter(state=states.SUCCEEDED)
    return jobs.annotate(
        parts_total=Coalesce(Subquery(parts.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        parts_succeeded=Coalesce(
            Subquery(succeeded.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
        ),
    )


def overview(actor: Actor) -> Overview:
    """What waits, runs and has ended within RECENT."""
    jobs = visible_jobs(actor)
    recent = jobs.filter(Q(finished_at__isnull=True) | Q(finished_at__gt=Now() - RECENT)).order_by()
    order = list(State)
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(order))
    for kind, state, number in recent.values_list("kind", "state").annotate(Count("pk")):
        counts[kind][order.index(State(state))] = number
    due = jobs.filter(state=states.QUEUED, run_after__lte=Now())
    return Overview(
        states=order,
        kinds=sorted(counts.items()),
        totals=[sum(column) for column in zip(*counts.values(), strict=True)] or [0] * len(order),
        oldest_waiting=due.aggregate(age=Now() - models.Min("run_after"))["age"],
    )


def remaining(job: Job, *, now: datetime) -> timedelta | None:
    """How long it will go on, if it goes on as it did; None for what does not run or has just begun."""
    if job.state not in (states.RUNNING, states.WAITING) or job.started_at is None or job.progress < FORESEEABLE:
        return None
    return (now - job.started_at) * (1 - job.progress) / job.progress
