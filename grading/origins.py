"""What declarations refer to, sources of derived data and levels of other schemes: what may be named, how it counts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import FieldError, InvalidInput
from grading import selectors
from grading.declaring.declaration import facts_of
from grading.declaring.elements import source_assets
from grading.engine.levels import Facts, collected_of
from grading.models import DataAsset, Grade
from grading.rules.elsewhere import counted, require_level
from grading.rules.level_schemes import schemes

_LOCK: Final = 0x67726164_64657276
"""The advisory lock's number ("gradderv")."""
_TABLE: Final = DataAsset._meta.db_table


def require_references(actor: Actor, declared: Mapping[str, Any], *, at: str, asset: DataAsset | None = None) -> None:
    """InvalidInput below `at` for sources and for a level of another scheme that cannot be named.

    `asset` is what declares it, locked by the caller (FOR NO KEY UPDATE); None for one that is yet to come. What it
    declares already may be said again: sources and schemes may be gone since. New sources are held until the
    transaction ends, as by a foreign key.
    """
    _require_sources(actor, declared, at=at, asset=asset)
    given = declared.get("graded_elsewhere")
    if given and (asset is None or asset.declared.get("graded_elsewhere") != given):
        require_level(declared, schemes(), at=at)


def _require_sources(actor: Actor, declared: Mapping[str, Any], *, at: str, asset: DataAsset | None) -> None:
    """InvalidInput below `at` for each new source that the actor may not see, or that comes from `asset` itself."""
    named = source_assets(declared)
    said = set() if asset is None else {pk for _place, pk in source_assets(asset.declared)}
    new = {pk for _place, pk in named} - said
    if not new:
        return
    if asset is not None:
        _one_at_a_time()
    seen = _held(selectors.visible_assets(actor).filter(pk__in=new).values_list("pk", flat=True))
    circular = set() if asset is None else _made_from(asset.pk, seen)
    errors = []
    for place, pk in named:
        pointer = f"{at}/derivation/sources/{place}/asset"
        if pk in new - seen:
            errors.append(FieldError(pointer, _("There is no such data asset among those that you see.")))
        elif pk in circular:
            errors.append(FieldError(pointer, _("That asset is this one, or was itself derived from it.")))
    if errors:
        raise InvalidInput(errors)


def _one_at_a_time() -> None:
    """Wait until nobody else is giving an asset new sources; held until the transaction ends.

    Of two owners who derive from each other's assets at once each would see the other's before it was said. Their own
    rows do not keep them apart where others' declarations lie between the two. Asked for after the one asset's lock,
    and no other asset is locked afterwards but against removal, so that nobody waits in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _held(asset_ids: Iterable[int]) -> set[int]:
    """Those of the assets that are still there: nobody takes them back before the transaction ends.

    FOR KEY SHARE, as a foreign key asks for: it keeps only those waiting who remove them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(asset_ids)])
        return {pk for (pk,) in cursor.fetchall()}


def facts_now(asset: DataAsset) -> Facts:
    """What an asset declares, with the levels that its sources and its level in another scheme have now.

    Beside it what is known of the other files of its publication.
    Of a source that its owner has taken back, and of a scheme that is gone, the level that it counted with last.
    """
    facts = replace(facts_of(asset.declared), collected=collected_of(asset.collected))
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


def _made_from(asset_id: int, named: Iterable[int]) -> set[int]:
    """Those of the named assets that are this one, or were derived from it, however far back. Two queries at most."""
    asked = set(named)
    origins = _origins(asked)
    if asset_id not in origins:
        return set()
    derived: dict[int, set[int]] = {}
    for pk, said in DataAsset.objects.filter(pk__in=origins).values_list("pk", "declared__derivation"):
        for _place, source in source_assets({"derivation": said}):
            derived.setdefault(source, set()).add(pk)
    found, ahead = {asset_id}, {asset_id}
    while ahead:
        ahead = {pk for source in ahead for pk in derived.get(source, ())} - found
        found |= ahead
    return found & asked


def _origins(asset_ids: Iterable[int]) -> set[int]:
    """These assets and all that they were derived from, however far back."""
    with connection.cursor() as cursor:
        cursor.execute(_WALK, [list(asset_ids)])
        return {pk for (pk,) in cursor.fetchall()}


_HOLD: Final = f"SELECT id FROM {_TABLE} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"  # noqa: S608 (our name)
_WALK: Final = f"""
WITH RECURSIVE origins (asset) AS (
    SELECT unnest(%s::bigint[])
  UNION
    SELECT source::bigint
    FROM origins
    JOIN {_TABLE} AS made ON made.id = origins.asset
    CROSS JOIN LATERAL jsonb_path_query(made.declared, '$.derivation.sources[*].asset') AS source
)
SELECT asset FROM origins
"""  # noqa: S608 (our name)
"""Every asset is looked at once, whatever names it: UNION drops what was found before, circles too."""
