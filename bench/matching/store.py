"""Listings of a collection in a database of the bench's own, published by the shortest way; needs Django set up."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice, repeat
from typing import Final

from django.db import connection

from bench.matching.judged import Document
from foundation.participants.models import Organisation
from marketplace.catalog.models import Listing, ListingVersion

BATCH: Final = 2_000
LONGEST_TITLE: Final = 300
LONGEST_TAG: Final = 60


def published(documents: Iterable[Document], columns: Iterable[Mapping[str, object]] = repeat({})) -> list[int]:
    """A published listing for each document; its identifiers, in the same order.

    Written as published, without the steps that the state machine's trigger asks for. `columns` are further fields
    of the versions. Titles that are too long for the catalogue go on in the description. Memory is taken for a batch.
    """
    provider = Organisation.objects.create(name="Provider of the bench", kind="enterprise", region="110000")
    pairs = zip(documents, columns, strict=False)
    found: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_listingversion DISABLE TRIGGER USER")
        while batch := list(islice(pairs, BATCH)):
            listings = Listing.objects.bulk_create([Listing(organisation=provider) for _pair in batch])
            ListingVersion.objects.bulk_create(
                [_version(listing, *pair) for listing, pair in zip(listings, batch, strict=True)]
            )
            found += [listing.pk for listing in listings]
        cursor.execute("ALTER TABLE catalog_listingversion ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    return found


def _version(listing: Listing, document: Document, columns: Mapping[str, object]) -> ListingVersion:
    stated: dict[str, object] = {"sector": "other", "region": "110000", "supply_mode": "open", **columns}
    return ListingVersion(
        listing=listing,
        number=1,
        title=document.title[:LONGEST_TITLE],
        description="\n".join(filter(None, (document.title[LONGEST_TITLE:], document.description))),
        tags=[tag[:LONGEST_TAG] for tag in document.tags],
        origin="public",
        state="published",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
        **stated,
    )
