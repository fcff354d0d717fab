"""Deciding many low grades at once: a page that says what will be decided and what will not, then the service."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from foundation.actors import Actor
from foundation.errors import DomainError
from foundation.participants.admin_base import admin_actor
from foundation.wording import detail, sentences
from grading import selectors, services, wording
from grading.models import Grade


def preview(actor: Actor, grade_ids: Sequence[int]) -> dict[str, Any]:
    """What the service would decide now, and what it would refuse, with the reasons in words."""
    found = selectors.grades(actor).filter(pk__in=grade_ids).order_by("-risk", "pk")
    decided: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for grade in found:
        error = services.bulk_refusal(actor, grade)
        line = {"grade": grade, "level": wording.level_name(grade.recommended_level)}
        if error is None:
            decided.append({**line, "category": wording.category_name(grade.recommended_category)})
        else:
            refused.append({**line, "reason": detail(error)})
    return {"decided": decided, "refused": refused}


def confirm(request: HttpRequest, grade_ids: Sequence[int]) -> None:
    """Call the service; say how many are decided, and of each other why it is not."""
    try:
        outcomes = services.confirm_low_grades(actor=admin_actor(request), grade_ids=grade_ids)
    except DomainError as error:
        for line in sentences(error):
            messages.error(request, line)
        return
    for outcome in outcomes:
        if outcome.error is not None:
            messages.error(request, f"{Grade(pk=outcome.grade_id)}: {detail(outcome.error)}")
    if done := sum(outcome.decided for outcome in outcomes):
        text = ngettext("%(count)s grade is decided.", "%(count)s grades are decided.", done)
        messages.success(request, text % {"count": done})


def too_many(request: HttpRequest) -> None:
    """Say how many may be chosen."""
    messages.error(request, gettext("Choose at most %(limit)s grades.") % {"limit": services.MOST_IN_BULK})
