"""The grades that wait for reviewers, the gravest first, then the oldest."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from foundation.actors import Actor
from grading import policies, selectors, states
from grading.models import Grade, GradeAppeal


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many grades wait, by risk (`models.RISK`), by cause and by age; `appeals` and `differing` among them."""

    total: int
    by_risk: dict[int, int]
    by_cause: dict[str, int]
    older_than_day: int
    older_than_week: int
    older_than_30_days: int
    appeals: int
    differing: int


def review_queue(actor: Actor) -> QuerySet[Grade]:
    """What waits, in the order of the queue, without the long documents; for people of the exchange: Forbidden.

    Rows have `appeal_id`, the number of the appeal that they decide, or None.
    """
    policies.require_exchange_reader(actor)
    rows = selectors.grades(actor).filter(state__in=states.OPEN).defer("recommendation", "asset__declared")
    appeal = GradeAppeal.objects.filter(review=OuterRef("pk"), state=states.FILED).values("pk")[:1]
    return rows.annotate(appeal_id=Subquery(appeal)).order_by("-risk", "pk")


def waiting(actor: Actor) -> Waiting:
    """The queue in figures, by one query; for people of the exchange: Forbidden."""
    policies.require_exchange_reader(actor)
    rows = Grade.objects.filter(state__in=states.OPEN)
    aged = {
        name: Count("pk", filter=Q(created_at__lt=Now() - timedelta(days=days)))
        for name, days in (("older_than_day", 1), ("older_than_week", 7), ("older_than_30_days", 30))
    }
    appealed = Q(pk__in=GradeAppeal.objects.filter(state=states.FILED).values("review"))
    groups: Any = list(
        rows.values("risk", "cause").annotate(
            total=Count("pk"),
            appeals=Count("pk", filter=appealed),
            differing=Count("pk", filter=Q(difference__differs=True)),
            **aged,
        )
    )
    return Waiting(
        by_risk=_summed(groups, "risk"),
        by_cause=_summed(groups, "cause"),
        **{name: sum(group[name] for group in groups) for name in ("total", "appeals", "differing", *aged)},
    )


def _summed(groups: Any, key: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for group in groups:
        found[group[key]] = found.get(group[key], 0) + group["total"]
    return dict(sorted(found.items(), reverse=key == "risk"))
