"""What the review page shows: recommendation, matrix, forms, and what `evidence` gathers, ready for its template."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from grading import policies, selectors, states, wording
from grading.admin import evidence
from grading.admin.matrix import matrix_of
from grading.models import Grade, GradeAppeal, Level
from grading.reviewing.differences import differs
from grading.reviewing.similar import similar_decided
from grading.services import CATEGORY_LENGTH, REASON_LENGTH
from grading.wording.element_words import element_lines


class ChoiceForm(forms.Form):
    """A reviewer's choice; the services check it, whatever the page allows."""

    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    category = forms.CharField(
        label=_("Category"), max_length=CATEGORY_LENGTH, widget=forms.TextInput(attrs={"size": 80})
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("Needed where level or category are not the recommended ones."),
    )


class ReturnForm(forms.Form):
    """Why a grade goes back to the owner."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80, "data-key": "return"}),
    )


def page(grade: Grade, actor: Actor, *, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The template's context; `typed` is what a refused form held, so that nothing has to be written twice."""
    assessment = grade.profile.assessments.order_by("-pk").first()
    initial = {
        "level": grade.level or grade.recommended_level,
        "category": grade.category or grade.recommended_category,
        **(typed or {}),
    }
    appeal = selectors.appeals(actor).filter(review=grade, state=states.FILED).first()
    return {
        "grade": grade,
        "asset": grade.asset,
        "sector": wording.category_name(grade.asset.declared.get("sector") or "–"),
        "origin": wording.origin_name(grade.asset.declared.get("origin") or "–"),
        "recommendation": _recommendation(grade),
        "matrix": matrix_of(grade),
        "elements": element_lines(grade.recommendation.get("elements")),
        "sensitive": [evidence.sensitive(row) for row in grade.profile.sensitivity.order_by("pk")],
        "quality": None if assessment is None else evidence.quality(assessment, actor),
        "profile": evidence.profile(grade, actor),
        "appeal": appeal,
        "appealed": None if appeal is None else evidence.step(appeal.appealed),
        "difference": wording.difference_lines(grade.difference) if differs(grade) else [],
        "newer": _newer(grade),
        "similar": [evidence.like(one) for one in similar_decided(actor, grade)],
        "history": [evidence.step(row) for row in selectors.grade_history(grade.asset_id).defer("recommendation")],
        "form": ChoiceForm(initial=initial, auto_id="choice_%s"),
        "return_form": ReturnForm(initial=dict(typed or {}), auto_id="return_%s"),
        "refusal": _refusal(grade, actor, appeal),
        "may": {
            "confirm": states.GRADE.allows("confirm", grade.state),
            "decide": states.GRADE.allows("decide", grade.state),
            "return": states.GRADE.allows("return", grade.state) and appeal is None,  # an appeal is decided
        },
    }


def _newer(grade: Grade) -> Grade | None:
    """The recommendation of today that differs from this decided grade and waits for reviewers."""
    if grade.state != states.DECIDED:
        return None
    waiting = Grade.objects.filter(asset_id=grade.asset_id, state__in=states.OPEN, pk__gt=grade.pk).first()
    return waiting if waiting is not None and differs(waiting) else None


def _refusal(grade: Grade, actor: Actor, appeal: GradeAppeal | None) -> str:
    """Why this person will be refused whatever they choose; empty where they may decide."""
    try:
        policies.require_reviewer(actor, grade.asset.organisation_id)
        if appeal is not None:
            policies.require_other_reviewer(actor, appeal.appealed)
    except Forbidden as error:
        return gettext(error.message)
    if grade.state == states.CONFIRMED and grade.confirmed_by_id == actor.user_id:
        return gettext("You confirmed this grade: another reviewer decides.")
    return ""


def _recommendation(grade: Grade) -> dict[str, Any]:
    found = grade.recommendation
    category = found.get("category") or {}
    return {
        "level": wording.level_name(grade.recommended_level),
        "category": wording.category_name(grade.recommended_category),
        "confidence": category.get("confidence"),
        "cell": f"{_place(found)} → {wording.cell_name(found.get('matrix_cell'))}",
        "category_reasons": wording.sentences(category.get("reasons", ())),
        "reasons": wording.sentences(found.get("reasons", ())),
        "flags": [
            {
                "name": wording.name(flag["code"]),
                "cell": _place(flag),
                "reason": wording.sentence(flag["reason"]["code"], flag["reason"]["params"]),
            }
            for flag in found.get("flags", ())
        ],
    }


def _place(found: Mapping[str, Any]) -> str:
    """The row and the column of the matrix; without harm there is nobody harmed."""
    degree = found.get("degree", "none")
    harmed = "" if degree == "none" else f"{wording.name(found.get('harmed_object', ''))} · "
    return f"{harmed}{wording.name(degree)}"
