"""What declarations refer to, sources of derived data and levels of other schemes: what may be named, how it counts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import FieldError, InvalidInput
from grading import selectors
from grading.declaring.declaration import facts_of
from grading.declaring.elements import source_assets
from grading.engine.levels import Facts
from grading.models import DataAsset, Grade
from grading.rules.elsewhere import counted, require_level
from grading.rules.level_schemes import schemes


def require_references(actor: Actor, declared: Mapping[str, Any], *, at: str, asset_id: int | None = None) -> None:
    """InvalidInput below `at` for sources and for a level of another scheme that cannot be named.

    What `asset_id` declares already may be said again: sources and schemes may be gone since.
    """
    _require_sources(actor, declared, at=at, asset_id=asset_id)
    given = declared.get("graded_elsewhere")
    if not given:
        return
    if asset_id is not None and DataAsset.objects.filter(pk=asset_id, declared__graded_elsewhere=given).exists():
        return
    require_level(declared, schemes(), at=at)


def _require_sources(actor: Actor, declared: Mapping[str, Any], *, at: str, asset_id: int | None) -> None:
    """InvalidInput below `at` for each source that the actor may not see, or that comes from `asset_id` itself.

    What `asset_id` names already may be said again: its owner may have taken that source back meanwhile.
    """
    named = source_assets(declared)
    if not named:
        return
    seen = set(selectors.visible_assets(actor).filter(pk__in=[pk for _place, pk in named]).values_list("pk", flat=True))
    if asset_id is not None:
        for said in DataAsset.objects.filter(pk=asset_id).values_list("declared", flat=True):
            seen |= {pk for _place, pk in source_assets(said)}
    errors = []
    for place, pk in named:
        pointer = f"{at}/derivation/sources/{place}/asset"
        if pk not in seen:
            errors.append(FieldError(pointer, _("There is no such data asset among those that you see.")))
        elif asset_id is not None and asset_id in _origins(pk):
            errors.append(FieldError(pointer, _("That asset is this one, or was itself derived from it.")))
    if errors:
        raise InvalidInput(errors)


def facts_now(asset: DataAsset) -> Facts:
    """What an asset declares, with the levels that its sources and its level in another scheme have now.

    Of a source that its owner has taken back, and of a scheme that is gone, the level that it counted with last.
    """
    facts = facts_of(asset.declared)
    if facts.derivation is None and facts.graded_elsewhere is None:
        return facts
    newest = Grade.objects.filter(asset=asset).order_by("-pk").first()
    if facts.graded_elsewhere is not None:
        facts = replace(facts, graded_elsewhere=counted(facts.graded_elsewhere, schemes(), newest))
    if facts.derivation is None:
        return facts
    known = selectors.source_grades(source.asset for source in facts.derivation.sources if source.asset is not None)
    before = {} if newest is None else counted_sources(newest)
    sources = tuple(
        source if source.asset is None else known.get(source.asset) or replace(source, level=before.get(source.asset))
        for source in facts.derivation.sources
    )
    return replace(facts, derivation=replace(facts.derivation, sources=sources))


def counted_sources(grade: Grade) -> dict[int, str]:
    """Asset → the level that it counted with as a source of what was graded; those without one are absent."""
    derivation = (grade.recommendation.get("elements") or {}).get("derivation") or {}
    return {
        item["asset"]: item["level"]
        for item in derivation.get("sources", ())
        if item.get("asset") is not None and item.get("level") is not None
    }


def _origins(asset_id: int) -> set[int]:
    """The asset and all that it was derived from, however far back."""
    found, ahead = {asset_id}, {asset_id}
    while ahead:
        declared = DataAsset.objects.filter(pk__in=ahead).values_list("declared", flat=True)
        ahead = {pk for said in declared for _place, pk in source_assets(said)} - found
        found |= ahead
    return found
