"""What the engine is told: plain facts of a demand and of everything published, gathered without a query a listing."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Final

from django.utils import timezone

from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.selectors import VersionFacts
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.models import Demand

BATCH: Final = 1_000


def demand_facts(demand: Demand) -> DemandFacts:
    """A demand as the engine reads it."""
    return DemandFacts(
        text=demand.text,
        organisation=demand.organisation_id,
        columns=tuple(demand.columns),
        sector=demand.sector or None,
        region=demand.region or None,
        supply_modes=tuple(demand.supply_modes),
        purpose=demand.purpose or None,
        scenario=demand.scenario or None,
        budget=demand.budget,
        currency=demand.currency,
        minimum_quality=demand.minimum_quality,
    )


def published() -> Iterator[tuple[int, ListingFacts]]:
    """Every published version as (its identifier, facts), read in batches of five queries each."""
    rows = catalog.published_versions().order_by("pk").iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        for known in catalog.facts(batch):
            yield known.version.pk, listing_facts(known)


def listing_facts(known: VersionFacts) -> ListingFacts:
    """A published version as the engine reads it. Titles of both languages are one field: either may be asked for."""
    version = known.version
    return ListingFacts(
        listing_id=version.listing_id,
        organisation=version.listing.organisation_id,
        title="\n".join(title for title in (version.title, version.title_zh) if title),
        description=version.description,
        tags=tuple(version.tags),
        category="\n".join(dict.fromkeys(file.category for file in known.files if file.category)),
        columns=tuple(dict.fromkeys(name for file in known.files for name in file.column_names)),
        sector=version.sector,
        regions=(version.region,),
        supply_mode=version.supply_mode,
        purposes=tuple(version.purposes),
        scenario=version.scenario or None,
        price=version.price,
        currency=version.currency,
        quality=known.quality,
        grade_decided=known.level is not None,
        freshness_on=version.modified_on or _published_on(version),
    )


def _published_on(version: ListingVersion) -> date | None:
    return timezone.localdate(version.published_at) if version.published_at else None
