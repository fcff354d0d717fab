"""Deciding many low grades in one go, as they are recommended."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import DomainError, FieldError, Forbidden, InvalidInput
from grading import policies, selectors, states
from grading.models import Cause, Grade, GradeAppeal, Level
from grading.services.decide import decide_grade

LOW: Final = (Level.GENERAL_1.value, Level.GENERAL_2.value)
MOST_IN_BULK: Final = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one grade: decided, or refused by `error`."""

    grade_id: int
    error: DomainError | None = None

    @property
    def decided(self) -> bool:
        """Whether it was."""
        return self.error is None


def confirm_low_grades(*, actor: Actor, grade_ids: Iterable[int]) -> list[Outcome]:
    """Decide grades at their recommended level, each in a transaction of its own; an outcome for each, as asked for.

    Only general 1 and 2 without flags, that nobody appealed or asked for, and that lower nothing decided: Forbidden
    with the rule otherwise, and whatever `decide_grade` says. InvalidInput at /grades for none, more than MOST_IN_BULK,
    or twice the same. Forbidden for who is no reviewer.
    """
    wanted = list(grade_ids)
    errors = []
    if not 1 <= len(wanted) <= MOST_IN_BULK:
        errors.append(FieldError("/grades", _("Name 1 to %(limit)s grades."), {"limit": MOST_IN_BULK}))
    if len(set(wanted)) != len(wanted):
        errors.append(FieldError("/grades", _("Name each grade once.")))
    if errors:
        raise InvalidInput(errors)
    if not actor.acts_as("exchange", "reviewer"):
        raise Forbidden(_("Only reviewers of the exchange decide on grades."), rule="grading.reviewer_only")
    return [_decided(actor, grade_id) for grade_id in wanted]


def bulk_refusal(actor: Actor, grade: Grade) -> DomainError | None:
    """What `confirm_low_grades` would refuse this grade with, as it stands now; None: it would decide it."""
    try:
        policies.require_reviewer(actor, grade.asset.organisation_id)
        states.GRADE.target("decide", grade.state)
        _require_low(grade)
    except DomainError as error:
        return error
    return None


def _decided(actor: Actor, grade_id: int) -> Outcome:
    try:
        grade = selectors.grade(actor, grade_id)
        if states.GRADE.allows("decide", grade.state):
            _require_low(grade)
        # of what is decided here nothing changes meanwhile: recommendations never do, and appeals make new rows
        decide_grade(actor=actor, grade_id=grade_id, level=grade.recommended_level)
    except DomainError as error:
        return Outcome(grade_id, error)
    return Outcome(grade_id)


def _require_low(grade: Grade) -> None:
    if grade.recommended_level not in LOW:
        raise Forbidden(_("Only general 1 and 2 are decided in bulk."), rule="grading.bulk_low_only")
    if grade.state == states.CONFIRMED or grade.recommendation.get("flags"):
        raise Forbidden(_("What may be important or core is looked at one by one."), rule="grading.bulk_unflagged_only")
    if grade.cause == Cause.APPEAL or GradeAppeal.objects.filter(review=grade, state=states.FILED).exists():
        raise Forbidden(_("Appeals are decided one by one, with a reason."), rule="grading.bulk_no_appeals")
    if grade.cause_note:
        raise Forbidden(_("Somebody asked for this with a note: look at it alone."), rule="grading.bulk_not_asked_for")
    decided = Grade.objects.filter(asset_id=grade.asset_id, state=states.DECIDED).first()
    order = Level.values.index
    if decided is not None and order(grade.recommended_level) < order(decided.level):
        raise Forbidden(_("This would lower a decided level: look at it alone."), rule="grading.bulk_not_lowering")
