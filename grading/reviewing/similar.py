"""Decided data like the one that is under review: so that like is decided alike.

Like are files with the same sensitive types, of the same category, with columns of the same names. The database ranks
by the first two and gives CANDIDATES; of these the names of columns are compared.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Count, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from foundation.actors import Actor
from grading import selectors, states
from grading.models import Grade, SensitivityFinding

MOST: Final = 5
CANDIDATES: Final = 40
NAMES_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Similar:
    """A decided grade of another file, and what the two share; `likeness` from 0 to 1."""

    grade: Grade
    likeness: float
    shared_types: tuple[str, ...]
    same_category: bool
    shared_columns: tuple[str, ...]


def similar_decided(actor: Actor, grade: Grade, *, most: int = MOST) -> list[Similar]:
    """Up to `most` decided grades of other assets that `actor` may see, the likest first; four queries at most.

    Likeness is the mean of: shared sensitive types (Jaccard), shared names of columns (Jaccard, without case and
    blanks), and whether the category is the same. Where neither file has sensitive types they count half: that nothing
    was found says little. What shares nothing is left out.
    """
    types = set(SensitivityFinding.objects.filter(profile=grade.profile_id).values_list("sensitive_type", flat=True))
    category = grade.category or grade.recommended_category
    shared = (
        SensitivityFinding.objects.filter(profile=OuterRef("profile"), sensitive_type__in=sorted(types))
        .order_by()
        .values("profile")
        .annotate(types=Count("sensitive_type", distinct=True))
        .values("types")
    )
    seen = selectors.grades(actor)
    likest = (
        seen.filter(state=states.DECIDED)
        .exclude(asset_id=grade.asset_id)
        .annotate(shared=Coalesce(Subquery(shared), 0), same=Case(When(category=category, then=1), default=0))
        .order_by("-shared", "-same", "-pk")
        .values("pk")[:CANDIDATES]
    )
    # numbers alone are ranked: a decided grade more costs no row with its people, owner and documents
    rows = seen.filter(pk__in=likest).defer("recommendation", "asset__declared")
    found = list(rows)
    names = selectors.column_names({grade.profile_id, *(row.profile_id for row in found)})
    kinds: dict[int, set[str]] = {row.profile_id: set() for row in found}
    for profile_id, kind in SensitivityFinding.objects.filter(profile__in=kinds).values_list(
        "profile_id", "sensitive_type"
    ):
        kinds[profile_id].add(kind)
    own = names.get(grade.profile_id, frozenset())
    compared = [
        _compared(row, types, kinds[row.profile_id], own, names.get(row.profile_id, frozenset()), category)
        for row in found
    ]
    compared = [one for one in compared if one.shared_types or one.same_category or one.shared_columns]
    return sorted(compared, key=lambda one: (-one.likeness, -one.grade.pk))[:most]


def _compared(row: Grade, types: set[str], kinds: set[str], own: Set[str], names: Set[str], category: str) -> Similar:
    by_types = _jaccard(types, kinds) if types or kinds else 0.5
    same = row.category == category
    return Similar(
        grade=row,
        likeness=round((by_types + _jaccard(own, names) + same) / 3, 4),
        shared_types=tuple(sorted(types & kinds)),
        same_category=same,
        shared_columns=tuple(sorted(own & names)[:NAMES_SHOWN]),
    )


def _jaccard(one: Set[str], other: Set[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0
