"""What derived data comes from: who may name which sources, and with which level each counts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import FieldError, InvalidInput
from grading import selectors
from grading.declaration import facts_of
from grading.declared_elements import source_assets
from grading.engine.levels import Facts
from grading.models import DataAsset, Grade


def require_sources(actor: Actor, declared: Mapping[str, Any], *, at: str, asset_id: int | None = None) -> None:
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
    """What an asset declares, with the levels that its sources have now.

    Of a source that its owner has taken back, the level that it counted with last.
    """
    facts = facts_of(asset.declared)
    if facts.derivation is None:
        return facts
    known = selectors.source_grades(source.asset for source in facts.derivation.sources if source.asset is not None)
    newest = Grade.objects.filter(asset=asset).order_by("-pk").first()
    counted = {} if newest is None else counted_sources(newest)
    sources = tuple(
        source if source.asset is None else known.get(source.asset) or replace(source, level=counted.get(source.asset))
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
