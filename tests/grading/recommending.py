"""Recommendations as jobs make them, without reading a file."""

from typing import Any

from django.db import transaction

from grading.models import DataAsset, Grade, SensitivityFinding
from grading.services.recommend import Recommended, Why, recommend_grade


def recommended_again(
    grade: Grade, *, cause: str = "requested", note: str = "", types: tuple[str, ...] = (), **changes: Any
) -> Grade:
    """What an examination recommends that finds the same, but for `changes` of Recommended; `types` are found anew."""
    grade.refresh_from_db()
    with transaction.atomic():
        asset = DataAsset.objects.select_for_update().get(pk=grade.asset_id)
        said = Recommended.again(grade)
        if types:
            profile = said.profile
            profile.pk, profile._state.adding = None, True
            profile.save()
            found(grade, profile.pk, *types)
        fields = {name: getattr(said, name) for name in Recommended.__slots__} | changes
        return recommend_grade(asset, Recommended(**fields), Why(cause, note))


def found(grade: Grade, profile_id: int, *types: str) -> None:
    """Sensitive columns of these types."""
    for place, kind in enumerate(types):
        SensitivityFinding.objects.create(
            profile_id=profile_id,
            asset_id=grade.asset_id,
            engine_version="tests",
            column=f"{kind}_{place}",
            sensitive_type=kind,
            personal=True,
            sensitive_personal=False,
            confidence=0.9,
            evidence={"reasons": []},
        )


def flagged(*codes: str, rule: str = "military_area") -> dict[str, Any]:
    """A recommendation with these flags, raised by this rule."""
    reason = {"code": rule, "params": {}}
    return {
        "flags": [
            {"code": code, "harmed_object": "national_security", "degree": "serious", "reason": reason}
            for code in codes
        ]
    }
