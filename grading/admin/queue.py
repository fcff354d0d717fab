"""The order of the queue: the gravest first, then the oldest; for whom a grade waits, and what stands beside it."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from foundation.actors import Actor
from foundation.participants.models import Membership
from grading import states
from grading.models import Grade, GradeAppeal

ORDER: Final = ("-risk", "pk")
"""Numbers rise with time: the lowest waits longest. The index `grade_queue` has this order."""
OF_A_LINE: Final = (
    "state", "risk", "cause", "recommended_level", "recommended_category", "level", "created_at", "asset__filename",
    "asset__organisation__name",
)  # fmt: skip
"""What a line of the list shows: no long documents, neither of the grade nor of its asset."""


def decidable_by(actor: Actor) -> Q:
    """Grades that wait and that this person will not be refused for who they are, as `grading.policies` refuses.

    Not: on data of an organisation they belong to, twice on one grade, on an appeal against a decision of their own.
    """
    if actor.user_id is None or not actor.acts_as("exchange", "reviewer"):
        return Q(pk__in=[])
    own = Membership.objects.filter(user_id=actor.user_id).values("organisation_id")
    twice = Q(state=states.CONFIRMED, confirmed_by=actor.user_id)
    took = Q(appealed__decided_by=actor.user_id) | Q(appealed__confirmed_by=actor.user_id)
    partial = GradeAppeal.objects.filter(took, state=states.FILED).values("review")
    return Q(state__in=states.OPEN) & ~Q(asset__organisation_id__in=own) & ~twice & ~Q(pk__in=partial)


def under_appeal() -> Q:
    """Grades that decide an appeal."""
    return Q(pk__in=GradeAppeal.objects.filter(state=states.FILED).values("review"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a grade stands in a reviewer's queue: the grades beside it, and the first of all; None: there is none."""

    before: int | None
    after: int | None
    first: int | None


def place(rows: QuerySet[Any], grade: Grade) -> Place:
    """The place of a grade, which may have left the queue meanwhile, among these rows."""
    others = rows.exclude(pk=grade.pk).order_by(*ORDER).values_list("pk", flat=True)
    graver = Q(risk__gt=grade.risk) | Q(risk=grade.risk, pk__lt=grade.pk)
    return Place(before=others.filter(graver).last(), after=others.exclude(graver).first(), first=others.first())
