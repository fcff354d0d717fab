"""Which steps on a grade somebody may take now, and why not. For pages and clients: services check by themselves."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from grading import policies, states
from grading.models import Grade, GradeAppeal

STEPS: Final = ("confirm", "decide", "return")


@dataclass(frozen=True, slots=True)
class Permitted:
    """The steps that the state allows, and why this person would be refused whatever they choose."""

    steps: tuple[str, ...]
    refusal: Forbidden | None
    appeal: GradeAppeal | None


def permitted(actor: Actor, grade: Grade) -> Permitted:
    """Of a grade, with its asset, that the actor sees."""
    appeal = GradeAppeal.objects.filter(review=grade, state=states.FILED).select_related("appealed", "filed_by").first()
    steps = tuple(step for step in STEPS if states.GRADE.allows(step, grade.state))
    if appeal is not None:
        steps = tuple(step for step in steps if step != "return")
    return Permitted(steps, _refusal(actor, grade, appeal), appeal)


def _refusal(actor: Actor, grade: Grade, appeal: GradeAppeal | None) -> Forbidden | None:
    try:
        policies.require_reviewer(actor, grade.asset.organisation_id)
        if appeal is not None:
            policies.require_other_reviewer(actor, appeal.appealed)
    except Forbidden as error:
        return error
    if grade.state == states.CONFIRMED and grade.confirmed_by_id == actor.user_id:
        return Forbidden(_("You confirmed this grade: another reviewer decides."), rule="grading.second_pair_of_eyes")
    return None
