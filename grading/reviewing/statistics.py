"""Reviewers' work in figures: decisions and how they depart from recommendations, waiting times, appeals, the queue."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Q

from foundation.actors import Actor
from foundation.participants.models import User
from grading import policies, states
from grading.models import Grade, GradeAppeal, Level
from grading.reviewing.queue import Waiting, waiting


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions of one level or one reviewer, or all of them; hours from recommendation to decision.

    `lowered` and `raised`: below and above the recommended level; `recategorised`: in another category.
    """

    decided: int
    lowered: int
    raised: int
    recategorised: int
    by_two: int
    median_hours: float
    p90_hours: float


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What one reviewer did: steps as the first and as the deciding reviewer, and returns."""

    user_id: int
    username: str
    confirmed: int
    returned: int
    decisions: Decisions | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the decisions taken from `since` on, before `until`; `queue` is as it is now."""

    since: datetime
    until: datetime
    total: Decisions
    by_level: dict[str, Decisions]
    by_cause: dict[str, Decisions]
    reviewers: tuple[Reviewer, ...]
    returned: int
    agreed: int
    appeals: dict[str, int]
    queue: Waiting

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


NONE: Final = Decisions(0, 0, 0, 0, 0, 0.0, 0.0)
_DECISIONS: Final = """
SELECT grouping(level), grouping(cause), grouping(decided_by_id), level, cause, decided_by_id,
    count(*),
    count(*) FILTER (WHERE array_position(%(levels)s::varchar[], level)
                         < array_position(%(levels)s::varchar[], recommended_level)),
    count(*) FILTER (WHERE array_position(%(levels)s::varchar[], level)
                         > array_position(%(levels)s::varchar[], recommended_level)),
    count(*) FILTER (WHERE category <> recommended_category),
    count(confirmed_by_id),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - created_at) / 3600.0),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - created_at) / 3600.0)
FROM grading_grade
WHERE decided_at >= %(since)s AND decided_at < %(until)s
GROUP BY GROUPING SETS ((), (level), (cause), (decided_by_id))
"""


def review_statistics(actor: Actor, *, since: datetime, until: datetime) -> Statistics:
    """Figures of all reviewers, for people of the exchange (Forbidden); six queries, however many decisions.

    Medians and 90th percentiles are continuous ones (PostgreSQL's percentile_cont).
    """
    policies.require_exchange_reader(actor)
    total, by_level, by_cause, by_reviewer = _decisions(since, until)
    steps = _steps(since, until)
    names = User.objects.in_bulk(sorted({*by_reviewer, *steps}))
    reviewers = [
        Reviewer(
            user_id=pk,
            username=names[pk].get_username(),
            confirmed=steps.get(pk, {}).get("confirmed", 0),
            returned=steps.get(pk, {}).get("returned", 0),
            decisions=by_reviewer.get(pk),
        )
        for pk in sorted(names, key=lambda pk: names[pk].get_username())
    ]
    return Statistics(
        since=since,
        until=until,
        total=total,
        by_level={level: by_level[level] for level in Level.values if level in by_level},
        by_cause=dict(sorted(by_cause.items())),
        reviewers=tuple(reviewers),
        returned=sum(found.get("returned", 0) for found in steps.values()),
        agreed=Grade.objects.filter(state=states.AGREED, created_at__gte=since, created_at__lt=until).count(),
        appeals=_appeals(since, until),
        queue=waiting(actor),
    )


def _decisions(
    since: datetime, until: datetime
) -> tuple[Decisions, dict[str, Decisions], dict[str, Decisions], dict[int, Decisions]]:
    total = NONE
    by_level: dict[str, Decisions] = {}
    by_cause: dict[str, Decisions] = {}
    by_reviewer: dict[int, Decisions] = {}
    with connection.cursor() as cursor:
        cursor.execute(_DECISIONS, {"levels": Level.values, "since": since, "until": until})
        for no_level, no_cause, no_person, level, cause, person, *figures in cursor.fetchall():
            counts, hours = figures[:5], [round(float(value or 0.0), 2) for value in figures[5:]]
            found = Decisions(*counts, *hours)
            if not no_level:
                by_level[level] = found
            elif not no_cause:
                by_cause[cause] = found
            elif not no_person:
                by_reviewer[person] = found
            else:
                total = found
    return total, by_level, by_cause, by_reviewer


def _steps(since: datetime, until: datetime) -> dict[int, dict[str, int]]:
    """Reviewer → how many grades they confirmed, and returned."""
    found: dict[int, dict[str, int]] = {}
    for step in ("confirmed", "returned"):
        rows = Grade.objects.filter(**{f"{step}_at__gte": since, f"{step}_at__lt": until}).order_by()
        for pk, count in rows.values_list(f"{step}_by_id").annotate(count=Count("pk")):
            found.setdefault(pk, {})[step] = count
    return found


def _appeals(since: datetime, until: datetime) -> dict[str, int]:
    """How many were filed, and how those that ended did."""
    filed = Q(filed_at__gte=since, filed_at__lt=until)
    closed = Q(closed_at__gte=since, closed_at__lt=until)
    return GradeAppeal.objects.aggregate(
        filed=Count("pk", filter=filed),
        **{
            state: Count("pk", filter=closed & Q(state=state))
            for state in (states.GRANTED, states.DISMISSED, states.WITHDRAWN)
        },
    )
