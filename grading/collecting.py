"""What files that are published together add to one another's scale, by what is known of each of them now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from grading.engine.levels import Collected, collected_of, conditions_met, held, most, together
from grading.models import DataAsset, Grade, Profile, SensitivityFinding


def collected_beside(publications: Sequence[Collection[int]]) -> dict[int, Collected]:
    """Asset → what the other files hold of the publications that it stands in; of several the most of each number.

    Content that was received twice counts once, and never beside itself; files that were not examined yet add nothing.
    Three queries, none where every file stands alone.
    """
    several = [set(publication) for publication in publications if len(set(publication)) > 1]
    digests, added = _known(set().union(*several))
    found: dict[int, list[Collected]] = {pk: [] for publication in publications for pk in publication}
    for publication in several:
        by_content = {digests[pk]: added[pk] for pk in sorted(publication) if pk in added}
        for pk in publication:
            found[pk].append(together(one for digest, one in by_content.items() if digest != digests.get(pk)))
    return {pk: most(choices) for pk, choices in found.items()}


def counted_with(grade: Grade) -> Collected:
    """What a grade counted of the files beside its own."""
    elements: Mapping[str, Any] = grade.recommendation.get("elements") or {}
    return collected_of(elements.get("collected"))


def _known(asset_ids: Iterable[int]) -> tuple[dict[int, str], dict[int, Collected]]:
    """The digest of each asset's content, and what each that was examined adds to others."""
    chosen = list(asset_ids)
    if not chosen:
        return {}, {}
    assets = {row.pk: row for row in DataAsset.objects.filter(pk__in=chosen).only("sha256", "declared")}
    newest = Profile.objects.filter(asset_id__in=chosen).order_by("asset_id", "-pk").distinct("asset_id")
    profiles = {row.pk: row for row in newest.only("asset_id", "rows")}
    met: dict[int, set[str]] = {pk: set() for pk in profiles}
    for row in SensitivityFinding.objects.filter(profile_id__in=profiles).only(
        "profile_id", "sensitive_type", "personal", "sensitive_personal", "evidence"
    ):
        met[row.profile_id].update(
            conditions_met(
                sensitive_type=row.sensitive_type,
                personal=row.personal,
                sensitive_personal=row.sensitive_personal,
                nature=row.evidence.get("nature"),
            )
        )
    added = {
        row.asset_id: held(
            rows=row.rows, subjects=assets[row.asset_id].declared.get("subjects"), conditions=met[row.pk]
        )
        for row in profiles.values()
    }
    return {pk: row.sha256 for pk, row in assets.items()}, added
