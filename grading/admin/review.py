"""What the review page shows: recommendation, evidence, profile, quality and history, ready for its template."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from grading import drawing, pictures, policies, selectors, states, wording
from grading.masking import masked_profile
from grading.models import Grade, Level, Profile, QualityAssessment, SensitivityFinding
from grading.services import CATEGORY_LENGTH, REASON_LENGTH
from grading.wording.element_words import element_lines

COLUMNS_SHOWN: Final = 200
COLUMNS_DRAWN: Final = 60
"""Of wider tables the others have their small picture only."""
FINDINGS_SHOWN: Final = 50
VALUES_SHOWN: Final = 3


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
        label=_("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3, "cols": 80})
    )


def page(grade: Grade, actor: Actor, *, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The template's context; `typed` is what a refused form held, so that nothing has to be written twice."""
    assessment = grade.profile.assessments.order_by("-pk").first()
    initial = {
        "level": grade.level or grade.recommended_level,
        "category": grade.category or grade.recommended_category,
        **(typed or {}),
    }
    return {
        "grade": grade,
        "asset": grade.asset,
        "sector": wording.category_name(grade.asset.declared.get("sector") or "–"),
        "origin": wording.origin_name(grade.asset.declared.get("origin") or "–"),
        "recommendation": _recommendation(grade),
        "elements": element_lines(grade.recommendation.get("elements")),
        "sensitive": [_sensitive(row) for row in grade.profile.sensitivity.order_by("pk")],
        "quality": None if assessment is None else _quality(assessment, actor),
        "profile": _profile(grade, actor),
        "history": [_step(row) for row in selectors.grade_history(grade.asset_id)],
        "form": ChoiceForm(initial=initial, auto_id="choice_%s"),
        "return_form": ReturnForm(initial=dict(typed or {}), auto_id="return_%s"),
        "refusal": _refusal(grade, actor),
        "may": {event: states.GRADE.allows(event, grade.state) for event in ("confirm", "decide", "return")},
    }


def _refusal(grade: Grade, actor: Actor) -> str:
    """Why this person will be refused whatever they choose; empty where they may decide."""
    try:
        policies.require_reviewer(actor, grade.asset.organisation_id)
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


def _sensitive(row: SensitivityFinding) -> dict[str, Any]:
    return {
        "column": row.column,
        "type": wording.sensitive_type_name(row.sensitive_type),
        "personal": row.personal,
        "sensitive_personal": row.sensitive_personal,
        "confidence": row.confidence,
        "reasons": wording.sentences(row.evidence.get("reasons", ())),
    }


def _quality(row: QualityAssessment, actor: Actor) -> dict[str, Any]:
    findings = selectors.quality_findings(actor, row)
    return {
        "overall": row.overall,
        "coverage": row.coverage,
        "rules": f"{row.rules_code} {row.rules_version}",
        # labels are escaped by the drawing
        "radar": SafeString(pictures.radar_of(row.data)),
        "bars": SafeString(pictures.bars_of(row.data)),
        "columns": SafeString(pictures.columns_of(row.data)),
        "findings": [
            {
                "column": item["column"] or "",
                "words": wording.sentence(item["evidence_code"], item["params"]),
                "confidence": item["confidence"],
            }
            for item in findings[:FINDINGS_SHOWN]
        ],
        "more_findings": max(0, len(findings) - FINDINGS_SHOWN),
    }


def _profile(grade: Grade, actor: Actor) -> dict[str, Any]:
    row: Profile = grade.profile
    hidden = selectors.hidden_columns(actor, grade.asset, row.pk)
    columns = masked_profile(row.data, hidden)["columns"] if row.data else ()
    personal = selectors.personal_columns(row) | hidden.columns
    return {
        "rows": row.rows,
        "columns": [
            _column(column, pictures.distribution_of(column, personal=personal), whole=place < COLUMNS_DRAWN)
            for place, column in enumerate(columns[:COLUMNS_SHOWN])
        ],
        "more_columns": max(0, len(columns) - COLUMNS_SHOWN),
    }


def _column(column: Mapping[str, Any], found: drawing.Distribution, *, whole: bool) -> dict[str, Any]:
    return {
        "name": column["name"],
        "type": wording.name(column["inferred_type"]),
        "missing": column.get("nulls", 0) + column.get("placeholders", 0),
        "distinct": (column.get("distinct") or {}).get("value", ""),
        "values": [top["value"] for top in column.get("top_values", ())[:VALUES_SHOWN]],
        # labels are escaped by the drawing
        "small": SafeString(drawing.sparkline(found)),
        "picture": SafeString(drawing.distribution(found)) if whole else "",
    }


def _step(row: Grade) -> dict[str, Any]:
    return {
        "grade": row,
        "recommended": wording.level_name(row.recommended_level),
        "level": wording.level_name(row.level) if row.level else "–",
        "people": " · ".join(
            f"{label}: {user.get_username()}"
            for label, user in (
                (gettext("confirmed"), row.confirmed_by),
                (gettext("decided"), row.decided_by),
                (gettext("returned"), row.returned_by),
            )
            if user is not None
        ),
        "reasons": [reason for reason in (row.confirmed_reason, row.reason) if reason],
    }
