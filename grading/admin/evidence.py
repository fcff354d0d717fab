"""What a decision rests on, ready for the review page: columns, quality, similar decisions; no personal values."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from foundation.actors import Actor
from grading import drawing, pictures, selectors, wording
from grading.masking import masked_profile
from grading.models import Grade, QualityAssessment, SensitivityFinding
from grading.reviewing.similar import Similar

COLUMNS_SHOWN: Final = 200
COLUMNS_DRAWN: Final = 60
"""Of wider tables the others have their small picture only."""
FINDINGS_SHOWN: Final = 50
VALUES_SHOWN: Final = 3


def sensitive(row: SensitivityFinding) -> dict[str, Any]:
    """One sensitive column, with the reasons for its type: counts and codes, never values."""
    return {
        "column": row.column,
        "type": wording.sensitive_type_name(row.sensitive_type),
        "personal": row.personal,
        "sensitive_personal": row.sensitive_personal,
        "confidence": row.confidence,
        "reasons": wording.sentences(row.evidence.get("reasons", ())),
    }


def quality(row: QualityAssessment, actor: Actor) -> dict[str, Any]:
    """The score, its pictures, and the surest findings as this person may read them."""
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


def profile(grade: Grade, actor: Actor) -> dict[str, Any]:
    """The columns as they were counted; values that this person may not read are shapes."""
    row = grade.profile
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
        "values": [share.label for share in found.top[:VALUES_SHOWN]],  # without what stands for no value
        # labels are escaped by the drawing
        "small": SafeString(drawing.sparkline(found)),
        "picture": SafeString(drawing.distribution(found)) if whole else "",
    }


def step(row: Grade) -> dict[str, Any]:
    """One grade of the asset's history: what was recommended, what people did, and why."""
    return {
        "grade": row,
        "recommended": wording.level_name(row.recommended_level),
        "cause": row.get_cause_display(),
        "category": wording.category_name(row.category or row.recommended_category),
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


def like(found: Similar) -> dict[str, Any]:
    """A decided grade of other data, and what it has in common with this."""
    row = found.grade
    shared = [*map(wording.sensitive_type_name, found.shared_types), *found.shared_columns]
    return {
        "grade": row,
        "level": wording.level_name(row.level),
        "departs": wording.level_name(row.recommended_level) if row.level != row.recommended_level else "",
        "category": wording.category_name(row.category),
        "likeness": f"{found.likeness:.0%}",
        "shared": ", ".join(shared) or (gettext("the category") if found.same_category else "–"),
    }
