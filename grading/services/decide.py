"""Reviewers confirm, decide and return recommended grades. Each locks the asset first, then its grades."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput, present
from foundation.events import services as events
from grading import policies, selectors, states
from grading.errors import GradeTaken
from grading.models import RESTRICTED, DataAsset, Grade, GradeAppeal, Level
from grading.services.appeals import close_appeal
from grading.services.review_dates import review_due

SECOND_PAIR = "grading.second_pair_of_eyes"
CATEGORY_LENGTH = 120
REASON_LENGTH = 4000


def needs_two_reviewers(grade: Grade, *, level: str) -> bool:
    """Whether this choice takes two people: important and core data, and saying that what may be such is not.

    The machine recommends general levels only and flags what may be important or core: no one person waves that away.
    Nor what two people have decided before: the decided grade that stands counts too.
    """
    possibly = bool(grade.recommendation.get("flags"))
    if possibly or grade.recommended_level in RESTRICTED or level in RESTRICTED:
        return True
    return Grade.objects.filter(asset_id=grade.asset_id, state=states.DECIDED, level__in=RESTRICTED).exists()


@transaction.atomic
def confirm_grade(*, actor: Actor, grade_id: int, level: str, category: str = "", reason: str = "") -> Grade:
    """The first of two reviewers: recommended → confirmed. An empty `category` keeps the recommended one.

    InvalidInput at /level where one reviewer suffices (decide at once), at /reason where the choice departs from the
    recommendation without saying why, or decides an appeal. Forbidden (`grading.appeal_to_others`) to who took the
    decision that is appealed. GradeTaken where somebody else was first.
    """
    grade, appeal = _locked(actor, grade_id)
    target = _target(actor, grade, "confirm")
    _require_impartial(actor, appeal)
    level, category, reason = _checked_choice(grade, level, category, reason, appeal)
    if not needs_two_reviewers(grade, level=level):
        raise InvalidInput.of("/level", _("General levels need no first confirmation: decide at once."))
    grade.state, grade.level, grade.category, grade.confirmed_reason = target, level, category, reason
    grade.confirmed_by_id, grade.confirmed_at = actor.user_id, timezone.now()
    grade.save(update_fields=["state", "level", "category", "confirmed_reason", "confirmed_by", "confirmed_at"])
    _record(actor, "grade.confirmed", grade)
    return grade


@transaction.atomic
def decide_grade(*, actor: Actor, grade_id: int, level: str, category: str = "", reason: str = "") -> Grade:
    """The decision: recommended → decided for general levels, confirmed → decided by a second reviewer.

    The second decides what the first confirmed, or returns the grade: InvalidInput at /level or /category otherwise.
    Forbidden (`grading.second_pair_of_eyes`) where two people are needed and this is the first, or the same again.
    The asset's older decided grade is superseded in the same transaction, and an appeal against it is closed. Emits
    `grade.decided`. GradeTaken where somebody else was first.
    """
    grade, appeal = _locked(actor, grade_id)
    target = _target(actor, grade, "decide")
    _require_impartial(actor, appeal)
    level, category, reason = _checked_choice(grade, level, category, reason, appeal)
    if grade.state == states.CONFIRMED:
        _require_second_pair(actor, grade, level=level, category=category)
    elif needs_two_reviewers(grade, level=level):
        raise Forbidden(
            _("Important and core levels need two reviewers: confirm first, and another reviewer decides."),
            rule=SECOND_PAIR,
        )
    _supersede_decided(actor, grade.asset_id)
    grade.state, grade.level, grade.category, grade.reason = target, level, category, reason
    grade.decided_by_id, grade.decided_at = actor.user_id, timezone.now()
    grade.review_due_on = review_due(level, grade.decided_at)
    grade.save(update_fields=["state", "level", "category", "reason", "decided_by", "decided_at", "review_due_on"])
    _record(actor, "grade.decided", grade)
    events.emit(name="grade.decided", subject=("grade", grade.pk), data={"asset": grade.asset_id, "level": level})
    if appeal is not None:
        close_appeal(actor, appeal, decided=grade)
    return grade


@transaction.atomic
def return_grade(*, actor: Actor, grade_id: int, reason: str) -> Grade:
    """Send a recommended or confirmed grade back to the owner, with the reason; a new examination starts afresh.

    Conflict for the grade of an appeal, which is decided. GradeTaken where somebody else was first.
    """
    grade, appeal = _locked(actor, grade_id)
    target = _target(actor, grade, "return")
    if appeal is not None:
        _require_impartial(actor, appeal)
        raise Conflict(_("An appeal is decided: grant or dismiss it, with a reason."))
    if not (reason := reason.strip()):
        raise InvalidInput.of("/reason", _("State the reason: the owner will read it."))
    if error := _reason_too_long(reason):
        raise InvalidInput([error])
    grade.state, grade.reason = target, reason
    grade.returned_by_id, grade.returned_at = actor.user_id, timezone.now()
    grade.save(update_fields=["state", "reason", "returned_by", "returned_at"])
    _record(actor, "grade.returned", grade)
    events.emit(name="grade.returned", subject=("grade", grade.pk), data={"asset": grade.asset_id})
    return grade


def _locked(actor: Actor, grade_id: int) -> tuple[Grade, GradeAppeal | None]:
    """The grade, its asset locked before it, and the appeal that it decides.

    NotFound or Forbidden for those who may not decide on it.
    """
    asset_id = selectors.grade(actor, grade_id).asset_id
    asset = present(DataAsset.objects.select_for_update().filter(pk=asset_id).first())
    policies.require_reviewer(actor, asset.organisation_id)
    grade = present(Grade.objects.select_for_update().filter(pk=grade_id).first())
    return grade, GradeAppeal.objects.filter(review=grade, state=states.FILED).select_related("appealed").first()


def _target(actor: Actor, grade: Grade, event: str) -> str:
    """Where the step leads; GradeTaken, with what stands instead, where the grade has moved on."""
    if states.GRADE.allows(event, grade.state):
        return states.GRADE.target(event, grade.state)
    stands = selectors.standing(actor, grade)
    raise GradeTaken(machine=states.GRADE.name, event=event, state=grade.state, grade=stands)


def _require_impartial(actor: Actor, appeal: GradeAppeal | None) -> None:
    if appeal is not None:
        policies.require_other_reviewer(actor, appeal.appealed)


def _checked_choice(
    grade: Grade, level: str, category: str, reason: str, appeal: GradeAppeal | None
) -> tuple[str, str, str]:
    """The choice, cleaned; InvalidInput for unknown levels, and for departures and appeals without a reason."""
    category, reason = category.strip() or grade.recommended_category, reason.strip()
    errors = []
    if level not in Level.values:
        errors.append(FieldError("/level", _("Choose one of: %(known)s."), {"known": ", ".join(Level.values)}))
    elif not reason and level != grade.recommended_level:
        below = Level.values.index(level) < Level.values.index(grade.recommended_level)
        lower = _("The level is below the recommended one: state the reason.")
        higher = _("The level is above the recommended one: state the reason.")
        errors.append(FieldError("/reason", lower if below else higher))
    elif not reason and category != grade.recommended_category:
        errors.append(FieldError("/reason", _("The category is not the recommended one: state the reason.")))
    elif not reason and appeal is not None:
        errors.append(FieldError("/reason", _("This decides an appeal: state the reason, the owner will read it.")))
    if len(category) > CATEGORY_LENGTH or "\x00" in category:
        errors.append(
            FieldError("/category", _("Give a category of at most %(limit)s characters."), {"limit": CATEGORY_LENGTH})
        )
    if error := _reason_too_long(reason):
        errors.append(error)
    if errors:
        raise InvalidInput(errors)
    return level, category, reason


def _reason_too_long(reason: str) -> FieldError | None:
    if len(reason) <= REASON_LENGTH and "\x00" not in reason:
        return None
    return FieldError("/reason", _("Give a reason of at most %(limit)s characters."), {"limit": REASON_LENGTH})


def _require_second_pair(actor: Actor, grade: Grade, *, level: str, category: str) -> None:
    if actor.user_id == grade.confirmed_by_id:
        raise Forbidden(_("You confirmed this grade: another reviewer decides."), rule=SECOND_PAIR)
    errors = []
    if level != grade.level:
        errors.append(
            FieldError(
                "/level",
                _("The first reviewer confirmed '%(level)s': decide the same, or return the grade."),
                {"level": grade.level},
            )
        )
    if category != grade.category:
        errors.append(
            FieldError(
                "/category",
                _("The first reviewer confirmed '%(category)s': decide the same, or return the grade."),
                {"category": grade.category},
            )
        )
    if errors:
        raise InvalidInput(errors)


def _supersede_decided(actor: Actor, asset_id: int) -> None:
    """The asset's decided grade, if any, makes room; its asset is locked already."""
    for older in Grade.objects.select_for_update().filter(asset_id=asset_id, state=states.DECIDED):
        older.state = states.GRADE.target("supersede", older.state)
        older.save(update_fields=["state"])
        _record(actor, "grade.superseded", older)


def _record(actor: Actor, action: str, grade: Grade) -> None:
    """Ids and decisions only: the reason is words of a person and stays in the row."""
    audit.record(
        actor=actor,
        action=action,
        subject=("grade", grade.pk),
        data={
            "asset": grade.asset_id,
            "recommended_level": grade.recommended_level,
            "level": grade.level,
            "recommended_category": grade.recommended_category,
            "category": grade.category,
            "reason_given": bool(grade.reason or grade.confirmed_reason),
        },
    )
