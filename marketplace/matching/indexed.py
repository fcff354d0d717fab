"""What a listing is to constraints: the columns of its row in the index, and the facts that come back from them."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

from marketplace.authorization.engine.decide import AccessFacts
from marketplace.authorization.listed import facts_of_listing
from marketplace.catalog.selectors import VersionFacts
from marketplace.matching.engine.facts import ListingFacts
from marketplace.matching.measured import allotted_to, records_of, standing_licences
from marketplace.matching.models import IndexedListing

_TOLD: Final = tuple(
    field.name
    for field in fields(AccessFacts)
    if field.name not in ("level", "provider_region", "buyer_region", "purpose", "accreditations")
)
"""What a listing says of itself to the decision table, whatever that comes to ask; the rest is the buyer's."""


def columns_of(known: VersionFacts, facts: ListingFacts) -> dict[str, Any]:
    """The typed columns of a published version's row, of which `facts` tell: field of `IndexedListing` → value."""
    version = known.version
    return {
        "provider_id": facts.organisation,
        "origin": version.origin,
        "sector": version.sector,
        "region": version.region,
        "level": known.level or "",
        "supply_mode": version.supply_mode,
        "exclusive_offered": facts.exclusive_offered,
        "scenario": version.scenario,
        "purposes": list(facts.purposes),
        "access": _said(known),
        "price": facts.price,
        "currency": facts.currency,
        "quality": facts.quality,
        "quality_low": facts.quality_low,
        "formats": list(facts.formats),
        "column_types": facts.column_types,
        "covers_from": facts.covers_from,
        "covers_until": facts.covers_until,
        "freshness_on": facts.freshness_on,
    }


def facts_of(
    rows: Iterable[IndexedListing], *, now: datetime, records: Mapping[int | None, tuple[int, int]] | None = None
) -> dict[int, ListingFacts]:
    """Listing → its facts, without its text, with what counts at `now`: three queries.

    That is the licences that stand, for whom an exclusive right is kept, and the provider's record: `records_of` all
    their providers, where the caller has that.
    """
    chosen = list(rows)
    licences = standing_licences([row.pk for row in chosen], now)
    kept_for = allotted_to([row.pk for row in chosen], now)
    if records is None:
        records = records_of({row.provider_id for row in chosen if row.provider_id is not None})
    return {
        row.pk: _facts(row, licences.get(row.pk, {}), kept_for.get(row.pk, ()), records.get(row.provider_id, (0, 0)))
        for row in chosen
    }


def _facts(
    row: IndexedListing, licences: Mapping[str, date | None], kept_for: tuple[int, ...], record: tuple[int, int]
) -> ListingFacts:
    return ListingFacts(
        listing_id=row.pk,
        organisation=row.provider_id or 0,
        title="",
        columns=tuple(row.column_types),
        column_types=row.column_types,
        sector=row.sector or None,
        regions=(row.region,) if row.region else (),
        covers_from=row.covers_from,
        covers_until=row.covers_until,
        formats=tuple(row.formats),
        supply_mode=row.supply_mode or None,
        purposes=tuple(row.purposes),
        scenario=row.scenario or None,
        price=row.price,
        currency=row.currency,
        quality=row.quality,
        quality_low=row.quality_low,
        level=row.level or None,
        freshness_on=row.freshness_on,
        exclusive_offered=row.exclusive_offered,
        licensed_until=licences.get("any"),
        exclusive_until=licences.get("alone"),
        allotted_to=kept_for,
        requests_decided=record[0],
        requests_granted=record[1],
    )


def _said(known: VersionFacts) -> dict[str, Any]:
    """What the decision table is told of the listing, but for level and region, which have columns of their own."""
    categories = {file.category for file in known.files if file.category}
    facts = facts_of_listing(known.version, level=known.level or "", categories=categories)
    return {name: value for name in _TOLD if (value := getattr(facts, name))}


def access_facts(row: IndexedListing) -> AccessFacts:
    """The same from a row of the index, with the level as decided and the region with six digits."""
    told: dict[str, Any] = {"origin": row.origin, "sector": row.sector, "supply_mode": row.supply_mode}
    told |= {name: row.access[name] for name in _TOLD if name in row.access}  # a former version may have said more
    return AccessFacts(**told, level=row.level, provider_region=row.region)
