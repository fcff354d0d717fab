"""What an examination says otherwise than the decided grade that stands: codes and numbers, no words.

A difference is plain data: `grade` the decided grade's number; `level` and `category` as [then, now] where they are
not the same; `flags_added`, `flags_removed`; `types_added`, `types_removed`: sensitive type → columns;
`scheme_version` and `engine_version` as [then, now]; and `differs`: whether people have to look at it.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from grading.models import Grade, Level, SensitivityFinding

PAIRS: Final = ("level", "category", "scheme_version", "engine_version")


def difference(decided: Grade, now: Grade) -> dict[str, Any]:
    """Between what a decided grade rested on, and what is recommended now; `now` need not be stored.

    A flag is new where its rule is: who said that persons by the million are not important data did not say it of a
    military area. Versions alone are no difference that people have to look at. Nor are sensitive types that change
    neither level nor category nor flags, unless the decision went below its own recommendation: it rested on what its
    reviewers saw.
    """
    found: dict[str, Any] = {"grade": decided.pk}
    pairs = {
        "level": (decided.recommended_level, now.recommended_level),
        "category": (decided.recommended_category, now.recommended_category),
        "scheme_version": (_scheme(decided), _scheme(now)),
        "engine_version": (decided.engine_version, now.engine_version),
    }
    found |= {name: list(pair) for name, pair in pairs.items() if pair[0] != pair[1]}
    flags, newer = flags_of(decided.recommendation), flags_of(now.recommendation)
    grounds = _grounds(now.recommendation) - _grounds(decided.recommendation)
    found |= {"flags_added": sorted({code for code, _rule in grounds}), "flags_removed": sorted(flags - newer)}
    types, seen = _types(decided.profile_id), _types(now.profile_id)
    found |= {
        "types_added": dict(sorted((seen - types).items())),
        "types_removed": dict(sorted((types - seen).items())),
    }
    order = Level.values.index
    lowered = order(decided.level) < order(decided.recommended_level)
    found["differs"] = bool(
        "level" in found
        or "category" in found
        or found["flags_added"]
        or found["flags_removed"]
        or (lowered and found["types_added"])
    )
    return found


def differs(grade: Grade) -> bool:
    """Whether a recommendation says something else than the decided grade that stood when it was made."""
    return bool(grade.difference and grade.difference["differs"])


def flags_of(recommendation: Mapping[str, Any]) -> set[str]:
    """The codes of what may be important or core."""
    return {str(flag["code"]) for flag in recommendation.get("flags", ())}


def _grounds(recommendation: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What may be important or core, each by the rule that says so."""
    flags = recommendation.get("flags", ())
    return {(str(flag["code"]), str((flag.get("reason") or {}).get("code", ""))) for flag in flags}


def _scheme(grade: Grade) -> str:
    return f"{grade.scheme_code} {grade.scheme_version}"


def _types(profile_id: int) -> Counter[str]:
    """Sensitive type → columns."""
    return Counter(SensitivityFinding.objects.filter(profile_id=profile_id).values_list("sensitive_type", flat=True))
