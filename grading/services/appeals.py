"""Appeals against decided grades: filed by the owner, decided by reviewers who did not take the decision."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, Forbidden, InvalidInput, present
from foundation.events import services as events
from grading import policies, selectors, states
from grading.models import Cause, DataAsset, Grade, GradeAppeal
from grading.reviewing.differences import differs
from grading.services.recommend import Recommended, Why, recommend_grade

GROUNDS_LENGTH: Final = 4000


@transaction.atomic
def file_appeal(*, actor: Actor, asset_id: int, grounds: str, grade_id: int | None = None) -> GradeAppeal:
    """Appeal the asset's decided grade, with `grounds` of at most GROUNDS_LENGTH characters. The owner.

    Within settings.APPEAL_DAYS of the decision, once a decision, and not against what decided an appeal: Conflict.
    So is a `grade_id` that is not the decided grade any more: nobody appeals a decision that they have not read. What
    was recommended last waits for other reviewers; the decided grade stands meanwhile. Emits `appeal.filed`.
    """
    policies.require_owner(actor, selectors.asset(actor, asset_id).organisation_id)
    if actor.user_id is None:
        raise Forbidden(_("An appeal has a person who answers for it."), rule="grading.person_needed")
    grounds = _checked_grounds(grounds)
    asset = present(DataAsset.objects.select_for_update().filter(pk=asset_id).first())
    decided = Grade.objects.select_for_update().filter(asset=asset, state=states.DECIDED).first()
    if decided is None:
        raise Conflict(_("No grade of this file is decided: there is nothing to appeal yet."))
    _require_appealable(decided, grade_id)
    rows = Grade.objects.filter(asset=asset).exclude(state=states.SUPERSEDED)
    newest = rows.select_related("profile").order_by("-pk")[0]
    review = recommend_grade(asset, Recommended.again(newest), Why(Cause.APPEAL), actor=actor)
    appeal = GradeAppeal.objects.create(
        asset=asset,
        appealed=decided,
        review=review,
        state=states.APPEAL.target("file"),
        grounds=grounds,
        filed_by_id=actor.user_id,
    )
    _record(actor, appeal, "appeal.filed")
    return appeal


@transaction.atomic
def withdraw_appeal(*, actor: Actor, appeal_id: int) -> GradeAppeal:
    """Take an appeal back before it is decided. The owner.

    Its grade leaves the queue, unless it differs from the decided one or people of the exchange asked for it: then
    reviewers have to look at it all the same.
    """
    asset_id = selectors.appeal(actor, appeal_id).asset_id
    asset = present(DataAsset.objects.select_for_update().filter(pk=asset_id).first())
    policies.require_owner(actor, asset.organisation_id)
    appeal = GradeAppeal.objects.select_for_update().get(pk=appeal_id)
    _close(appeal, "withdraw")
    review = Grade.objects.select_for_update().get(pk=appeal.review_id)
    if not differs(review) and not review.cause_note:
        review.state = states.GRADE.target("replace", review.state)
        review.save(update_fields=["state"])
        audit.record(actor=actor, action="grade.replaced", subject=("grade", review.pk), data={"asset": asset_id})
    _record(actor, appeal, "appeal.withdrawn")
    return appeal


def close_appeal(actor: Actor, appeal: GradeAppeal, *, decided: Grade) -> None:
    """Granted where the new decision has another level or category than the appealed one, else dismissed."""
    appealed = appeal.appealed
    same = (decided.level, decided.category) == (appealed.level, appealed.category)
    _close(appeal, "dismiss" if same else "grant")
    _record(actor, appeal, f"appeal.{appeal.state}")


def _require_appealable(decided: Grade, grade_id: int | None) -> None:
    if grade_id is not None and grade_id != decided.pk:
        raise Conflict(_("That grade does not stand any more: read the decided one first."))
    if GradeAppeal.objects.filter(appealed=decided).exists():
        raise Conflict(_("This decision was appealed already: an appeal is possible once a decision."))
    if GradeAppeal.objects.filter(review=decided, state__in=[states.GRANTED, states.DISMISSED]).exists():
        raise Conflict(_("This decision was taken on an appeal: it cannot be appealed again."))
    last = (decided.decided_at or decided.created_at) + timedelta(days=settings.APPEAL_DAYS)
    if timezone.now() > last:
        raise Conflict(
            _("An appeal is possible within %(days)s days of the decision: they have passed."),
            days=settings.APPEAL_DAYS,
        )


def _checked_grounds(grounds: str) -> str:
    grounds = grounds.strip()
    if not grounds:
        raise InvalidInput.of("/grounds", _("State the grounds: what the reviewers should have seen otherwise."))
    if len(grounds) > GROUNDS_LENGTH or "\x00" in grounds:
        raise InvalidInput.of("/grounds", _("Give grounds of at most %(limit)s characters."), limit=GROUNDS_LENGTH)
    return grounds


def _close(appeal: GradeAppeal, event: str) -> None:
    appeal.state, appeal.closed_at = states.APPEAL.target(event, appeal.state), timezone.now()
    appeal.save(update_fields=["state", "closed_at"])


def _record(actor: Actor, appeal: GradeAppeal, action: str) -> None:
    data = {"asset": appeal.asset_id, "appealed": appeal.appealed_id, "review": appeal.review_id}
    audit.record(actor=actor, action=action, subject=("grade_appeal", appeal.pk), data=data)
    events.emit(name=action, subject=("grade_appeal", appeal.pk), data=data)
