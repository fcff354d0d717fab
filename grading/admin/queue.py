"""The order of the queue: the gravest first, then the oldest; what comes before and after a grade, and the counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Q, QuerySet

from foundation.actors import Actor
from foundation.participants.models import Membership
from grading import states
from grading.models import Grade

ORDER: Final = ("-risk", "pk")
"""Numbers rise with time: the lowest waits longest. The index `grade_queue` has this order."""
OF_A_LINE: Final = (
    "state", "risk", "cause", "recommended_level", "recommended_category", "level", "created_at", "asset__filename",
    "asset__organisation__name",
)  # fmt: skip
"""What a line of the list shows: no long documents, neither of the grade nor of its asset."""


def decidable_by(actor: Actor) -> Q:
    """Grades that wait and that this person will not be refused for who they are (`policies.require_reviewer`)."""
    own = Membership.objects.filter(user_id=actor.user_id).values("organisation_id")
    twice = Q(state=states.CONFIRMED, confirmed_by=actor.user_id)
    return Q(state__in=states.OPEN) & ~Q(asset__organisation_id__in=own) & ~twice


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


class Queue(ChangeList):
    """The list with the counts of its filters."""

    @cached_property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many waiting grades each line of each filter would show, beside what the other filters show.

        One query for all of them. Empty where the list shows what does not wait any more: the archive is not counted.
        """
        specs = [spec for spec in self.filter_specs if hasattr(spec, "condition")]
        if not all(getattr(spec, "waits", True) for spec in specs):
            return {}
        chosen = {spec.parameter_name: spec.condition() for spec in specs}
        lines: dict[str, tuple[tuple[str, str], Q]] = {}
        for spec in specs:
            beside = Q()
            for name, condition in chosen.items():
                beside &= condition if name != spec.parameter_name else Q()
            for value, condition in (("", spec.beside_all[1]), *((one.value, one.condition) for one in spec.known)):
                lines[f"line{len(lines)}"] = ((spec.parameter_name, value), beside & condition)
        rows, _twice = self.model_admin.get_search_results(
            None, Grade.objects.filter(state__in=states.OPEN), self.query
        )
        found = rows.aggregate(**{name: Count("pk", filter=condition) for name, (_line, condition) in lines.items()})
        counts = {line: found[name] for name, (line, _condition) in lines.items()}
        return {line: count for line, count in counts.items() if line[0] != "state" or line[1] in ("", *states.OPEN)}
