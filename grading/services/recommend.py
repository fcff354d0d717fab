"""Recommending a grade: what nobody has decided makes room, a decided grade stays, and is told what differs."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from foundation.actors import Actor, system
from foundation.audit import services as audit
from foundation.events import services as events
from grading import states
from grading.models import RESTRICTED, Cause, DataAsset, Grade, GradeAppeal, Profile
from grading.reviewing.differences import difference, differs, flags_of
from grading.services.review_dates import review_due

ACTOR: Final = system("grading")


@dataclass(frozen=True, slots=True)
class Why:
    """Why a grade is recommended: one of `models.Cause`, and what the person who asked for it says.

    With a note people of the exchange want to look at it themselves, whatever the machine finds.
    """

    cause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recommended:
    """What is recommended, and by which versions; `recommendation` as `Grade.recommendation` has it."""

    profile: Profile
    level: str
    category: str
    recommendation: dict[str, Any]
    engine_version: str
    scheme_code: str
    scheme_version: str

    @classmethod
    def again(cls, grade: Grade) -> "Recommended":
        """What an older grade recommended."""
        return cls(
            profile=grade.profile,
            level=grade.recommended_level,
            category=grade.recommended_category,
            recommendation=grade.recommendation,
            engine_version=grade.engine_version,
            scheme_code=grade.scheme_code,
            scheme_version=grade.scheme_version,
        )


def recommend_grade(asset: DataAsset, said: Recommended, why: Why, *, actor: Actor = ACTOR) -> Grade:
    """A grade of an asset that the caller has locked; `recommended`, or `agreed` where a decided grade stands as it is.

    What people asked for with a note, what is appealed, and important and core data due for review wait for reviewers
    though nothing new was found: a leak is none of the file. An undecided older recommendation is replaced; an appeal
    that waits for it follows, and so does what was asked for. Emits `grade.recommended` or `grade.agreed`, and
    `grade.differs` where reviewers and the owner should hear that a decided grade would be another today.
    """
    why = _with_what_waits(why, _replace_open(actor, asset))
    grade = Grade(
        asset=asset,
        profile=said.profile,
        engine_version=said.engine_version,
        scheme_code=said.scheme_code,
        scheme_version=said.scheme_version,
        recommended_level=said.level,
        recommended_category=said.category,
        recommendation=said.recommendation,
        cause=why.cause,
        cause_note=why.note,
    )
    decided = Grade.objects.filter(asset=asset, state=states.DECIDED).first()
    appeal = GradeAppeal.objects.filter(asset=asset, state=states.FILED).first()
    if decided is not None:
        grade.difference = difference(decided, grade)
    wanted = appeal is not None or why.cause == Cause.APPEAL or bool(why.note) or _is_review(why, decided)
    agrees = decided is not None and not differs(grade) and not wanted
    if decided is not None and agrees and why.cause == Cause.TIME:
        decided.review_due_on = review_due(decided.level, timezone.now())
        decided.save(update_fields=["review_due_on"])
    grade.state = states.GRADE.target("agree" if agrees else "recommend")
    grade.save()
    if appeal is not None:
        appeal.review = grade
        appeal.save(update_fields=["review"])
    _tell(actor, grade, agrees=agrees)
    return grade


def _is_review(why: Why, decided: Grade | None) -> bool:
    """Whether it is time for people to look: at important and core data they do so themselves."""
    return decided is not None and decided.level in RESTRICTED and why.cause == Cause.TIME


def _replace_open(actor: Actor, asset: DataAsset) -> Grade | None:
    """The undecided grade that made room, of which an asset has one at most."""
    older = Grade.objects.select_for_update().filter(asset=asset, state__in=states.OPEN).first()
    if older is not None:
        older.state = states.GRADE.target("replace", older.state)
        older.save(update_fields=["state"])
        audit.record(actor=actor, action="grade.replaced", subject=("grade", older.pk), data={"asset": asset.pk})
    return older


def _with_what_waits(why: Why, older: Grade | None) -> Why:
    """What was asked for with a note lasts until reviewers decide or return it, or the same is asked for anew."""
    if why.note or older is None or not older.cause_note:
        return why
    return Why(why.cause if why.cause == Cause.APPEAL else older.cause, older.cause_note)


def _tell(actor: Actor, grade: Grade, *, agrees: bool) -> None:
    action = "grade.agreed" if agrees else "grade.recommended"
    subject, organisation_id = ("grade", grade.pk), grade.asset.organisation_id
    audit.record(
        actor=actor,
        action=action,
        subject=subject,
        data={
            "asset": grade.asset_id,
            "level": grade.recommended_level,
            "category": grade.recommended_category,
            "flags": sorted(flags_of(grade.recommendation)),
            "cause": grade.cause,
            "differs": differs(grade),
        },
    )
    events.emit(name=action, subject=subject, data={"asset": grade.asset_id}, organisation_id=organisation_id)
    if differs(grade) and grade.cause != Cause.APPEAL:  # who appeals has been told of it
        events.emit(
            name="grade.differs", subject=subject, data={"asset": grade.asset_id}, organisation_id=organisation_id
        )
