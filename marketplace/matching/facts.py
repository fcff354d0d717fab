"""What the engine is told: plain facts of a demand, and of a listing that is published."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.selectors import VersionFacts
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.models import Demand


def demand_facts(demand: Demand) -> DemandFacts:
    """A demand as the engine reads it."""
    return DemandFacts(
        text=demand.text,
        organisation=demand.organisation_id,
        columns=tuple(demand.columns),
        column_types=demand.column_types,
        sample={column["name"]: column["type"] for column in demand.sample_columns},
        sector=demand.sector or None,
        regions=tuple(demand.regions),
        covers_from=demand.covers_from,
        covers_until=demand.covers_until,
        formats=tuple(demand.formats),
        supply_modes=tuple(demand.supply_modes),
        purpose=demand.purpose or None,
        scenario=demand.scenario or None,
        exclusive=demand.exclusive,
        budget=demand.budget,
        currency=demand.currency,
        minimum_quality=demand.minimum_quality,
        maximum_age_days=demand.maximum_age_days,
    )


def listing_facts(known: VersionFacts) -> ListingFacts:
    """A published version as the engine reads it. Titles of both languages are one field: either may be asked for."""
    version = known.version
    return ListingFacts(
        listing_id=version.listing_id,
        organisation=version.listing.organisation_id,
        title=_title(version),
        description=version.description,
        tags=tuple(version.tags),
        category="\n".join(dict.fromkeys(file.category for file in known.files if file.category)),
        columns=tuple(dict.fromkeys(name for file in known.files for name in file.column_names)),
        column_types=column_types(known),
        sector=version.sector,
        regions=(version.region,),
        covers_from=version.temporal_start,
        covers_until=version.temporal_end,
        formats=tuple(sorted({file.asset.format for file in known.files if file.asset.format})),
        supply_mode=version.supply_mode,
        purposes=tuple(version.purposes),
        scenario=version.scenario or None,
        price=version.price,
        currency=version.currency,
        quality=known.quality,
        quality_low=known.quality_low,
        level=known.level,
        exclusive_offered=version.exclusive_offered,
        freshness_on=fresh_on(version),
    )


def texts_of(version: ListingVersion, columns: Iterable[str]) -> dict[str, str]:
    """The searchable texts of a published version by field, of which the columns are known: one query."""
    told = ListingFacts(
        listing_id=version.listing_id,
        organisation=0,
        title=_title(version),
        description=version.description,
        tags=tuple(version.tags),
        category="\n".join(sorted(catalog.categories_of(version))),
        columns=tuple(columns),
    )
    return told.text_fields()


def _title(version: ListingVersion) -> str:
    return "\n".join(title for title in (version.title, version.title_zh) if title)


def column_types(known: VersionFacts) -> dict[str, str]:
    """Name → type of the columns of all files; of files that share a name the first tells."""
    return {
        name: kind
        for file in reversed(known.files)
        for name, kind in zip(file.column_names, file.column_types, strict=True)
    }


def fresh_on(version: ListingVersion) -> date | None:
    """The day to which the data is current; of its publication, where that is not said."""
    if version.modified_on is not None or version.published_at is None:
        return version.modified_on
    return timezone.localdate(version.published_at)
