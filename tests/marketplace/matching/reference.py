"""What is published, as the engine would be told it, straight from the catalogue: what the index is held against."""

from dataclasses import replace

from django.utils import timezone

from marketplace.catalog import selectors as catalog
from marketplace.matching.engine.facts import ListingFacts
from marketplace.matching.facts import listing_facts
from marketplace.matching.measured import allotted_to, records_of, standing_licences


def published() -> list[tuple[int, ListingFacts]]:
    """Every published version: its identifier, and the facts of its listing."""
    now, rows = timezone.now(), list(catalog.published_versions().order_by("pk"))
    licences = standing_licences([row.listing_id for row in rows], now)
    kept_for = allotted_to([row.listing_id for row in rows], now)
    records = records_of({row.listing.organisation_id for row in rows})
    found = []
    for known in catalog.facts(rows):
        listing_id, until = known.version.listing_id, licences.get(known.version.listing_id, {})
        decided, granted = records.get(known.version.listing.organisation_id, (0, 0))
        facts = replace(
            listing_facts(known),
            licensed_until=until.get("any"),
            exclusive_until=until.get("alone"),
            allotted_to=kept_for.get(listing_id, ()),
            requests_decided=decided,
            requests_granted=granted,
        )
        found.append((known.version.pk, facts))
    return found
